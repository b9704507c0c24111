import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from index.errors import LibraryMissing
from index.records import Document, Notice, Passage, Relation
from qa.records import Answer, Question
from qa.settings import Settings
from tests.ui_samples import ANSWER, DOCUMENT, EXPLAINER, NOTICE, PASSAGE, ReplayAnswerer
from ui import cli
from ui.cli import main

ROOT = Path(__file__).parent.parent


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@dataclass(slots=True)
class Catalogue:
    kept: tuple[Notice, ...] = (NOTICE, EXPLAINER)
    text: Document = DOCUMENT

    def notices(self) -> tuple[Notice, ...]:
        return self.kept

    def relations(self, notice_id: str) -> tuple[Relation, ...]:
        return ()

    def document(self, source: str) -> Document:
        return {self.text.source: self.text}[source]


@dataclass(slots=True)
class Retriever:
    passages: list[Passage]
    asked: tuple[str, int, str] = ("", 0, "")

    def retrieve(self, text: str, k: int = 10, place: str = "") -> list[Passage]:
        self.asked = (text, k, place)
        return self.passages


@pytest.fixture
def answerer(monkeypatch: pytest.MonkeyPatch) -> ReplayAnswerer:
    replay = ReplayAnswerer()
    monkeypatch.setattr(cli, "_open_answerer", lambda args: replay)
    return replay


@pytest.fixture
def retriever(monkeypatch: pytest.MonkeyPatch) -> Retriever:
    retriever = Retriever([PASSAGE])
    monkeypatch.setattr(cli, "_open_retriever", lambda args: retriever)
    return retriever


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    catalogue = Catalogue()
    monkeypatch.setattr(cli, "_open_library", lambda args: SimpleNamespace(catalogue=catalogue))
    return catalogue


@pytest.fixture
def batch(tmp_path: Path) -> SimpleNamespace:
    """Two good rows around a bad one, and where the answers go."""
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"id": 1, "question": "一"}\n坏行\n{"id": 2, "question": "二"}\n', encoding="utf-8")
    return SimpleNamespace(rows=rows, out=tmp_path / "out.jsonl")


def watched(monkeypatch: pytest.MonkeyPatch, stream: str) -> Terminal:
    """Make "stdout" or "stderr" a wide terminal. No fixture, since pytest's capture sets both anew before the test."""
    terminal = Terminal()
    monkeypatch.setattr(sys, stream, terminal)
    monkeypatch.setenv("COLUMNS", "200")
    return terminal


# ------------------------------------------------------------------------------------------------------------ ask


def test_ask_prints_the_answer_plain_where_nobody_looks(
    answerer: ReplayAnswerer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "报警器补多少？", "--k", "5", "--place", "大同市"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("每具 400 元[1]；解读也这样说[2]。\n\n本库没有：申请材料\n\n依据\n[1] 《关于")
    assert ("\x1b" in out, err) == (False, "")
    ((question, k),) = answerer.asked
    assert (question.text, question.place, k) == ("报警器补多少？", "大同市", 5)


def test_ask_as_json_is_one_line(answerer: ReplayAnswerer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "报警器", "补多少？", "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    record = json.loads(out)
    assert (record["id"], record["question"]) == (None, "报警器 补多少？")  # quotes may be forgotten


@pytest.mark.parametrize("question", ["", "  ", "😀😀", "问" * 20_000, "[/x] [bold]", "-- 5"])
def test_any_question_goes_to_the_answerer(
    answerer: ReplayAnswerer, question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "--", question]) == 0
    assert answerer.asked[0][0].text == question


def test_undecodable_bytes_of_a_question_are_replaced(
    answerer: ReplayAnswerer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "补\udcff多少", "--place", "大\udcff"]) == 0
    assert (answerer.asked[0][0].text, answerer.asked[0][0].place) == ("补�多少", "大�")


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_ask_is_coloured_on_a_terminal_unless_told_not_to(
    answerer: ReplayAnswerer,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    coloured: bool,
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    screen = watched(monkeypatch, "stdout")
    assert main(["ask", "问"]) == 0
    assert ("元\x1b[1;34m[1]\x1b[0m；" in screen.getvalue()) is coloured


@pytest.mark.parametrize("argv", [[], ["问", "--batch", "-"], ["问", "--output", "out.jsonl"]])
def test_ask_takes_a_question_or_a_batch(
    answerer: ReplayAnswerer, argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", *argv]) == 2
    assert "--batch" in capsys.readouterr().err
    assert answerer.asked == []


# ---------------------------------------------------------------------------------------------------------- batch


def test_a_batch_keeps_order_and_outlives_a_bad_row(
    answerer: ReplayAnswerer, batch: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "--batch", str(batch.rows), "--output", str(batch.out)]) == 0
    rows = [json.loads(line) for line in batch.out.read_bytes().decode().splitlines()]
    assert [(row["id"], row["status"]) for row in rows] == [(1, "partial"), (None, "error"), (2, "partial")]
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("3 行：答 2，出错 1，用时 ")
    assert err.count("\n") == 1


def test_a_batch_of_bad_rows_alone_fails(
    answerer: ReplayAnswerer, batch: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    batch.rows.write_text("坏行\n", encoding="utf-8")
    assert main(["ask", "--batch", str(batch.rows), "--output", str(batch.out)]) == 2


def test_a_batch_reads_stdin_and_writes_stdout(
    answerer: ReplayAnswerer,
    batch: SimpleNamespace,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(batch.rows.read_bytes())))
    assert main(["ask", "--batch", "-"]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [1, None, 2]


def test_a_batch_does_not_overwrite_its_questions(
    answerer: ReplayAnswerer, batch: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    before = batch.rows.read_bytes()
    batch.out.symlink_to(batch.rows)
    assert main(["ask", "--batch", str(batch.rows), "--output", str(batch.out)]) == 2
    assert "同一个文件" in capsys.readouterr().err
    assert batch.rows.read_bytes() == before


def test_a_batch_that_is_stopped_keeps_what_it_has(
    answerer: ReplayAnswerer, batch: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_at_the_second(question: Question, k: int = 10) -> Answer:
        if question.text == "二":
            raise KeyboardInterrupt
        return ANSWER

    monkeypatch.setattr(cli, "_open_answerer", lambda args: SimpleNamespace(answer=stop_at_the_second))
    assert main(["ask", "--batch", str(batch.rows), "--output", str(batch.out)]) == 130
    assert len(batch.out.read_text(encoding="utf-8").splitlines()) == 2


def test_a_missing_library_leaves_the_old_output_alone(
    batch: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_library(args: object) -> None:
        raise LibraryMissing("这里没有库。")

    monkeypatch.setattr(cli, "_open_answerer", no_library)
    batch.out.write_text("旧的", encoding="utf-8")
    assert main(["ask", "--batch", str(batch.rows), "--output", str(batch.out)]) == 2
    assert batch.out.read_text(encoding="utf-8") == "旧的"


def test_a_batch_shows_a_bar_to_a_person_only(
    answerer: ReplayAnswerer, batch: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = watched(monkeypatch, "stderr")
    assert main(["ask", "--batch", str(batch.rows), "--output", str(batch.out)]) == 0
    assert "100%" in bar.getvalue()
    assert len(batch.out.read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(("rows", "says"), [("无此文件.jsonl", "“无此文件.jsonl”：找不到它"), (".", "是文件夹")])
def test_a_batch_that_cannot_be_read_is_named(
    answerer: ReplayAnswerer,
    rows: str,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["ask", "--batch", rows]) == 2
    assert says in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------- search, notices


def test_search_prints_passages(retriever: Retriever, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "报警器补贴", "--k", "3", "--place", "大同市"]) == 0
    assert retriever.asked == ("报警器补贴", 3, "大同市")
    assert capsys.readouterr().out.splitlines()[1] == (
        "   大同/公报.txt 第 13–18 字 · 得分 0.7500（字词 0.5000，语义 0.2500）"
    )
    assert main(["search", "报警器补贴", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["start"] == 13


def test_search_that_finds_nothing_says_so_beside_the_results(
    retriever: Retriever, capsys: pytest.CaptureFixture[str]
) -> None:
    retriever.passages = []
    assert main(["search", "无", "--json"]) == 0
    out, err = capsys.readouterr()
    assert (out, "没有找到" in err) == ("", True)


def test_notices_in_a_pipe_are_tab_separated(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notices"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "成文日期\t文号\t标题\t文种\t地区\t出处"
    assert lines[2] == "\t\t《报警器补贴办法》解读\t政策解读\t\t大同/公报.txt"


def test_notices_as_json_lines(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notices", "--json"]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ["n1", "n2"]


def test_notices_on_a_terminal_are_two_lines_and_brackets_no_markup(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.kept = (replace(NOTICE, title="[/x]", source="[bold]a"),)
    screen = watched(monkeypatch, "stdout")
    assert main(["notices"]) == 0
    shown = screen.getvalue()
    assert "[/x]" in shown
    assert "[bold]a" in shown


# ----------------------------------------------------------------------------------------------------------- text


def test_text_is_the_source_to_the_byte(catalogue: Catalogue, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    catalogue.text = replace(DOCUMENT, text="一\r\n二\r三\x00\u2028末")
    assert main(["text", "大同/公报.txt"]) == 0
    assert capfdbinary.readouterr().out == "一\r\n二\r三\x00\u2028末".encode()


def test_text_keeps_offsets_over_a_lone_surrogate(
    catalogue: Catalogue, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    catalogue.text = replace(DOCUMENT, text="一\ud800二")
    assert main(["text", "大同/公报.txt"]) == 0
    assert capfdbinary.readouterr().out.decode() == "一�二"


def test_an_unknown_source_is_named(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["text", "无\udcff.txt"]) == 2
    assert "没有“无�.txt”" in capsys.readouterr().err


# ---------------------------------------------------------------------------------------------------------- index


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands in for index.build; keeps what it was called with and gives `done`."""
    done = SimpleNamespace(
        library_id="lib-1", documents=2, notices=3, chunks=40,
        added=1, refreshed=1, unchanged=0, dropped=0, problems=("“[/x].ofd”读不了。\n",),
    )  # fmt: skip
    calls = SimpleNamespace(done=done)

    def build_library(
        paths: list[Path],
        folder: Path,
        *,
        only: bool,
        embedder: object,
        questions: object,
        keep_files: bool,
        progress: Callable[[int, int, str], None],
    ) -> SimpleNamespace:
        calls.paths, calls.folder, calls.only, calls.keep_files = list(paths), folder, only, keep_files
        progress(1, 2, "[/x].txt")
        return done

    module = ModuleType("index.build")
    module.build_library = build_library  # type: ignore[attr-defined]
    module.bundled_corpus = lambda: Path("corpus")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "index.build", module)
    monkeypatch.setattr(
        cli,
        "_settings",
        lambda args: SimpleNamespace(library=args.library or Path("库"), embedder="lsa", keep_files=False),
    )
    return calls


def test_index_sums_up_on_stdout_and_names_problems_on_stderr(
    build: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", "a.txt", "b", "--only", "--library", "这里"]) == 0
    assert (build.paths, build.folder, build.only) == ([Path("a.txt"), Path("b")], Path("这里"), True)
    assert build.keep_files is False  # as the settings have it
    out, err = capsys.readouterr()
    assert out.startswith("2 份文件、3 件公文、40 段（新增 1、更新 1、未变 0、移除 0），用时 ")
    assert (out.count("\n"), err) == (1, "“[/x].ofd”读不了。\n")


def test_index_without_a_path_takes_the_bundled_corpus(build: SimpleNamespace) -> None:
    assert main(["index"]) == 0
    assert (build.paths, build.folder, build.only) == ([Path("corpus")], Path("库"), False)


def test_index_that_read_nothing_fails(build: SimpleNamespace) -> None:
    build.done.added = build.done.refreshed = 0
    assert main(["index", "a.ofd"]) == 2


def test_index_shows_a_bar_to_a_person_and_brackets_no_markup(
    build: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar = watched(monkeypatch, "stderr")
    assert main(["index"]) == 0
    assert "[/x].txt" in bar.getvalue()


# ------------------------------------------------------------------------------------------- arguments and errors


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["ask", "问", "--k", "0"], "--k：请写不小于 1 的整数"),
        (["ask", "问", "--k", "x"], "--k：请写不小于 1 的整数"),
        (["serve", "--port", "70000"], "--port：请写 0 到 65535 的整数"),
        (["ask", "问", "--place"], "--place 后面缺少内容"),
        (["ask", "问", "--jsn"], "不认识的选项 --jsn"),
        (["ask", "问", "--json=1"], "--json 后面不带内容"),
        (["text"], "缺少 SOURCE"),
        (["eval", "--split", "甲"], "--split 要从 'dev', 'test' 中选一个"),
        (["notices", "--library", ""], "请写文件夹的路径"),
        (["公租房怎么申请"], "wenzheng ask"),
        (["ask", "-身份证140203能查吗"], "在它前面写 --"),
    ],
)
def test_wrong_arguments_are_told_in_chinese_and_a_question_is_not_said_back(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err.splitlines()[-1]
    assert "140203" not in err
    assert "公租房" not in err


@pytest.mark.parametrize("argv", [[], ["--help"], ["ask", "--help"]])
def test_help_is_chinese(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    out = capsys.readouterr().out
    assert out.startswith("用法：wenzheng")
    assert not {"usage", "options", "show this"} & set(out.split())


def test_a_named_error_is_its_message_alone(answerer: ReplayAnswerer, capsys: pytest.CaptureFixture[str]) -> None:
    answerer.error = LibraryMissing("“[/x]”里没有库。请先运行 wenzheng index。")
    assert main(["ask", "问"]) == 2
    assert capsys.readouterr() == ("", "“[/x]”里没有库。请先运行 wenzheng index。\n")


def test_a_fault_names_its_class_and_never_the_question(
    answerer: ReplayAnswerer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WENZHENG_DEBUG", raising=False)
    answerer.error = KeyError("身份证140203")
    assert main(["ask", "身份证140203"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "KeyError" in err
    assert "WENZHENG_DEBUG=1" in err
    assert "140203" not in err


def test_a_fault_is_traced_when_asked_for(
    answerer: ReplayAnswerer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENZHENG_DEBUG", "1")
    answerer.error = KeyError("x")
    assert main(["ask", "问"]) == 1
    assert "Traceback" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------ processes


def run(
    code: str, argv: list[str], stdout: int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """main(argv) in a process of its own, after `code`."""
    script = (
        f"import sys\nfrom ui import cli\nfrom tests.ui_samples import ReplayAnswerer\n{code}\nsys.exit(cli.main())"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-c", script, *argv],
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=kept | environment,
        check=False,
        timeout=60,
    )


REPLAY = "cli._open_answerer = lambda args: ReplayAnswerer()"


def test_output_is_utf8_in_an_ascii_locale() -> None:
    done = run(REPLAY, ["ask", "补多少？", "--json"], LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["answer"].startswith("每具 400 元")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_once() -> None:
    with open("/dev/full", "wb") as full:
        done = run(REPLAY, ["ask", "问"], stdout=full.fileno())
    assert (done.returncode, done.stderr.decode()) == (2, "磁盘已满，请腾出空间后再试。\n")


def test_a_closed_pipe_is_quiet() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run(REPLAY, ["ask", "问"], stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_help_and_a_plain_answer_import_nothing_heavy() -> None:
    heavy = "{'gradio', 'torch', 'transformers', 'sentence_transformers', 'langchain', 'rich', 'numpy'}"
    check = f"import atexit\natexit.register(lambda: print(sorted({heavy} & set(sys.modules)), file=sys.stderr))"
    assert run(check, ["--help"]).stderr == b"[]\n"
    assert run(f"{REPLAY}\n{check}", ["ask", "问"]).stderr == b"[]\n"


@pytest.mark.parametrize(
    ("argument", "model"),
    [([], "set"), (["--model", "ollama:qwen3:8b"], "ollama:qwen3:8b"), (["--model", ""], "")],
)
def test_a_model_can_be_named_for_one_run(
    argument: list[str], model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wenzheng.toml").write_text('model = "set"\n', "utf-8")
    monkeypatch.setenv("WENZHENG_CONFIG", str(tmp_path / "wenzheng.toml"))
    opened: list[Settings] = []

    def open_answerer(settings: Settings) -> ReplayAnswerer:
        opened.append(settings)
        return ReplayAnswerer()

    monkeypatch.setattr("qa.assemble.open_answerer", open_answerer)
    assert main(["ask", *argument, "补贴多少？"]) == 0
    assert [settings.model for settings in opened] == [model]

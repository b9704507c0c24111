from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from eval.cases import load_cases
from eval.peers.compare import FIGURES, Cost, PeerReport, PeerResult, State, UnknownPeer, compare_peers
from eval.peers.ours import Wenzheng
from eval.peers.peer import Peer, PeerQuestion, PeerText, Piece
from eval.peers.roster import OURS, ROSTER, Entry
from eval.peers.table import show_peers
from eval.peers.worker import load
from eval.records import BadQuestions, Stretch
from index.chunk import MAX_CHARS
from index.errors import NothingToIndex
from index.records import Span
from tests.eval_samples import row

GAZETTE = """大同市人民政府办公室
关于印发大同市购车补贴办法的通知
同政办发〔2024〕8号
各县（区）人民政府：
现将《大同市购车补贴办法》印发给你们，请认真贯彻执行。
大同市人民政府办公室
2024年3月1日
大同市购车补贴办法
第一条 购置新能源小汽车的，每辆补贴5000元。
第二条 补贴由市商务局负责，九月底前办结。
"""
TEXTS = (PeerText("a.txt", GAZETTE), PeerText("b/c.txt", "阳泉市不设购车补贴。\n供暖从每年十一月一日起。\n"))


# ── stand-ins, named as doors and run in processes of their own ─────────────────────────────────────────────────────


class Lines:
    """Every line is a passage; those that share most characters with the question come first."""

    name = "lines"
    settings = "按行切分，数相同的字"

    def build(self, texts: Sequence[PeerText]) -> None:
        self.pieces: list[Piece] = []
        for text in texts:
            start = 0
            for line in text.text.splitlines(keepends=True):
                self.pieces.append(Piece.at(text.source, start, line.rstrip("\n")))
                start += len(line)

    def search(self, question: PeerQuestion, k: int) -> list[Stretch]:
        asked = set(question.joined)
        return [p.place for p in sorted(self.pieces, key=lambda piece: -len(asked & set(piece.text)))][:k]

    def passages(self) -> list[Stretch]:
        return [piece.place for piece in self.pieces]


class Backwards(Lines):
    """The same the other way round."""

    def search(self, question: PeerQuestion, k: int) -> list[Stretch]:
        return super().search(question, len(self.pieces))[::-1][:k]


class Raises(Lines):
    def search(self, question: PeerQuestion, k: int) -> list[Stretch]:
        print("a library's own talk on stdout")
        raise RuntimeError("no such index")


class Dies(Lines):
    def build(self, texts: Sequence[PeerText]) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Lacks(Lines):
    def build(self, texts: Sequence[PeerText]) -> None:
        import nowhere_to_be_had.retrievers  # type: ignore[import-not-found]  # noqa: F401


class Breaks(Lines):
    def build(self, texts: Sequence[PeerText]) -> None:
        import eval.peers.no_such_door  # type: ignore[import-not-found]  # noqa: F401


def entry(name: str, stand_in: type[Lines], *modules: str) -> Entry:
    return Entry(name, f"{__name__}:{stand_in.__name__}", modules)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    for text in TEXTS:
        (corpus / text.source).parent.mkdir(parents=True, exist_ok=True)
        (corpus / text.source).write_text(text.text, "utf-8")
    return corpus


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    def evidence(source: str, quote: str) -> list[dict[str, str]]:
        return [{"source": source, "address": "", "quote": quote}]

    rows = [
        row(id="d-1", question="新能源小汽车每辆补贴多少？", evidence=evidence("a.txt", "每辆补贴5000元")),
        row(
            id="d-2",
            type="follow-up",
            wording="official",
            history=["阳泉市购车补贴"],
            question="设不设？",
            evidence=evidence("b/c.txt", "不设购车补贴"),
        ),
        row(id="d-3", type="unanswerable", unanswerable="not-mentioned", key_facts=[], evidence=[]),
        row(id="t-1", split="test", evidence=evidence("a.txt", "九月底前办结")),
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in rows), "utf-8")
    return path


@pytest.fixture
def roster(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = (
        entry(OURS, Lines),
        entry("backwards", Backwards),
        entry("raises", Raises),
        entry("dies", Dies),
        entry("lacks", Lacks),
        entry("breaks", Breaks),
        entry("uninstalled", Lines, "json", "nowhere_to_be_had"),
    )
    monkeypatch.setattr("eval.peers.compare.ROSTER", entries)


# ── the run ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("roster")
def test_a_peer_that_is_absent_or_crashes_costs_only_itself(folder: Path, questions: Path) -> None:
    told: list[tuple[int, int, str]] = []
    report = compare_peers([folder], [questions], "dev", progress=lambda *step: told.append(step))
    assert [case.id for case in report.cases] == ["d-1", "d-2"]  # the unanswerable one has nothing to find
    results = {result.name: result for result in report.results}
    assert {name: result.state for name, result in results.items()} == {
        OURS: State.RAN,
        "backwards": State.RAN,
        "raises": State.CRASHED,
        "dies": State.CRASHED,
        "lacks": State.ABSENT,
        "breaks": State.CRASHED,  # a module of ours is no package to install
        "uninstalled": State.ABSENT,
    }
    assert results["raises"].reason == "运行出错：RuntimeError: no such index"
    assert results["dies"].reason.startswith("进程被信号 9 终止")
    assert results["lacks"].reason == "没有安装（缺 nowhere_to_be_had），安装：pip install 'wenzheng[peers]'"
    assert results["uninstalled"].reason == results["lacks"].reason
    assert told[0] == (0, 7, OURS)
    assert told[-1] == (7, 7, "")


@pytest.mark.usefixtures("roster")
def test_what_peers_find_is_scored_against_the_evidence(folder: Path, questions: Path) -> None:
    report = compare_peers([folder], [questions], "dev", ["backwards"], k=3)
    ours, backwards = report.results  # wenzheng runs whether it is named or not
    assert ours.scores == (dict.fromkeys(ours.scores[0], 1.0),) * 2  # first place; the history is in front
    assert backwards.scores == (dict.fromkeys(ours.scores[0], 0.0),) * 2
    assert (ours.passages, ours.settings) == (12, "按行切分，数相同的字")
    assert ours.mean_chars == pytest.approx(sum(len(text.text.replace("\n", "")) for text in TEXTS) / 12)
    assert ours.cost is not None
    assert ours.cost.p50_ms <= ours.cost.p95_ms
    assert 0 <= ours.cost.grown_mb < ours.cost.peak_mb


@pytest.mark.usefixtures("roster")
def test_a_worker_has_its_own_peak_not_its_parents(folder: Path, questions: Path) -> None:
    ballast = bytearray(os.urandom(2**20) * 300)  # MiB
    (ours,) = compare_peers([folder], [questions], "dev", []).results
    assert ours.cost is not None
    assert ours.cost.peak_mb < 250 < len(ballast) / 2**20


@pytest.mark.usefixtures("roster")
def test_what_cannot_be_compared_is_said_before_anything_runs(folder: Path, questions: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownPeer, match="没有叫“nobody”的对照。可选：wenzheng、backwards"):
        compare_peers([folder], [questions], names=["nobody"])
    with pytest.raises(BadQuestions, match=r"没有题目所依据的 b/c\.txt"):
        compare_peers([folder / "a.txt"], [questions], "dev")
    with pytest.raises(NothingToIndex, match=r"找不到[\s\S]*没有可以比较的文件"):
        compare_peers([tmp_path / "no-such.txt"], [questions], "dev")
    alone = tmp_path / "alone.jsonl"
    alone.write_text(questions.read_text("utf-8").splitlines()[2], "utf-8")
    with pytest.raises(BadQuestions, match="都没有依据可找"):
        compare_peers([folder], [alone])


@pytest.mark.usefixtures("roster")
def test_files_that_cannot_be_read_are_told_and_the_same_bytes_are_read_once(folder: Path, questions: Path) -> None:
    (folder / "z.txt").write_text(GAZETTE, "utf-8")
    (folder / "d.txt").write_bytes(b"")
    report = compare_peers([folder], [questions], "dev", [])
    assert report.results[0].passages == 12
    assert report.problems == ("文件“d.txt”是空的。请确认它已完整保存。",)
    assert report.problems[0] in show_peers(report)


def test_comparing_loads_no_peer() -> None:
    """Neither does finding out that one is there: the parent stays small, and a broken package breaks nothing."""
    modules = sorted({module for each in ROSTER for module in each.modules})
    script = f"import sys, eval.peers.table; print(*set({modules}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def report(questions: Path) -> PeerReport:
    """Two questions, one a wording. Ours finds both at once; theirs the lay one, at rank 2."""
    cases = tuple(case for case in load_cases([questions]) if case.id in ("d-1", "d-2"))
    found = {figure.name: 1.0 for figure in FIGURES}
    second = found | {"recall@1": 0.0, "mrr": 0.5}
    ours = PeerResult(
        OURS, State.RAN, "", "默认设置", {}, (found, found), Cost(4.0, 10.0, 20.0, 200.0, 180.0), 828, 393.6
    )
    theirs = PeerResult(
        "theirs",
        State.RAN,
        "",
        "照文档",
        {"theirs": "1.2"},
        (second, dict.fromkeys(found, 0.0)),
        Cost(2.0, 5.0, 30.0, 100.0, 90.0),
        9,
        480.0,
    )
    absent = PeerResult("absent", State.ABSENT, "没有安装（缺 absent），安装：pip install 'wenzheng[peers]'")
    return PeerReport(cases, (ours, theirs, absent), 10)


def lines_of(table: str, name: str) -> list[list[str]]:
    return [line.split()[1:] for line in table.splitlines() if line.split()[:1] == [name]]


def test_the_table_holds_every_figure_with_its_ratio_to_ours(report: PeerReport) -> None:
    table = show_peers(report)
    assert table.startswith("与别家做法相比：2 道能答的题（dev），每题取 10 段\n")
    heads = [line.split()[0] for line in table.splitlines() if "召回@1" in line]
    assert heads == ["全部（2", "95%", "大白话（1", "公文用语（1"]
    all_of, intervals, lay, official, cost = lines_of(table, "theirs")
    halves = ["0.500", "×0.50"]
    assert all_of == ["0.000", "×0.00", *halves, *halves, *halves, "0.250", "×0.25", *halves]
    assert intervals[1:] == ["0.000–1.000"] * 3 + ["0.000–0.500", "0.000–1.000"]
    assert lay[8:] == ["0.500", "×0.50", "1.000", "×1.00"]
    assert official == ["0.000", "×0.00"] * 6
    assert cost == ["2.0", "×0.50", "5.0", "×0.50", "30.0", "×1.50", "100", "×0.50", "90", "×0.50", "9", "480"]
    assert lines_of(table, OURS)[0] == ["1.000"] * 6  # ours needs no ratio to itself
    assert "theirs（theirs 1.2）：照文档。" in table
    assert table.endswith("absent：没有安装（缺 absent），安装：pip install 'wenzheng[peers]'。")


def test_without_ours_there_are_no_ratios(report: PeerReport) -> None:
    ours, theirs, _ = report.results
    crashed = PeerResult(OURS, State.CRASHED, "运行出错：…")
    table = show_peers(replace(report, results=(crashed, theirs)))
    assert lines_of(table, "theirs")[0] == ["0.000", "0.500", "0.500", "0.500", "0.250", "0.500"]
    assert "×" not in table.split("\n\n", 2)[2]
    nothing = replace(ours, scores=(dict.fromkeys(ours.scores[0], 0.0),) * 2)
    table = show_peers(replace(report, results=(nothing, theirs)))  # a ratio to 0 says nothing
    assert lines_of(table, "theirs")[0] == ["0.000", "0.500", "0.500", "0.500", "0.250", "0.500"]


def test_json_says_the_same_and_keeps_each_question(report: PeerReport) -> None:
    told = json.loads(show_peers(report, as_json=True))
    assert (told["k"], told["questions"], told["splits"], told["piece_chars"]) == (10, 2, ["dev"], MAX_CHARS)
    ours, theirs, absent = told["peers"]
    assert theirs["summary"]["all"]["mrr"] == {"mean": 0.25, "n": 2, "low": 0.0, "high": 0.5, "ratio": 0.25}
    assert theirs["summary"]["lay"]["mrr"]["n"] == 1
    assert theirs["cost"]["build_s"] == {"value": 2.0, "ratio": 0.5}
    assert theirs["cases"]["d-1"]["mrr"] == 0.5
    assert ours["summary"]["all"]["recall@1"]["ratio"] == 1.0
    assert (absent["state"], absent["summary"], absent["cost"], absent["cases"]) == ("absent", {}, None, {})


# ── ours, and the doors ─────────────────────────────────────────────────────────────────────────────────────────────

ODD = (
    PeerText("c.pdf", GAZETTE.replace("大同", "阳泉").replace("\n", "\r\n")),
    PeerText("line-7", "森林火灾由市应急管理局指挥。", title="阳泉市森林防火办法", one_notice=True),
    PeerText("../d.txt", "供暖从每年十一月一日起。"),
)


def test_ours_gives_places_in_the_texts_whatever_they_are_called() -> None:
    peer = Wenzheng()
    peer.build((*TEXTS, *ODD))
    texts = {text.source: text.text for text in (*TEXTS, *ODD)}
    assert {place.source for place in peer.passages()} == set(texts)
    (best, *_) = peer.search(PeerQuestion("大同市买新能源小汽车每辆补贴多少？"), 5)
    assert "每辆补贴5000元" in texts[best.source][best.span.start : best.span.end]
    assert best.source == "a.txt"
    (best, *_) = peer.search(PeerQuestion("那阳泉呢？", ("大同市买新能源小汽车每辆补贴多少？",)), 5)
    assert best.source == "c.pdf"  # the follow-up is understood, not put behind the question before it
    assert "每辆补贴5000元" in texts[best.source][best.span.start : best.span.end]
    (best, *_) = peer.search(PeerQuestion("森林火灾由谁指挥？"), 5)
    assert best == Stretch("line-7", Span(0, len(texts["line-7"])))
    assert peer.search(PeerQuestion("谢谢您！"), 5) == []


LONG = PeerText("long.txt", "".join(f"第{n}条 单位应当做好第{n}项工作，不得拖延。\n" for n in range(1, 200)))


@pytest.mark.parametrize("each", ROSTER, ids=lambda each: each.name)
def test_every_peer_finds_what_is_asked_for_and_says_where_it_stands(each: Entry) -> None:
    """Each door's own test; skipped where its packages are not installed."""
    for module in each.modules:
        pytest.importorskip(module)
    peer: Peer = load(each.door)
    assert peer.name == each.name
    texts = {text.source: text.text for text in (*TEXTS, LONG)}
    peer.build((*TEXTS, LONG))
    places = peer.passages()
    assert {place.source for place in places} == set(texts)
    for source, text in texts.items():  # nothing is lost but white space, nothing stands twice
        spans = sorted(place.span for place in places if place.source == source)
        assert all(a.end <= b.start for a, b in pairwise(spans))
        left = "".join(text[a.end : b.start] for a, b in pairwise(spans))
        assert not (text[: spans[0].start] + left + text[spans[-1].end :]).strip()
    if each.name != OURS:  # ours counts without white space
        assert max(len(place.span) for place in places) <= MAX_CHARS
        assert max(len(place.span) for place in places) > MAX_CHARS / 2  # small pieces are put together
    found = peer.search(PeerQuestion("供暖从哪天起？", ("阳泉市的事",)), 3)
    assert "b/c.txt" in {place.source for place in found}  # vectors fitted on so little do not put it first
    assert 1 <= len(found) <= 3
    assert set(found) <= set(places)
    assert len(peer.search(PeerQuestion("第7项工作"), 1)) == 1
    assert len(peer.search(PeerQuestion("工作单位应当供暖"), 1000)) <= len(places)
    assert peer.search(PeerQuestion("☺"), 3)[3:] == []  # nothing of it occurs: anything but a crash

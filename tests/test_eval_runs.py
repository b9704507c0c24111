import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from eval import runs
from eval.examine import Examiner
from eval.records import BadRun, Case
from eval.run import conduct
from eval.runs import Journal, Run, digest, read_run, result_row, runs_folder, write_run
from eval.scores import summary
from index.errors import LibraryDamaged
from qa.records import Answer, Status
from tests.eval_samples import (
    SETUP,
    SampleShelf,
    ScriptedAnswerer,
    answer,
    case,
    chat_case,
    citation,
    five_results,
    outcome,
    passage,
    refusal_case,
    run_of,
    without_times,
)

CASES = [
    case(),
    case(id="d-000-002", question="二", type="place-swap", pair="d-000-001", history=["先前\u2028的话"]),
    refusal_case(id="d-000-003", question="三"),
    chat_case(id="d-000-004", question="四"),
]
ANSWERS: dict[str, Answer | BaseException] = {
    CASES[0].question: answer(
        "补助5000元[1]。",
        [citation(1, "a.txt", "补助\n5000元", document_number="同政发〔2024〕1号")],
        [passage(1, "b.txt", 0, 10), passage(3, "a.txt", 0, 20)],
        confidence=0.1 + 0.2,
        answerable=0.7,
    ),
    "二": LibraryDamaged("库坏了"),
    "三": answer("没有写到。", status=Status.REFUSED),
    "四": answer("您好！", status=Status.CHAT),
}


def ask(folder: Path, answers: dict[str, Answer | BaseException] = ANSWERS, cases: list[Case] = CASES) -> Run:
    """The run story with an answerer that plays back: goes on where the folder says."""
    journal = Journal(folder, SETUP)
    examiner = Examiner(ScriptedAnswerer(answers), SampleShelf(), cases, 10)
    return conduct(cases, map(examiner.examine, [c for c in cases if c.id not in journal.done]), journal)


def killed(folder: Path, at: int) -> None:
    """A run that was killed while it asked CASES[at]."""
    with pytest.raises(KeyboardInterrupt):
        ask(folder, ANSWERS | {CASES[at].question: KeyboardInterrupt()})


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ── there and back ──


def test_a_run_that_is_read_is_the_run_that_was_written(tmp_path: Path) -> None:
    run = ask(tmp_path / "评测 一")
    assert read_run(tmp_path / "评测 一") == run
    assert files(tmp_path / "评测 一") == ["cases.jsonl", "run.json", "timings.json"]


def test_outcomes_and_scores_come_back(tmp_path: Path) -> None:
    run = ask(tmp_path)
    again = read_run(tmp_path)
    assert [r.outcome for r in again.results] == [r.outcome for r in run.results]
    assert again.results[0].outcome.confidence == 0.30000000000000004
    assert summary(again.results, intervals=True) == summary(run.results, intervals=True)
    assert again.setup.fingerprint == run.setup.fingerprint


@pytest.mark.parametrize("at", range(5))
def test_every_kind_of_outcome_comes_back(tmp_path: Path, at: int) -> None:
    run = run_of(five_results()[at : at + 1])
    write_run(run, tmp_path)
    assert read_run(tmp_path) == replace(run, folder=tmp_path)


def test_scores_are_worked_out_anew(tmp_path: Path) -> None:
    """A mended metric counts for old runs as well."""
    run = ask(tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "cases.jsonl").read_text("utf-8").split("\n") if line]
    forged = [row | {"scores": {"right": 0.123}, "fault": "过长"} for row in rows]
    (tmp_path / "cases.jsonl").write_text("\n".join(json.dumps(row) for row in forged), "utf-8")
    assert read_run(tmp_path).results == run.results


def test_a_row_explains_its_scores() -> None:
    row = result_row(five_results()[1])
    assert (row["id"], row["status"], row["fault"]) == ("d-000-002", "answered", "缺要点")
    assert row["located"] == [{"source": "a.txt", "start": 4, "end": 16}]
    assert row["verdicts"] == [{"sentence": "有补助。", "verdict": "无据", "lacking": [], "shared": 0.5}]  # 有补, 补助
    scores = row["scores"]
    assert isinstance(scores, dict)
    assert (scores["citation_precision"], scores["refusal_recall"]) == (0.5, None)


def test_two_runs_of_one_setup_differ_in_their_times_alone(tmp_path: Path) -> None:
    one, other = ask(tmp_path / "one"), ask(tmp_path / "other")
    for name in ("run.json", "cases.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
    assert replace(without_times(one), folder=None) == replace(without_times(other), folder=None)


def test_times_are_kept_apart(tmp_path: Path) -> None:
    ask(tmp_path)
    times = json.loads((tmp_path / "timings.json").read_text("utf-8"))
    assert list(times) == ["started_at", "elapsed_s", "jobs", "peak_mb", "elapsed_ms"]
    assert list(times["elapsed_ms"]) == [c.id for c in CASES]
    assert "elapsed_ms" not in (tmp_path / "cases.jsonl").read_text("utf-8")


# ── killed, and going on ──


@pytest.mark.parametrize("at", range(4))
def test_a_killed_run_asks_only_what_is_left(tmp_path: Path, at: int) -> None:
    killed(tmp_path, at)
    assert files(tmp_path) == ["journal.jsonl"]
    answerer = ScriptedAnswerer(ANSWERS)
    journal = Journal(tmp_path, SETUP)
    assert list(journal.done) == [c.id for c in CASES[:at]]
    examiner = Examiner(answerer, SampleShelf(), CASES, 10)
    run = conduct(CASES, map(examiner.examine, [c for c in CASES if c.id not in journal.done]), journal)
    assert [question.text for question, _ in answerer.asked] == [c.question for c in CASES[at:]]
    ask(tmp_path / "whole")
    for name in ("run.json", "cases.jsonl"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert read_run(tmp_path) == run


def test_what_was_asked_before_keeps_its_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path, SETUP)
    journal.add(outcome(case(), ANSWERS[case().question]), 123.4567)  # type: ignore[arg-type]
    journal.close()
    assert ask(tmp_path).timings.elapsed_ms["d-000-001"] == 123.457


def test_a_journal_cut_anywhere_keeps_its_whole_lines(tmp_path: Path) -> None:
    """Even within a character, of which a Chinese one has three bytes; what comes then is not joined to the stump."""
    killed(tmp_path, 2)
    path = tmp_path / "journal.jsonl"
    whole = path.read_bytes()
    ends = [place for place, byte in enumerate(whole) if byte == ord("\n")]
    assert len(ends) == 3  # whose it is, and two outcomes
    for cut in sorted({*range(0, len(whole), 7), *ends, *(end - 1 for end in ends), *(end + 1 for end in ends)}):
        path.write_bytes(whole[:cut])
        journal = Journal(tmp_path, SETUP)
        kept = max(0, sum(end <= cut for end in ends) - 1)
        assert list(journal.done) == [c.id for c in CASES[:kept]]
        journal.add(outcome(CASES[3], ANSWERS["四"]), 1.0)  # type: ignore[arg-type]
        journal.close()
        assert list(Journal(tmp_path, SETUP).done) == [*journal.done]


def test_an_unfinished_run_of_another_setup_is_not_touched(tmp_path: Path) -> None:
    killed(tmp_path, 2)
    before = (tmp_path / "journal.jsonl").read_bytes()
    with pytest.raises(BadRun, match=r"没有做完的评测，设置与这次不同。请换一个 --output，或删去") as caught:
        Journal(tmp_path, replace(SETUP, k=5))
    assert str(tmp_path) in str(caught.value)
    assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_an_unfinished_run_is_not_read(tmp_path: Path) -> None:
    killed(tmp_path, 2)
    with pytest.raises(BadRun, match=r"还没有做完。请用同样的参数再运行一次"):
        read_run(tmp_path)


# ── one run after another ──


def test_a_finished_run_stands_until_the_next_is_finished(tmp_path: Path) -> None:
    first = ask(tmp_path)
    other = replace(SETUP, k=5)
    journal = Journal(tmp_path, other)
    journal.add(first.results[0].outcome, 1.0)
    assert read_run(tmp_path) == first
    journal.finish(first.results[:1], first.timings)
    assert (read_run(tmp_path).setup, len(read_run(tmp_path).results)) == (other, 1)


def test_cases_are_written_last_so_that_no_half_run_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(tmp_path)
    written: list[tuple[str, bool]] = []
    write = runs._write

    def noting(path: Path, text: str) -> None:
        written.append((path.name, (tmp_path / "cases.jsonl").exists()))
        write(path, text)

    monkeypatch.setattr(runs, "_write", noting)
    ask(tmp_path)
    assert written == [("run.json", False), ("timings.json", False), ("cases.jsonl", False)]


def test_a_run_killed_while_it_is_written_is_finished_without_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed_at_the_end(path: Path, text: str) -> None:
        if path.name == "cases.jsonl":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(runs, "_write", killed_at_the_end)
        with pytest.raises(KeyboardInterrupt):
            ask(tmp_path)
    with pytest.raises(BadRun, match="还没有做完"):
        read_run(tmp_path)
    assert len(ask(tmp_path, {}).results) == 4
    assert read_run(tmp_path).results


# ── what cannot be read or written ──


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match=r"里没有评测记录（缺 run.json）。请先运行 wenzheng eval"):
        read_run(tmp_path)
    write_run(run_of(five_results()), tmp_path)
    (tmp_path / "cases.jsonl").unlink()
    with pytest.raises(BadRun, match=r"缺 cases.jsonl"):
        read_run(tmp_path)


@pytest.mark.parametrize("name", ["run.json", "timings.json", "cases.jsonl"])
@pytest.mark.parametrize("content", ["{", "[]", '{"id": "d-000-001"}', "5", '{"format": 1}'])
def test_a_broken_file_is_told(tmp_path: Path, name: str, content: str) -> None:
    write_run(run_of(five_results()), tmp_path)
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(BadRun, match=r"(已损坏|读不懂).*请重新运行 wenzheng eval") as caught:
        read_run(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_case_that_is_no_longer_one_is_told_as_a_broken_run(tmp_path: Path) -> None:
    write_run(run_of(five_results()), tmp_path)
    path = tmp_path / "cases.jsonl"
    path.write_text(path.read_text("utf-8").replace('"split": "dev"', '"split": "甲"', 1), "utf-8")
    with pytest.raises(BadRun, match="已损坏"):
        read_run(tmp_path)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    write_run(run_of(five_results()), tmp_path)
    (tmp_path / "cases.jsonl").write_bytes(b"\xff")
    with pytest.raises(BadRun, match=r"cases.jsonl 读不出来（不是 UTF-8 文本）"):
        read_run(tmp_path)


def test_a_run_of_another_version_is_told(tmp_path: Path) -> None:
    write_run(run_of(five_results()), tmp_path)
    about = json.loads((tmp_path / "run.json").read_text("utf-8"))
    (tmp_path / "run.json").write_text(json.dumps(about | {"format": 99}), "utf-8")
    with pytest.raises(BadRun, match=r"别的版本"):
        read_run(tmp_path)


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("", "utf-8")
    for folder in (tmp_path / "文件", tmp_path / "文件" / "里"):
        with pytest.raises(BadRun, match=r"写不进去（.+）。请用 --output 另指一个文件夹") as caught:
            Journal(folder, SETUP)
        assert str(folder) in str(caught.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_with_the_way_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path, SETUP)
    journal.close()
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        journal._file = full
        with pytest.raises(BadRun, match=r"写不进去（.+）。请用 --output 另指一个文件夹"):
            journal.add(five_results()[0].outcome, 1.0)
        journal.close()
    assert journal.done == {}


def test_a_file_that_cannot_be_put_in_place_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "run.json").mkdir()
    with pytest.raises(BadRun, match=r"run.json 写不进去"):
        write_run(run_of(five_results()), tmp_path)
    assert files(tmp_path) == ["run.json"]


# ── the setup ──


def test_a_fingerprint_tells_setups_apart() -> None:
    assert SETUP.fingerprint == replace(SETUP).fingerprint
    assert len(SETUP.fingerprint) == 12
    changes: list[dict[str, object]] = [
        {"k": 5},
        {"answerer": "other"},
        {"settings": {}},
        {"library": {"id": "generation-2"}},
        {"questions": "1" * 64},
        {"prompts": {}},
        {"versions": {}},
        {"split": "test"},
    ]
    others = {replace(SETUP, **each).fingerprint for each in changes}  # type: ignore[arg-type]
    assert len(others | {SETUP.fingerprint}) == len(asdict(SETUP)) + 1


def test_a_digest_depends_on_rows_and_their_order() -> None:
    assert digest([{"a": 1}, {"b": "补"}]) == digest([{"a": 1}, {"b": "补"}])
    orders: list[list[object]] = [[], [{}], [{"a": 1}, {}], [{}, {"a": 1}]]
    assert len(set(map(digest, orders))) == 4


def test_runs_lie_with_the_users_data() -> None:
    assert runs_folder().name == "runs"
    assert "wenzheng" in runs_folder().parts

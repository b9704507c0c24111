import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.gate import BASELINE, GATED, accept, judge, read_baseline, show_judgement, write_baseline
from eval.records import BadRun, Case
from eval.runs import Run
from eval.scores import Result
from qa.records import Status
from tests.eval_samples import case, refusal_case, run_of, told


def asked(n: int) -> list[Case]:
    return [refusal_case(id=f"d-000-{number:03}") for number in range(n)]


def run(cases: Sequence[Case], refused: Sequence[bool]) -> Run:
    """Unanswerable questions, refused or not."""
    statuses = [Status.REFUSED if each else Status.ANSWERED for each in refused]
    outcomes = [told("没有。", asked=each, status=status) for each, status in zip(cases, statuses, strict=True)]
    return run_of([Result.of(outcome) for outcome in outcomes])


def test_a_run_passes_its_own_baseline_that_was_written_and_read(tmp_path: Path) -> None:
    accepted = run(asked(30), [number % 3 > 0 for number in range(30)])
    write_baseline(accept([accepted], "wenzheng eval gate --accept"), tmp_path / "b.json")
    baseline = read_baseline(tmp_path / "b.json")
    assert baseline.means["refusal_recall"] == pytest.approx(2 / 3, abs=1e-6)
    assert baseline.command == "wenzheng eval gate --accept"
    found = judge(baseline, [accepted])
    assert found.passed
    assert (found.compared, found.new, found.gone, found.changed, found.fallen) == (30, 0, 0, 0, ())
    assert "通过：" in show_judgement(found)
    again = (tmp_path / "b.json").read_text("utf-8")
    write_baseline(baseline, tmp_path / "c.json")
    assert (tmp_path / "c.json").read_text("utf-8") == again
    assert len(again.splitlines()) > 30  # a case a line


def test_a_drop_of_three_in_a_hundred_of_five_hundred_cases_is_held_back() -> None:
    cases = asked(500)
    baseline = accept([run(cases, [True] * 500)], "")
    found = judge(baseline, [run(cases, [number >= 15 for number in range(500)])])
    assert not found.passed
    assert set(found.fallen) == {"right", "refusal_recall"}
    assert "不通过：答对、拒答召回 变差了" in show_judgement(found)


def test_a_single_flip_is_noise() -> None:
    cases = asked(500)
    baseline = accept([run(cases, [True] * 500)], "")
    assert judge(baseline, [run(cases, [number > 0 for number in range(500)])]).passed


def test_less_of_a_bad_thing_is_no_fall() -> None:
    cases = [case(id=f"d-000-{number:03}") for number in range(100)]
    refusing = run_of([Result.of(told("", asked=each, status=Status.REFUSED)) for each in cases])
    answering = run_of([Result.of(told("5000元。", asked=each)) for each in cases])
    better = judge(accept([refusing], ""), [answering])
    assert "false_refusal" not in better.fallen
    assert "false_refusal" in judge(accept([answering], ""), [refusing]).fallen


def test_cases_that_are_new_or_changed_are_not_compared_and_lost_ones_are_told() -> None:
    cases = asked(4)
    baseline = accept([run(cases, [True] * 4)], "")
    now = [cases[0], replace(cases[1], question="改过的？"), *asked(6)[4:]]
    found = judge(baseline, [run(now, [True, False, False, False])])
    assert (found.compared, found.changed, found.new, found.gone) == (1, 1, 2, 2)
    assert not found.passed  # a question that fails must not be dropped in silence
    assert "基线里有 2 道题这次没有" in show_judgement(found)
    with pytest.raises(BadRun, match="没有一道相同"):
        judge(baseline, [run(asked(6)[4:], [True, True])])


def test_two_runs_make_one_baseline_unless_they_share_a_case() -> None:
    first, second = run(asked(2), [True, True]), run(asked(4)[2:], [True, False])
    baseline = accept([first, second], "")
    assert len(baseline.scores) == 4
    with pytest.raises(BadRun, match="两次评测里都有 d-000-000"):
        accept([first, first], "")


def test_a_baseline_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match=r"none\.json 读不到.*--accept"):
        read_baseline(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    for text in ("{", "[]", '{"format": 1}', "{}"):
        broken.write_text(text, "utf-8")
        with pytest.raises(BadRun, match=r"broken\.json"):
            read_baseline(broken)
    write_baseline(accept([run(asked(1), [True])], ""), broken)
    broken.write_text(broken.read_text("utf-8").replace('"right"', '"wrong"', 1), "utf-8")
    with pytest.raises(BadRun, match="指标不同"):
        read_baseline(broken)
    with pytest.raises(BadRun, match="写不进去"):
        write_baseline(accept([run(asked(1), [True])], ""), tmp_path / "no" / "where.json")


def test_the_accepted_baseline_is_in_the_repository() -> None:
    baseline = read_baseline(BASELINE)
    assert len(baseline.scores) >= 500
    assert all(len(scores) == len(GATED) for scores in baseline.scores.values())
    assert json.loads(BASELINE.read_text("utf-8"))["command"] == "wenzheng eval gate --accept"

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.compare import compare, show_comparison, verdict
from eval.records import BadRun, Case
from eval.runs import Run
from eval.scores import Result
from eval.statistics import Difference, Interval
from qa.records import Status
from tests.eval_samples import case, run_of, told


def cases(n: int) -> list[Case]:
    return [case(id=f"d-000-{number:03}", wording="lay" if number % 2 else "official") for number in range(n)]


def run(asked: Sequence[Case], right: Sequence[bool], name: str = "a") -> Run:
    """Refused where not right; with a citation-free answer that states the fact elsewhere counted wrong."""
    outcomes = [
        told("", asked=each, status=Status.REFUSED) if not good else told("再说。", asked=each, status=Status.ANSWERED)
        for each, good in zip(asked, right, strict=True)
    ]
    results = [
        replace(Result.of(outcome), fault=None if good else Result.of(outcome).fault)
        for outcome, good in zip(outcomes, right, strict=True)
    ]
    scored = [
        replace(result, scores={**result.scores, "right": float(good)})
        for result, good in zip(results, right, strict=True)
    ]
    return replace(run_of(scored), folder=Path(name))


def test_a_planted_drop_of_three_in_a_hundred_is_found() -> None:
    asked = cases(500)
    before = [number % 5 < 3 for number in range(500)]  # 0.6
    flipped = {number for number in range(500) if before[number]}
    after = [good and number not in sorted(flipped)[:15] for number, good in enumerate(before)]
    found = compare(run(asked, before), run(asked, after, "b"))
    difference = found.difference(next(m for m in _metrics() if m.name == "right"))
    assert difference is not None
    assert (difference.a, difference.better, difference.worse, difference.n) == (0.6, 0, 15, 500)
    assert difference.mean == pytest.approx(-0.03)
    assert difference.interval.high < 0
    assert difference.p < 0.01
    assert verdict(difference, 1) == "变差"
    assert len(found.flips) == 15


def test_noise_of_the_same_size_both_ways_is_none() -> None:
    asked = cases(500)
    before = [number % 2 == 0 for number in range(500)]
    after = [not good if number < 30 else good for number, good in enumerate(before)]  # 15 up, 15 down
    difference = compare(run(asked, before), run(asked, after)).difference(_metrics()[0])
    assert difference is not None
    assert (difference.better, difference.worse, difference.mean) == (15, 15, 0.0)
    assert verdict(difference, 1) == "未见差别"


def _metrics() -> list:  # type: ignore[type-arg]
    from eval.scores import BY_NAME

    return [BY_NAME["right"]]


def test_pairs_are_the_cases_that_are_the_same_in_both() -> None:
    asked = cases(4)
    other = [*asked[:2], replace(asked[2], question="改过的题面？"), case(id="d-000-900")]
    found = compare(run(asked, [True] * 4), run(other, [True, False, True, True], "b"))
    assert [a.outcome.case.id for a, _ in found.pairs] == ["d-000-000", "d-000-001"]
    assert (found.unpaired, found.changed) == (2, 1)
    text = show_comparison(found)
    assert "共同的题 2，2 题只在一边，1 题的题面或答案改过，不比" in text
    assert "↓ 对 → 误拒  d-000-001（大白话）买车给多少钱？" in text
    assert "由错变对 0 题，由对变错 1 题。" in text


def test_runs_without_a_common_case_cannot_be_compared() -> None:
    with pytest.raises(BadRun, match="没有一道相同的题"):
        compare(run(cases(1), [True]), run([case(id="d-000-900")], [True]))


def test_groups_are_compared_by_themselves() -> None:
    asked = cases(40)
    before, after = [True] * 40, [number % 2 == 0 for number in range(40)]  # every lay question falls
    told_json = json.loads(show_comparison(compare(run(asked, before), run(asked, after, "b")), as_json=True))
    assert told_json["pairs"] == 40
    assert told_json["metrics"]["right"]["verdict"] == "变差"
    lay, official = (told_json["groups"]["wording"][part]["right"] for part in ("lay", "official"))
    assert (lay["mean"], lay["n"], lay["verdict"]) == (-1.0, 20, "变差")
    assert (official["mean"], official["n"], official["verdict"]) == (0.0, 20, "未见差别")
    assert len(told_json["flips"]) == 20
    assert told_json["flips"][0] == {"id": "d-000-001", "before": None, "after": "误拒"}


def test_a_verdict_is_read_off_the_interval() -> None:
    def judged(low: float, high: float, sign: int) -> str:
        return verdict(Difference(0, 0, 9, 0, 0, Interval(low, high), 0.5, None), sign)

    assert judged(0.01, 0.2, 1) == "变好"
    assert judged(0.01, 0.2, -1) == "变差"
    assert judged(-0.2, -0.01, -1) == "变好"
    assert judged(-0.2, 0.0, 1) == "未见差别"
    assert judged(0.01, 0.2, 0) == "有变化"

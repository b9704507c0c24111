from collections.abc import Callable
from dataclasses import replace

import pytest

from eval import canaries
from eval.canaries import CANARIES, GUARDED, LEAST_CASES, failures
from eval.cases import Sources, bundled_questions, load_cases
from eval.check import bundled_corpus_texts
from eval.records import Outcome
from eval.report.table import show
from eval.scores import BY_NAME, METRICS, SET_METRICS, Metric, Result
from qa.records import Status
from tests.eval_samples import run_of


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """The bundled dev questions, with nothing asked yet."""
    cases = [case for case in load_cases(bundled_questions()) if case.split == "dev"]
    sources = Sources(bundled_corpus_texts())
    return [Outcome(case, sources.locate(case), ("大同市",), Status.ANSWERED, "") for case in cases]


def test_every_metric_is_guarded_from_above_and_below() -> None:
    """A metric that is always 0, or always 1, must fail some canary."""
    names = {metric.name for metric in METRICS} | {metric.name for metric in SET_METRICS}
    assert names - GUARDED == set()
    assert names == GUARDED
    bounds = [(name, low, high) for canary in CANARIES for name, (low, high) in canary.expected.items()]
    for name in names:
        assert any(own == name and low > 0 for own, low, _ in bounds), f"{name} might always be 0"
        assert any(own == name and high < 1 for own, _, high in bounds), f"{name} might always be 1"


def test_the_meter_is_sound(outcomes: list[Outcome]) -> None:
    assert failures(outcomes) == {}


@pytest.mark.parametrize("name", [metric.name for metric in METRICS])
@pytest.mark.parametrize("always", [0.0, 1.0])
def test_a_metric_that_is_stuck_is_found(
    outcomes: list[Outcome], name: str, always: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = replace(BY_NAME[name], score=lambda outcome: always)
    monkeypatch.setattr(canaries, "BY_NAME", {name: stuck})
    only = tuple(
        replace(canary, expected={own: bounds for own, bounds in canary.expected.items() if own == name})
        for canary in CANARIES
        if name in canary.expected
    )
    monkeypatch.setattr(canaries, "CANARIES", only)
    assert set(failures(outcomes)) == {name}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("recall@5", lambda o: float(bool(o.passages))),  # counts what was found, not what was sought
        ("citation_recall", lambda o: float(bool(o.citations))),
        ("citation_support", lambda o: float(bool(o.citations))),
        ("key_fact_recall", lambda o: float(bool(o.text))),
        ("false_refusal", lambda o: float(not o.refused)),  # the wrong way round
    ],
)
def test_a_metric_that_looks_at_the_wrong_thing_is_found(
    outcomes: list[Outcome], name: str, wrong: Callable[[Outcome], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canaries, "BY_NAME", {**BY_NAME, name: replace(BY_NAME[name], score=wrong)})
    assert name in failures(outcomes)


def test_with_few_cases_the_canaries_say_nothing(outcomes: list[Outcome]) -> None:
    assert failures(outcomes[: LEAST_CASES - 1]) == {}


def test_cases_that_all_rest_on_one_place_are_scored_all_the_same(outcomes: list[Outcome]) -> None:
    one = next(outcome for outcome in outcomes if outcome.evidence)
    assert failures([one]) == failures([one] * 3) == {}


def test_what_failed_its_canary_is_not_printed(outcomes: list[Outcome]) -> None:
    run = run_of([Result.of(outcome) for outcome in outcomes[:30]])
    broken = {"recall@5": "“随机排序”得 1.000，应为 0"}
    table = show(run, broken=broken)
    line = next(line for line in table.splitlines() if line.startswith("召回@5"))
    assert line.split() == ["召回@5", "未过自检", str(sum(o.case.answerable for o in outcomes[:30]))]
    assert "未过自检的指标 recall@5：“随机排序”得 1.000，应为 0。" in table
    heads = [line for line in table.splitlines() if line.startswith("找依据")]
    assert heads
    assert all("召回@5" not in head for head in heads)
    assert '"recall@5": {' not in show(run, broken=broken, as_json=True)
    assert '"recall@5": 0' not in show(run, broken=broken, as_json=True)


def test_metrics_are_looked_up_by_their_names() -> None:
    assert all(isinstance(metric, Metric) and BY_NAME[metric.name] is metric for metric in METRICS)

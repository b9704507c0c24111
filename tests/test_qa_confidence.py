from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.fitted import fitted
from index.records import Passage
from qa.confidence import AGAINST, ANSWERABLE, CONFIDENCE, FEATURES, answerable, confidence, signs
from qa.read import FEATURES as READING
from qa.read import Reading
from qa.records import Question, Status
from qa.refuse import Doubt, Lack
from qa.units import Unit, units
from tests.qa_fakes import DATONG, FakeHoldings, extractive, passages


@pytest.fixture
def found() -> tuple[list[Passage], list[Unit]]:
    retrieved = [replace(p, score=1 / (p.rank + 1)) for p in passages(DATONG)]
    return retrieved, units(retrieved, FakeHoldings(DATONG).provisions)


def reading(unit: Unit, score: float) -> Reading:
    return Reading(unit, (0.0,) * len(READING), score)


def test_the_signs_of_an_answer(found: tuple[list[Passage], list[Unit]]) -> None:
    retrieved, cut = found
    own = cut[0]
    other = next(unit for unit in cut if unit.span.overlap(own.span) == 0)
    doubted = [Doubt(Lack.YEAR, 0.3), Doubt(Lack.NOTHING, 0.2)]
    readings = [reading(own, 10.0), reading(replace(own, text="同一处"), 9.5), reading(other, 8.0)]
    seen = dict(zip(FEATURES, signs(doubted, readings, retrieved), strict=True))
    assert {name: value for name, value in seen.items() if value} == pytest.approx(
        {
            "constant": 1.0,
            "doubt_year": 0.3,
            "doubt_nothing": 0.2,
            "score": 0.5,  # 10 of 20
            "lead": 0.4,  # 2 of 5: the same words twice are no rival
            "belief": retrieved[own.passage].score,
            **({"rank": own.passage / 5} if own.passage else {}),
            "answers_any": 1.0,  # the reader was not asked
            "answers_mean": 0.5,
        }
    )


def test_what_the_reader_marks_counts_for_the_best_and_for_any(found: tuple[list[Passage], list[Unit]]) -> None:
    retrieved, cut = found
    marked = [0.0] * len(READING)
    marked[READING.index("marked")] = 0.7
    readings = [reading(cut[0], 10.0), Reading(cut[1], tuple(marked), 9.0)]
    seen = dict(zip(FEATURES, signs([], readings, retrieved, [-2.0, 4.0, -8.0]), strict=True))
    assert (seen["marked"], seen["marked_any"]) == (0.0, 0.7)
    assert (seen["answers_any"], seen["answers_mean"]) == (1.0, -0.5)  # 4 and −2 of 4


@pytest.mark.parametrize("believed", [answerable, confidence])
def test_a_belief_is_a_share_and_rises_with_what_fits(believed: Callable[[Sequence[float]], float]) -> None:
    plain = dict.fromkeys(FEATURES, 0.0) | {"constant": 1.0, "score": 0.5}
    base = believed([*plain.values()])
    assert 0 < base < believed([*(plain | {"fit": 1.0}).values()]) < 1
    assert base <= believed([*(plain | {"score": 1.0}).values()])
    assert 0 <= believed([*(plain | {"doubt_kind": 1e9}).values()]) < base


@pytest.mark.parametrize("file", [ANSWERABLE, CONFIDENCE])
def test_every_sign_has_a_weight_and_nothing_counts_against_reason(file: Path) -> None:
    weights = fitted(file)
    assert set(weights) == set(FEATURES)
    assert all(weights[sign] <= 0 for sign in AGAINST)
    assert all(weights[sign] >= 0 for sign in FEATURES[1:] if sign not in AGAINST)


def test_answers_and_refusals_carry_it_and_small_talk_does_not() -> None:
    answerer = extractive()
    answered = answerer.answer(Question("大同市租赁补贴每人每月多少钱？"))
    refused = answerer.answer(Question("大同市2099年火箭发射补贴多少万吨？"))
    assert answered.status is Status.ANSWERED
    assert answered.confidence is not None
    assert refused.status is Status.REFUSED
    assert refused.confidence is not None
    assert refused.confidence < answered.confidence
    assert answerer.answer(Question("谢谢")).confidence is None

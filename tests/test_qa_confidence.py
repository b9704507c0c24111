from dataclasses import replace

import pytest

from index.records import Passage
from qa.confidence import FEATURES, confidence, signs, weights
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
    assert dict(zip(FEATURES, signs(doubted, readings, retrieved), strict=True)) == pytest.approx(
        {
            "constant": 1.0,
            "doubt": 0.5,
            "score": 0.5,  # 10 of 20
            "lead": 0.4,  # 2 of 5: the same words twice are no rival
            "belief": retrieved[own.passage].score,
            "rank": own.passage / 5,
        }
    )


def test_confidence_is_a_share_that_doubt_never_raises_and_that_rises_with_a_lead() -> None:
    assert set(weights()) == set(FEATURES)
    plain = (1.0, 0.0, 0.5, 0.5, 0.5, 0.0)
    assert 0 < confidence(plain) < 1
    assert confidence((1.0, 0.9, *plain[2:])) <= confidence(plain) < confidence((*plain[:3], 1.0, *plain[4:]))
    assert confidence((1.0, 1e9, 0, 0, 0, 0)) > 0


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

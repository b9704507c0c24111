from typing import Any

import pytest

from eval.metrics.grounds import wrong_law, wrong_place
from eval.records import Case
from qa.records import Status
from tests.eval_samples import case, chat_case, cited, probe_case, refusal_case, told

OURS, THEIRS, NOBODYS = (cited(1, "补助", city=city) for city in ("大同市", "阳泉市", ""))
ASKED: dict[str, Any] = {"cities": ("大同市",)}


def test_an_answer_rests_on_the_city_that_was_asked_about() -> None:
    assert wrong_place(told("有补助[1]。", OURS, **ASKED)) == 0.0
    assert wrong_place(told("有补助[1]。", NOBODYS, **ASKED)) == 0.0  # a notice that names no city
    assert wrong_place(told("有补助。", **ASKED)) == 0.0
    assert wrong_place(told("有补助[1]。", THEIRS, **ASKED)) == 1.0
    assert wrong_place(told("有补助[1][1]。", OURS, THEIRS, **ASKED)) == 1.0
    assert wrong_place(told("有补助[1]。", THEIRS, cities=("大同市", "阳泉市"))) == 0.0


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("阳泉市：有补助[1]。", 0.0),
        ("大同市没有写到。阳泉市：有补助[1]。", 0.0),
        ("没有写到。\n阳泉市：有补助[1]。", 0.0),
        ("参照阳泉市：有补助[1]。", 1.0),
        ("阳泉市有补助[1]。", 1.0),
        ("大同市：有补助[1]。", 1.0),
    ],
)
def test_another_city_is_named_before_the_sentence(said: str, due: float) -> None:
    assert wrong_place(told(said, THEIRS, **ASKED)) == due


@pytest.mark.parametrize("asked", [refusal_case(), probe_case()])
def test_refusing_is_what_a_question_about_a_city_without_an_answer_asks_for(asked: Case) -> None:
    assert wrong_place(told("没有写到。", asked=asked, status=Status.REFUSED, **ASKED)) == 0.0
    assert wrong_place(told("只有外地的[1]。", THEIRS, asked=asked, status=Status.REFUSED, **ASKED)) == 0.0
    assert wrong_place(told("有补助[1]。", THEIRS, asked=asked, **ASKED)) == 1.0
    assert wrong_place(told("有补助[1]。", OURS, asked=asked, **ASKED)) == 0.0


def test_where_no_city_is_at_stake_or_no_answer_given_nothing_applies() -> None:
    assert wrong_place(told("有补助[1]。", THEIRS)) is None
    assert wrong_place(told("没有写到。", status=Status.REFUSED, **ASKED)) is None
    assert wrong_place(told("不客气。", status=Status.CHAT, **ASKED)) is None
    assert wrong_place(told("有补助[1]。", THEIRS, asked=chat_case(), **ASKED)) is None


def test_an_answer_rests_on_rules_in_force_or_says_that_they_are_not() -> None:
    lapsed = cited(1, "补助", lapsed=True)
    assert wrong_law(told("有补助[1]。", lapsed)) == 1.0
    assert wrong_law(told("有补助[1][1]。", cited(1, "补助"), lapsed)) == 1.0
    assert wrong_law(told("有补助[1]，该办法已于2023年废止。", lapsed)) == 0.0
    assert wrong_law(told("有补助[1]。请注意有效期。", lapsed, asked=refusal_case())) == 0.0
    assert wrong_law(told("有补助[1]。", cited(1, "补助"))) == 0.0
    assert wrong_law(told("有补助。", asked=case())) == 0.0


def test_a_refusal_rests_on_no_rule() -> None:
    assert wrong_law(told("没有写到。", cited(1, "补助", lapsed=True), status=Status.REFUSED)) is None
    assert wrong_law(told("您好！", status=Status.CHAT)) is None

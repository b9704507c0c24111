import pytest

from eval.metrics.refusal import (
    area_under_refusal_curve,
    false_refusal,
    refusal_curve,
    refusal_precision,
    refusal_recall,
)
from eval.records import Case
from qa.records import Status
from tests.eval_samples import case, chat_case, probe_case, refusal_case, told


@pytest.mark.parametrize(
    ("asked", "status", "due"),
    [
        (case(), Status.ANSWERED, (None, None, 0.0)),
        (case(), Status.PARTIAL, (None, None, 0.0)),
        (case(), Status.REFUSED, (0.0, None, 1.0)),
        (case(), Status.CLARIFY, (0.0, None, 1.0)),
        (case(), Status.CHAT, (None, None, 0.0)),
        (refusal_case(), Status.REFUSED, (1.0, 1.0, None)),
        (refusal_case(), Status.CLARIFY, (1.0, 1.0, None)),
        (refusal_case(), Status.ANSWERED, (None, 0.0, None)),
        (refusal_case(), Status.CHAT, (None, 0.0, None)),
        (chat_case(), Status.REFUSED, (None, None, None)),  # it asks nothing of the notices
        (chat_case(), Status.CHAT, (None, None, None)),
        (probe_case(), Status.REFUSED, (None, None, None)),  # nobody knows
        (probe_case(), Status.ANSWERED, (None, None, None)),
    ],
)
def test_refusals(asked: Case, status: Status, due: tuple[float | None, ...]) -> None:
    outcome = told("……", asked=asked, status=status)
    assert (refusal_precision(outcome), refusal_recall(outcome), false_refusal(outcome)) == due


def test_the_least_believed_in_are_refused_first() -> None:
    believed = [(0.9, 1.0), (0.2, 0.0), (0.4, 1.0), (0.6, 0.0)]
    assert refusal_curve(believed) == [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)]
    assert area_under_refusal_curve(believed) == 0.75  # of four pairs, only 0.6 and 0.4 stand the wrong way round


def test_equal_belief_is_luck_and_one_kind_alone_has_no_curve() -> None:
    assert refusal_curve([(0.5, 1.0), (0.5, 0.0)]) == [(0.0, 0.0), (1.0, 1.0)]
    assert area_under_refusal_curve([(0.5, 1.0), (0.5, 0.0)]) == 0.5
    assert refusal_curve([(0.5, 1.0), (0.2, 1.0)]) == []
    assert area_under_refusal_curve([]) is None

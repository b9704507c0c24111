import pytest

from eval.metrics.refusal import false_refusal, refusal_precision, refusal_recall
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

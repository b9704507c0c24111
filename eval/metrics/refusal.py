"""Refusing: precision and recall over the questions that the notices do not answer. Pure.

Small talk is neither: it asks nothing of the notices.
"""

from __future__ import annotations

from eval.records import Outcome


def refusal_precision(outcome: Outcome) -> float | None:
    """1 if the refused question is unanswerable, else 0; None if not refused.

    Mean: |refused ∩ unanswerable| / |refused|.
    """
    if not outcome.refused or outcome.case.small_talk or outcome.case.probe:
        return None
    return float(not outcome.case.answerable)


def refusal_recall(outcome: Outcome) -> float | None:
    """1 if the unanswerable question is refused, else 0; None if it is none.

    Mean: |refused ∩ unanswerable| / |unanswerable|.
    """
    return None if outcome.case.unanswerable is None else float(outcome.refused)


def false_refusal(outcome: Outcome) -> float | None:
    """1 if the answerable question is refused, else 0; None if unanswerable.

    Mean: |refused ∩ answerable| / |answerable|.
    """
    return float(outcome.refused) if outcome.case.answerable else None

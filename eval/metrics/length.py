"""Verbosity: how long the answer is, against the gold answer. Pure."""

from __future__ import annotations

from eval.metrics.facts import without_markers
from eval.records import Outcome


def verbosity(outcome: Outcome) -> float | None:
    """Characters of the answer, marks aside, over those of the gold answer. None where none was due, or none given."""
    if not outcome.case.answerable or not outcome.answered:
        return None
    return len(without_markers(outcome.text)) / len(outcome.case.gold_answer)

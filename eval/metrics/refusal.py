"""Refusing: precision and recall over the questions that the notices do not answer; other thresholds. Pure.

Small talk is neither: it asks nothing of the notices. The curve over all thresholds is a receiver operating
characteristic (Fawcett, “An Introduction to ROC Analysis”, Pattern Recognition Letters 27, 2006), to refuse an
unanswerable question being the hit; its area is the chance that of one question of each kind the unanswerable one is
believed in less (Hanley and McNeil, Radiology 143, 1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from eval.records import Outcome

Believed = tuple[float, float]  # the belief that the notices answer a question, and 1 if they do, else 0


class Refusing(NamedTuple):
    """What refusing up to some belief comes to."""

    wrongly: float  # share of the answerable questions refused
    rightly: float  # share of the unanswerable ones


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


def refusal_curve(believed: Sequence[Believed]) -> list[Refusing]:
    """From refusing nothing to refusing all, the least believed in first; equal belief is refused together.

    [] unless there are questions of both kinds.
    """
    answerable = sum(due for _, due in believed)
    unanswerable = len(believed) - answerable
    if not answerable or not unanswerable:
        return []
    points = [Refusing(0.0, 0.0)]
    wrongly = rightly = 0.0
    for _, equal in groupby(sorted(believed), key=lambda each: each[0]):
        kinds = [due for _, due in equal]
        wrongly += sum(kinds)
        rightly += len(kinds) - sum(kinds)
        points.append(Refusing(wrongly / answerable, rightly / unanswerable))
    return points


def area_under_refusal_curve(believed: Sequence[Believed]) -> float | None:
    """∫ rightly d wrongly, by trapezia: of equal belief every order is as likely. 1 is best; None without a curve."""
    points = refusal_curve(believed)
    if not points:
        return None
    return sum((b.wrongly - a.wrongly) * (a.rightly + b.rightly) / 2 for a, b in pairwise(points))

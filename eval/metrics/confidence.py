"""Confidence: does the answerer know when it is right? Scored over whole sets of answers. Pure.

Only questions count that were answered and are no small talk, each with its confidence c ∈ [0, 1] and whether it is
right. An answer to an unanswerable question is wrong. Risk–coverage: El-Yaniv and Wiener, "On the Foundations of
Noise-free Selective Classification", JMLR 11, 2010; its area: Geifman, Uziel and El-Yaniv, "Bias-Reduced Uncertainty
Estimation for Deep Neural Classifiers", ICLR 2019. Calibration error: Guo et al., "On Calibration of Modern Neural
Networks", ICML 2017, with bins of equal numbers (Nixon et al., "Measuring Calibration in Deep Learning", 2019).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

BINS = 10

Judged = tuple[float, float]  # confidence, and 1 if right, else 0


class Bin(NamedTuple):
    """Answers of neighbouring confidence."""

    confidence: float  # mean
    right: float  # share
    n: int


class Point(NamedTuple):
    """Of the risk–coverage curve: the most confident answers, as a share of the questions; the share of them wrong."""

    coverage: float
    risk: float


def risk_coverage(judged: Sequence[Judged], questions: int | None = None) -> list[Point]:
    """The curve, from the most confident answer on; equal confidence enters together. [] without answers.

    `questions`: of how many coverage is a share (default: of the answers). Refused ones are never covered.
    """
    ordered = sorted(judged, key=lambda each: -each[0])
    points: list[Point] = []
    wrong = 0.0
    for n, (confidence, right) in enumerate(ordered, 1):
        wrong += 1 - right
        if n == len(ordered) or ordered[n][0] != confidence:
            points.append(Point(n / (questions or len(ordered)), wrong / n))
    return points


def area_under_risk_coverage(judged: Sequence[Judged]) -> float | None:
    """Mean risk over the prefixes: (1/n) Σ_i risk(i), i = 1 … n, most confident answer first; 0 is best. None for none.

    Among answers of equal confidence every order is as likely: each counts as wrong by their common share.
    """
    if not judged:
        return None
    ordered = sorted(judged, key=lambda each: -each[0])
    total = wrong = 0.0
    n = 0
    for _, group in groupby(ordered, key=lambda each: each[0]):
        equal = [right for _, right in group]
        share = 1 - math.fsum(equal) / len(equal)
        for _ in equal:
            n += 1
            wrong += share
            total += wrong / n
    return total / n


def reliability(judged: Sequence[Judged], bins: int = BINS) -> list[Bin]:
    """At most `bins` bins, of numbers as equal as can be, in the order of confidence. [] without answers."""
    ordered = sorted(judged, key=lambda each: each[0])
    n, count = len(ordered), min(bins, len(ordered))
    parts = [ordered[i * n // count : (i + 1) * n // count] for i in range(count)]
    return [Bin(math.fsum(c for c, _ in p) / len(p), math.fsum(r for _, r in p) / len(p), len(p)) for p in parts]


def calibration_error(judged: Sequence[Judged], bins: int = BINS) -> float | None:
    """Σ_b (n_b / n) · |right_b − confidence_b|; 0 is best. None without answers."""
    if not judged:
        return None
    return math.fsum(b.n * abs(b.right - b.confidence) for b in reliability(judged, bins)) / len(judged)

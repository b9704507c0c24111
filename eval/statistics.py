"""Means with their numbers and intervals, and paired differences with their significance. Seeded; reads nothing.

Intervals: percentile bootstrap over the questions (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
ch. 13). Where all values are 0, or all 1, resampling shows no spread: then the exact interval of Clopper and Pearson
(Biometrika 26, 1934) is given, so that a rate of 0 has an upper bound. Paired differences: bootstrap over the pairs,
and a randomisation test that flips their signs (Smucker, Allan, Carterette, "A Comparison of Statistical Significance
Tests for Information Retrieval Evaluation", CIKM 2007).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from eval.numerics import beta_quantile

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

RESAMPLES = 2000
LEVEL = 0.95
_SEED = 20240801
_BLOCK = 2_000_000  # resampled values held at a time

T = TypeVar("T")


class Interval(NamedTuple):
    """From where to where."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean, the number of questions behind it, and its interval; without any question, both are None."""

    value: float | None
    n: int
    interval: Interval | None = None

    @classmethod
    def of(cls, scores: Iterable[float | None], *, interval: bool = False) -> Mean:
        """Of the scores that are not None; its interval costs time and is left out unless asked for."""
        given = [score for score in scores if score is not None]
        if not given:
            return cls(None, 0)
        return cls(math.fsum(given) / len(given), len(given), bootstrap_interval(given) if interval else None)


@dataclass(frozen=True, slots=True)
class Difference:
    """B less A over the questions that have a score in both."""

    a: float  # mean
    b: float
    n: int  # pairs
    better: int  # pairs in which B is higher
    worse: int
    interval: Interval  # of the mean difference
    p: float  # how often chance alone would part them as far, either way
    effect: float | None  # mean difference over its standard deviation (Cohen's d for pairs); None without spread

    @property
    def mean(self) -> float:
        return self.b - self.a


def bootstrap_interval(
    values: Sequence[float | None], *, resamples: int = RESAMPLES, seed: int = _SEED, level: float = LEVEL
) -> Interval | None:
    """Of the mean of the values that are not None. None without any."""
    given = [value for value in values if value is not None]
    if not given:
        return None
    if set(given) in ({0.0}, {1.0}):
        return exact_interval(round(math.fsum(given)), len(given), level)
    return _percentiles(_resampled_means(given, resamples, seed), level)


def bootstrap_of(
    items: Sequence[T],
    figure: Callable[[Sequence[T]], float | None],
    *,
    resamples: int = RESAMPLES,
    seed: int = _SEED,
    level: float = LEVEL,
) -> Interval | None:
    """Of any figure of a set, worked out anew for each resample. None where it is None."""
    import numpy as np

    if figure(items) is None:
        return None
    random = np.random.default_rng(seed)
    drawn = (random.integers(0, len(items), len(items)) for _ in range(resamples))
    found = [value for rows in drawn if (value := figure([items[row] for row in rows])) is not None]
    return _percentiles(np.array(found), level)


def exact_interval(successes: int, n: int, level: float = LEVEL) -> Interval:
    """Clopper and Pearson's interval for a rate, from n > 0 trials."""
    tail = (1 - level) / 2
    low = beta_quantile(tail, successes, n - successes + 1) if successes else 0.0
    high = beta_quantile(1 - tail, successes + 1, n - successes) if successes < n else 1.0
    return Interval(low, high)


def paired_difference(
    pairs: Sequence[tuple[float, float]], *, resamples: int = RESAMPLES, seed: int = _SEED, level: float = LEVEL
) -> Difference | None:
    """B less A from (a, b) pairs. None without pairs.

    p counts the observed arrangement as one of the random ones, so that it is never 0.
    """
    import numpy as np

    if not pairs:
        return None
    a, b = (math.fsum(side) / len(pairs) for side in zip(*pairs, strict=True))
    gaps = np.array([after - before for before, after in pairs])
    if not gaps.any():
        return Difference(a, b, len(pairs), 0, 0, Interval(0.0, 0.0), 1.0, None)
    random = np.random.default_rng(seed)
    moved = gaps[gaps != 0]  # the others add nothing, whatever their sign
    flips = random.choice((-1.0, 1.0), (resamples, len(moved)))
    as_far = np.abs(flips @ moved) >= abs(moved.sum()) - 1e-12
    spread = float(gaps.std(ddof=1)) if len(gaps) > 1 else 0.0
    return Difference(
        a,
        b,
        len(pairs),
        int((gaps > 0).sum()),
        int((gaps < 0).sum()),
        _percentiles(_resampled_means(gaps.tolist(), resamples, seed), level),
        (float(as_far.sum()) + 1) / (resamples + 1),
        float(gaps.mean()) / spread if spread > 1e-12 else None,  # 0.4 − 0.1 is not quite 0.5 − 0.2
    )


def cohen_kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Agreement of two judges beyond chance (Cohen, 1960). None without pairs, or where chance alone must agree."""
    if not pairs:
        return None
    n = len(pairs)
    agreed = sum(a == b for a, b in pairs) / n
    yes_a, yes_b = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    by_chance = yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
    return None if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank: the smallest value with at least `share` (0 < share ≤ 1) of the values at or below it."""
    if not 0 < share <= 1:
        raise ValueError(share)
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else None


def _resampled_means(values: Sequence[float], resamples: int, seed: int) -> npt.NDArray[np.float64]:
    import numpy as np

    random = np.random.default_rng(seed)
    given, n = np.array(values, float), len(values)
    rows = max(1, _BLOCK // n)
    blocks = [min(rows, resamples - done) for done in range(0, resamples, rows)]
    return np.concatenate([given[random.integers(0, n, (block, n))].mean(axis=1) for block in blocks])


def _percentiles(means: npt.NDArray[np.float64], level: float) -> Interval:
    import numpy as np

    tail = (1 - level) / 2
    low, high = np.quantile(means, (tail, 1 - tail))
    return Interval(float(low), float(high))

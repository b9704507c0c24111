"""Fitted weights: a name and a number each, in a small JSON file beside the code that weighs by them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path


@cache
def fitted(file: Path) -> Mapping[str, float]:
    """The weight of each name, read once; after `fitted.cache_clear()` once more."""
    loaded: dict[str, float] = json.loads(file.read_text("utf-8"))
    return loaded


def weighed(weights: Mapping[str, float], names: Iterable[str], values: Iterable[float]) -> float:
    """The sum of each value times the weight of its name; one without a weight counts nothing."""
    return math.fsum(weights.get(name, 0.0) * value for name, value in zip(names, values, strict=True))


def logistic(odds: float) -> float:
    """Log-odds → probability; beyond 30 either way it changes no more."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))

"""How likely is the answer right? What the reading saw, weighed by a logistic model. Pure.

The weights are fitted on the dev questions by `python -m eval.fit` and kept in `confidence.json`; what they are worth,
`wenzheng eval` says with the calibration error and the area under the risk–coverage curve.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from index.records import Passage
from qa.read import Reading
from qa.refuse import Doubt
from qa.units import Unit

FEATURES = (
    "constant",
    "doubt",  # the doubts together
    "score",  # of the best reading, against 20
    "lead",  # over the best reading of other words, against 5
    "belief",  # in its passage
    "rank",  # of its passage, from 0, against 5
)
_FULL_SCORE, _FULL_LEAD, _FULL_RANK = 20.0, 5.0, 5.0


@cache
def weights() -> dict[str, float]:
    """The fitted weight of each feature."""
    loaded: dict[str, float] = json.loads(Path(__file__).with_name("confidence.json").read_text("utf-8"))
    return loaded


def signs(doubted: Sequence[Doubt], readings: Sequence[Reading], passages: Sequence[Passage]) -> tuple[float, ...]:
    """What tells a sure answer from a doubtful one, in the order of FEATURES; at least one reading is needed."""
    best = readings[0]
    lead = best.score - max((r.score for r in readings if not _same_words(r.unit, best.unit)), default=0.0)
    return (
        1.0,
        math.fsum(doubt.weight for doubt in doubted),
        min(best.score / _FULL_SCORE, 1.5),
        min(max(lead, 0.0) / _FULL_LEAD, 1.0),
        passages[best.unit.passage].score,
        min(best.unit.passage / _FULL_RANK, 1.0),
    )


def _same_words(one: Unit, other: Unit) -> bool:
    return one.notice.id == other.notice.id and one.span.overlap(other.span) > 0


def confidence(found: Sequence[float]) -> float:
    """The belief, in [0, 1], that an answer with these signs is right."""
    fitted = weights()
    raw = math.fsum(fitted[name] * value for name, value in zip(FEATURES, found, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, raw))))

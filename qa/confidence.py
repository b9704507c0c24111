"""Do the notices answer at all, and is the answer right? What the reading saw, weighed by two logistic models. Pure.

The weights are fitted on the dev questions by `python -m eval.fit` and kept in `answerable.json` and `confidence.json`.
What they are worth, `wenzheng eval` says: refusals, false refusals, calibration error, and the area under the
risk–coverage curve.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.fitted import fitted, logistic, weighed
from index.records import Passage
from qa import read
from qa.choose import ALONE
from qa.read import Reading
from qa.refuse import Doubt, Lack
from qa.units import Unit

FEATURES = (
    "constant",
    *(f"doubt_{lack.value}" for lack in Lack),  # the weight of each doubt
    "score",  # of the best reading, against 20
    "lead",  # over the best reading of other words, against 5
    "belief",  # in its passage
    "rank",  # of its passage, from 0, against 5
    "words",  # share of the question's weight that it holds
    "sense",  # how near it comes, piece by piece
    "fit",  # is it the kind of thing that was asked for
    "answers_any",  # by the reader: log-odds that one of the first passages answers, against 4
    "answers_mean",  # their mean
    "marked",  # mean of what the reader marks in it
    "marked_most",  # of its most marked piece
    "marked_any",  # of the most marked reading
    "alone",  # by the reader: log-odds that it answers by itself, against 4
    "alone_any",  # that some reading does
)
AGAINST = frozenset({"rank", *(name for name in FEATURES if name.startswith("doubt_"))})  # what makes nobody surer
ANSWERABLE, CONFIDENCE = (Path(__file__).with_name(name) for name in ("answerable.json", "confidence.json"))
UNSURE_BELOW = 0.2  # belief that an answer is right below which it says so itself: four of five such answers are wrong
ALONE_FROM = 0.6  # belief that an answer is right from which it stands alone, with nothing else that may answer
_FULL_SCORE, _FULL_LEAD, _FULL_RANK, _FULL_ODDS = 20.0, 5.0, 5.0, 4.0
_AMONG = 40  # readings
DOUBTED_BELOW = 1.0  # log-odds that the best sentence answers, below which it is asked whether the passages do
_UNASKED = (1.0, 0.5)  # in place of that, where it is not asked
_SEEN = {name: at for at, name in enumerate(read.FEATURES)}


def signs(
    doubted: Sequence[Doubt], readings: Sequence[Reading], passages: Sequence[Passage], believed: Sequence[float] = ()
) -> tuple[float, ...]:
    """What tells a sure answer from a doubtful one, in the order of FEATURES; at least one reading is needed.

    `believed`: log-odds, by the reader, that each of the first passages answers; [] where it was not asked.
    """
    best = readings[0]
    lead = best.score - max((r.score for r in readings if not _same_words(r.unit, best.unit)), default=0.0)
    doubts: dict[Lack, float] = dict.fromkeys(Lack, 0.0)
    for doubt in doubted:
        doubts[doubt.lack] = max(doubts[doubt.lack], doubt.weight)

    def seen(name: str, reading: Reading = best) -> float:
        return reading.features[_SEEN[name]]

    return (
        1.0,
        *doubts.values(),
        min(best.score / _FULL_SCORE, 1.5),
        min(max(lead, 0.0) / _FULL_LEAD, 1.0),
        passages[best.unit.passage].score,
        min(best.unit.passage / _FULL_RANK, 1.0),
        *(seen(name) for name in ("words", "sense", "fit")),
        *((max(believed) / _FULL_ODDS, sum(believed) / len(believed) / _FULL_ODDS) if believed else _UNASKED),
        *(seen(name) for name in ("marked", "marked_most")),
        max(seen("marked", reading) for reading in readings[:_AMONG]),
        best.alone / _FULL_ODDS,
        max(reading.alone for reading in readings[:ALONE]) / _FULL_ODDS,
    )


def _same_words(one: Unit, other: Unit) -> bool:
    return one.notice.id == other.notice.id and one.span.overlap(other.span) > 0


def answerable(found: Sequence[float]) -> float:
    """The belief, in [0, 1], that the notices answer a question with these signs."""
    return logistic(weighed(fitted(ANSWERABLE), FEATURES, found))


def confidence(found: Sequence[float]) -> float:
    """The belief, in [0, 1], that an answer with these signs is right."""
    return logistic(weighed(fitted(CONFIDENCE), FEATURES, found))

"""The first readings once more: each read by itself by our own reader, which orders them anew. Pure.

A passage is read whole to find it; to choose among its sentences, each is best read alone, under what governs it. The
weights are fitted on the dev questions by `python -m eval.fit` and kept in `choose.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from index.cross import CloseReading
from index.fitted import fitted, weighed
from index.records import NoticeKind, ProvisionKind
from index.tokens import present
from qa.read import FEATURES as READ_FEATURES
from qa.read import Reading
from qa.units import Unit, in_full

FEATURES = (
    "score",  # of the reading
    "alone",  # by the reader: log-odds that the unit by itself answers, against 4
)
WEIGHTS = Path(__file__).with_name("choose.json")
ALONE = 4  # readings that are read once more; six choose 0.3 % better on the dev questions, and take half as long again
AT_ONCE = 2  # of them, on two cores; the others only where neither is believed:
BELIEVED = 1.0  # log-odds; chosen on the dev questions, by readers that had not learned from them

Alone = Callable[[Sequence[tuple[str, str]]], Sequence[CloseReading]]  # (what stands above, text) of each

_FULL_ODDS = 4.0
_WORDS = READ_FEATURES.index("words")
_SAME = 0.6  # of an explainer's words, in the rule's: they say the same
_NEARLY = 1.0  # of a score


def choose(readings: Sequence[Reading], alone: Alone) -> list[Reading]:
    """The readings, best first, when the first of them have been read once more; the rest as they were.

    The rule comes before an explainer that says the same, the cell before its row.
    """
    return _cell_first(_rule_first(_read_alone(readings, alone)))


def _read_alone(readings: Sequence[Reading], alone: Alone) -> list[Reading]:
    few = _said(readings[:AT_ONCE], alone)
    if few and all(reading.alone < BELIEVED for reading in few):
        few += _said(readings[AT_ONCE:ALONE], alone)
    return [*sorted(few, key=_worth, reverse=True), *readings[len(few) :]]


def _said(readings: Sequence[Reading], alone: Alone) -> list[Reading]:
    """Read by themselves; [] without a reader."""
    said = alone([laid_out(reading.unit) for reading in readings])
    return [replace(reading, alone=each.belief) for reading, each in zip(readings, said, strict=False)]


def _worth(reading: Reading) -> float:
    return weighed(fitted(WEIGHTS), FEATURES, featured(reading))


def featured(reading: Reading) -> tuple[float, ...]:
    """In the order of FEATURES; it must have been read alone."""
    return reading.score, reading.alone / _FULL_ODDS


def laid_out(unit: Unit) -> tuple[str, str]:
    """What stands above a unit, and its text with what it leans on, who sees to it and what it names by number, as our
    own reader takes them.
    """
    text = unit.notice.text
    remark = text[unit.remark.start : unit.remark.end] if unit.remark else ""
    named = "".join(f"（{text[each.start : each.end]}）" for each in unit.cited)
    return unit.around, in_full(unit, unit.text) + remark + named


def _rule_first(readings: list[Reading]) -> list[Reading]:
    """Where the best reading is an explainer's and the rule itself says the same, the rule comes first."""
    if not readings or readings[0].unit.notice.kind is not NoticeKind.EXPLAINER:
        return readings
    told = {token for token in present(readings[0].unit.text) if len(token) > 1}
    for reading in readings:
        said = present(reading.unit.text)
        same = reading.unit.notice.id == readings[0].unit.notice.explains and len(told & said) >= _SAME * len(told)
        if same and reading.features[_WORDS] >= readings[0].features[_WORDS] - 0.01:
            return _led_by(reading, readings)
    return readings


def _led_by(first: Reading, readings: Sequence[Reading]) -> list[Reading]:
    return [first, *(reading for reading in readings if reading is not first)]


def _cell_first(readings: list[Reading]) -> list[Reading]:
    """Where the best reading is a row of a table, and a cell of it holds more of the question and is nearly as good."""
    if not readings or readings[0].unit.kind is not ProvisionKind.ROW:
        return readings
    row = readings[0]
    for reading in readings[1:]:
        if reading.score < row.score - _NEARLY:
            break
        in_it = reading.unit.kind is ProvisionKind.ROW and reading.unit.span.overlap(row.unit.span) > 0
        if in_it and reading.features[_WORDS] > row.features[_WORDS]:
            return _led_by(reading, readings)
    return readings

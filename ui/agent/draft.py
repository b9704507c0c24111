"""An answer → the lines of a draft; a line as an agent has edited it → held against its quotes once more. Pure.

A line with markers claims to stand in the notices: it is checked against the quotes under them, also after each edit.
A line without markers is the agent's own word; nobody checks it, and it says so. To send a sentence that its quotes do
not bear out, an agent has to take its marker away: it then no longer claims a source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qa.check import Ground, card_of, check, sentences
from qa.privacy import mask
from qa.records import Status, Support
from ui.agent.records import Line
from ui.shown import Shown, Source

MARKER = re.compile(r"\[([0-9]{1,3})\]")
_UNCITED = (Status.REFUSED, Status.CLARIFY, Status.CHAT)
_WORSE = (Support.OWN, Support.SUPPORTED, Support.UNCHECKED, Support.UNSUPPORTED)


def lines_of(shown: Shown) -> tuple[str, ...]:
    """An answer, one sentence a line, markers included; what it says itself before them is a line, too."""
    opened = [verdict.span.end for verdict in shown.verdicts[:1] if verdict.support is Support.OWN]
    opening = shown.text[: max(opened, default=0)]
    rest = (shown.text[said.span.start : said.span.end] for said in sentences(shown.text, len(opening)))
    return (opening, *rest) if opening else tuple(rest)


def checked(lines: Iterable[str], shown: Shown | None) -> tuple[Line, ...]:
    """Each line with its verdict: a sentence of the answer has the answerer's, any other one is checked here."""
    known = _known(shown)
    return tuple(known.get(line) or _checked(line, shown.sources if shown else ()) for line in lines)


def masked(lines: Iterable[str], shown: Shown | None) -> tuple[str, ...]:
    """The lines as they may be kept. What stands in the answer is public and stays, a name of an office holder too."""
    public = set(lines_of(shown)) if shown else set()
    return tuple(line if line in public else mask(line).text for line in lines)


def sayable(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Those that may leave the desk: what is not borne out is never copied, read aloud or sent."""
    return tuple(line for line in lines if line.support is not Support.UNSUPPORTED and line.text.strip())


def markers(text: str) -> tuple[int, ...]:
    """The markers of a line, in their order, once each."""
    return tuple(dict.fromkeys(int(found) for found in MARKER.findall(text)))


def without_markers(text: str) -> str:
    return MARKER.sub("", text)


def cited(lines: Iterable[Line], sources: Sequence[Source]) -> tuple[Source, ...]:
    """The sources that these lines lean on, in the order in which they first do."""
    by_marker = {source.marker: source for source in sources}
    wanted = dict.fromkeys(marker for line in lines for marker in markers(line.text))
    return tuple(by_marker[marker] for marker in wanted if marker in by_marker)


def _known(shown: Shown | None) -> dict[str, Line]:
    if shown is None:
        return {}
    if shown.status in _UNCITED:
        return {line: Line(line, Support.OWN) for line in lines_of(shown)}
    said = ((shown.text[v.span.start : v.span.end], v) for v in shown.verdicts)
    return {text: Line(text, verdict.support, verdict.failed) for text, verdict in said}


def _checked(text: str, sources: Sequence[Source]) -> Line:
    by_marker = {source.marker: source for source in sources}
    found = [_claim(said, marks, by_marker) for each in sentences(text) for said, marks in each.claims]
    if not found:
        return Line(text, Support.UNCHECKED)
    worst = max((support for support, _ in found), key=_WORSE.index)
    return Line(text, worst, tuple(dict.fromkeys(item for _, failed in found for item in failed)))


def _claim(text: str, marks: Sequence[int], by_marker: dict[int, Source]) -> tuple[Support, tuple[str, ...]]:
    if not marks:
        return Support.UNCHECKED, ()
    invented = tuple(f"[{mark}]" for mark in marks if mark not in by_marker)
    held = [by_marker[mark] for mark in marks if mark in by_marker]
    support, failed = check(text, Ground.of([source.quote for source in held], map(_card, held)))
    return (Support.UNSUPPORTED, (*invented, *failed)) if invented else (support, failed)


def _card(source: Source) -> str:
    offices = "、".join(source.issuing_authorities)
    return card_of(source.title, source.document_number, source.place, source.address, source.signed_on, offices)

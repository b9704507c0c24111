"""Does a notice hold on a day: from its own dates and what other notices do to it. Pure.

Most notices of a gazette state neither a term nor the day from which they hold, and what repeals them may stand in a
gazette that the library does not have. So each word here claims what follows from the notices at hand and no more:

* 已废止   another notice that held by that day says so;
* 尚未施行  its first day, or the day under its signature, is still to come;
* 有效期已过, 期限已过  the term that it states, or the years that its title names, are over;
* 有效期至…, 期限至…  they are not;
* 现行有效  it states from when it holds (自…起施行), no end, and no notice of the library repeals it;
* 未知     it states none of this: plans, appointments, replies. Not to be repealed is not to be in force.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from index.records import Notice, Relation, RelationKind, Standing, Validity
from index.text import squeeze

_PERIOD = re.compile(r"[（(](?P<first>20\d{2})\s*年?\s*[—–\-~～至到]+\s*(?P<last>20\d{2})\s*年?[）)]")


class Notices(Protocol):
    """What is asked of a catalogue. KeyError for an id that it does not hold."""

    def notice(self, notice_id: str, /) -> Notice: ...

    def relations(self, notice_id: str, /) -> Sequence[Relation]: ...


def validity_on(notice: Notice, day: date, repealed_by: Iterable[Notice] = ()) -> Validity:
    """How a notice stands on a day. `repealed_by`: the notices that say they repeal it; one without a date cannot."""
    since, until = first_day(notice), last_day(notice)
    planned = notice.expires_on is None and until is not None
    dated = [(first, other) for other in repealed_by if (first := first_day(other)) and other.id != notice.id]
    done = [(first, other) for first, other in dated if first <= day]
    if done:
        first, other = min(done, key=lambda each: each[0])
        return Validity(Standing.REPEALED, day, since, first, other)
    if since and day < since:
        return Validity(Standing.NOT_YET_IN_FORCE, day, since, until, planned=planned)
    if until:
        return Validity(Standing.LAPSED if day > until else Standing.IN_TERM, day, since, until, planned=planned)
    return Validity(Standing.IN_FORCE if notice.effective_rule else Standing.UNKNOWN, day, since)


def validity_among(catalogue: Notices, notice: Notice, day: date) -> Validity:
    """How a notice stands on a day, as far as a library knows; an explainer as the notice that it explains."""
    held = catalogue.notice(notice.explains) if notice.explains else notice
    said = catalogue.relations(held.id)
    repealing = [r.notice_id for r in said if r.kind is RelationKind.REPEALS and r.other_id == held.id]
    return validity_on(held, day, map(catalogue.notice, repealing))


def first_day(notice: Notice) -> date | None:
    """The day from which it holds: as it states, else the day under its signature."""
    return notice.effective_on or notice.signed_on


def last_day(notice: Notice) -> date | None:
    """The last day of its term, else of the years that its title names (2021—2025年); None where it names no end."""
    if notice.expires_on:
        return notice.expires_on
    years = period(notice.title)
    return date(years[1], 12, 31) if years else None


def period(title: str) -> tuple[int, int] | None:
    """The first and the last of the years that a title names: …实施计划（2021—2025年）."""
    found = _PERIOD.search(squeeze(title))
    return (int(found["first"]), int(found["last"])) if found else None

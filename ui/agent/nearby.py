"""What lies beside an answer: notices found as well, older and newer ones of the matter, and other cities. Pure.

Beside the cited notices stand those that repeal, amend or explain them or that they do so to, and those that were
found and not cited. Each says how it stands on the day asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from index.records import Notice, Span
from index.validity import validity_among
from qa.records import Answer
from ui.agent.records import Near
from ui.badges import badge
from ui.reader.head import Notices, related_in

ALIKE = "相近"
_MOST_ALIKE, _MOST_TIED = 5, 8


def near(answer: Answer, catalogue: Notices, day: date) -> tuple[Near, ...]:
    """The notices tied to those that an answer cites, then those that were found besides, best first."""
    cited = {citation.notice.id: citation.notice for citation in answer.citations}
    tied = {each.notice_id: each for notice in cited.values() for each in _tied(notice, catalogue, day)}
    known = {*cited, *tied}
    alike: dict[str, Near] = {}
    for passage in answer.passages:
        if passage.notice.id not in known:
            alike.setdefault(passage.notice.id, _near(ALIKE, passage.notice, catalogue, day, passage.chunk.span))
    wanted = [each for id_, each in tied.items() if id_ not in cited]
    return (*wanted[:_MOST_TIED], *list(alike.values())[:_MOST_ALIKE])


def _tied(notice: Notice, catalogue: Notices, day: date) -> Iterator[Near]:
    for each in related_in(catalogue, notice):
        if each.id:  # the library holds it
            yield _near(each.relation, catalogue.notice(each.id), catalogue, day)


def _near(why: str, notice: Notice, catalogue: Notices, day: date, span: Span | None = None) -> Near:
    return Near(
        why=why,
        notice_id=notice.id,
        title=notice.title,
        document_number=notice.document_number,
        place=str(notice.place),
        signed_on=notice.signed_on,
        standing=badge(validity_among(catalogue, notice, day)),
        span=span,
    )


def asked_of(question: str, cities: Sequence[str], city: str) -> str:
    """The question as it would be asked of a city: any other one that is named in it gives way."""
    names = {name for each in cities for name in (each, each.removesuffix("市")) if len(name) > 1}
    if not names:
        return question
    named = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    return named.sub(city, question)

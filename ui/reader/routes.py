"""The reader's addresses: a notice, and its stretch of the source."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from index.records import Notice, Span
from index.validity import validity_among
from ui.house import Catalogue
from ui.reader.notice import missing_page, notice_page, original_page, related
from ui.records import Reply, Route, Visit, Who


def routes(catalogue: Callable[[], Catalogue]) -> tuple[Route, ...]:
    """`catalogue` gives that of the current generation."""

    def notice(visit: Visit) -> Reply:
        held = catalogue()
        found = _find(held, visit)
        if found is None:
            return Reply(missing_page(), 404)
        said = [
            (relation, held.notice(relation.other_id if relation.notice_id == found.id else relation.notice_id))
            for relation in held.relations(found.id)
        ]
        stands = validity_among(held, found, date.today())
        tree = held.provisions(found.id)
        return Reply(notice_page(found, tree, _cited(visit, found), related(found, said), validity=stands))

    def original(visit: Visit) -> Reply:
        held = catalogue()
        found = _find(held, visit)
        if found is None:
            return Reply(missing_page(), 404)
        return Reply(original_page(found, held.document(found.source).text, _cited(visit, found)))

    return (
        Route("GET", "/notice/{notice_id}", Who.ANYONE, notice),
        Route("GET", "/notice/{notice_id}/original", Who.ANYONE, original),
    )


def _find(catalogue: Catalogue, visit: Visit) -> Notice | None:
    try:
        return catalogue.notice(visit.parts["notice_id"])
    except KeyError:
        return None


def _cited(visit: Visit, notice: Notice) -> Span | None:
    """?s=…&e=… as a span of the notice's text; None where they are none."""
    start, end = visit.query.get("s", ""), visit.query.get("e", "")
    if not (re.fullmatch(r"[0-9]{1,9}", start) and re.fullmatch(r"[0-9]{1,9}", end)):
        return None
    span = (int(start), min(int(end), len(notice.text)))
    return Span(*span) if span[0] < span[1] else None

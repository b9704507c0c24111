"""The reader's addresses: a notice, its stretch of the source, its files; the list of all notices."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from os import SEEK_END

from index.errors import LibraryDamaged
from index.originals import pieces
from index.records import Notice, Span
from index.validity import validity_among
from ui.house import Catalogue, Library
from ui.reader.files import Original, content_kind, original_name, text_name, text_of
from ui.reader.head import related_in
from ui.reader.listing import Shelf, Wanted, listing_page, paged
from ui.reader.notice import broken_file_page, missing_page, no_file_page, notice_page, original_page
from ui.records import Reply, Route, Visit, Who


def routes(library: Callable[[], Library]) -> tuple[Route, ...]:
    """`library` gives the current generation."""
    reader = _Reader(library)
    return (
        Route("GET", "/notices", Who.ANYONE, reader.notices),
        Route("GET", "/notice/{notice_id}", Who.ANYONE, reader.notice),
        Route("GET", "/notice/{notice_id}/original", Who.ANYONE, reader.original),
        Route("GET", "/notice/{notice_id}/file", Who.ANYONE, reader.file),
        Route("GET", "/notice/{notice_id}/text", Who.ANYONE, reader.text),
    )


class _Reader:
    """Answers at these addresses; each asks for the generation of the moment once."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library
        self._shelf: Shelf | None = None

    def notices(self, visit: Visit) -> Reply:
        """All notices, or those that a visitor wants to see."""
        library = self._library()
        held, shelf = library.catalogue, self._shelf_of(library)
        wanted = Wanted.of(visit.query)
        found = shelf.found(wanted)
        cards, wanted = paged(found, wanted)
        today = date.today()
        shown = [(notice, validity_among(held, notice, today)) for notice in (held.notice(card.id) for card in cards)]
        return Reply(listing_page(shelf, wanted, len(found), shown))

    def _shelf_of(self, library: Library) -> Shelf:
        shelf = self._shelf
        if shelf is None or shelf.library != library.id:
            shelf = self._shelf = Shelf.of(library.id, library.catalogue.cards())
        return shelf

    def notice(self, visit: Visit) -> Reply:
        library = self._library()
        held = library.catalogue
        found = _find(held, visit)
        if found is None:
            return Reply(missing_page(), 404)
        return Reply(
            notice_page(
                found,
                held.provisions(found.id),
                _cited(visit, found),
                related_in(held, found),
                validity=validity_among(held, found, date.today()),
                original=_original(library, found),
            )
        )

    def original(self, visit: Visit) -> Reply:
        held = self._library().catalogue
        found = _find(held, visit)
        if found is None:
            return Reply(missing_page(), 404)
        return Reply(original_page(found, held.document(found.source).text, _cited(visit, found)))

    def file(self, visit: Visit) -> Reply:
        """The file itself, to be saved."""
        library = self._library()
        found = _find(library.catalogue, visit)
        if found is None:
            return Reply(missing_page(), 404)
        document = library.catalogue.document(found.source)
        try:
            file = library.originals.open(document.sha256)
        except KeyError:
            return Reply(no_file_page(found, Original(document.format)), 404)
        except LibraryDamaged:
            return Reply(broken_file_page(found), 404)
        size = file.seek(0, SEEK_END)
        file.seek(0)
        return Reply(
            pieces(file),
            kind=content_kind(document.format),
            filename=original_name(found.source, document.format),
            headers={"content-length": str(size)},
        )

    def text(self, visit: Visit) -> Reply:
        """The notice's own words, to be saved."""
        found = _find(self._library().catalogue, visit)
        if found is None:
            return Reply(missing_page(), 404)
        return Reply(text_of(found).encode(), kind="application/octet-stream", filename=text_name(found))


def _original(library: Library, notice: Notice) -> Original:
    document = library.catalogue.document(notice.source)
    return Original(document.format, library.originals.size(document.sha256))


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

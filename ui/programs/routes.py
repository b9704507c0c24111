"""The addresses for programs: ask, search, notices. They give the JSON of the command line (docs/format.md)."""

from __future__ import annotations

import logging

from ui.asking import MOST_PASSAGES, PASSAGES, BadField, read_asked, read_count, read_place
from ui.doors import whereabouts
from ui.house import House
from ui.programs import completions, schemas
from ui.programs.events import events
from ui.programs.manual import manual_page
from ui.programs.openapi import described
from ui.records import EVENTS, Handler, Reply, Route, Turned, Visit, Who
from ui.render import Json, answer_json, json_reply, notice_json, passage_json

_ONE_PAGE, _LONGEST_PAGE, _LAST_PAGE = 100, 1_000, 10_000_000  # notices
_log = logging.getLogger(__name__)


def routes(house: House) -> tuple[Route, ...]:
    """/api/… and /v1/…, their description, and the page that shows it."""

    def ask(visit: Visit) -> Reply:
        row = _object(visit)
        question, k = read_asked(row), read_count(row, "k", PASSAGES, MOST_PASSAGES)
        if row.get("stream") is True or EVENTS in visit.accept:
            return Reply(events(house.answerer.stream(question, k), note_fault), kind=EVENTS)
        return json_reply(answer_json(house.answerer.answer(question, k)))

    def search(visit: Visit) -> Reply:
        row = _object(visit)
        question, k = read_asked(row), read_count(row, "k", PASSAGES, MOST_PASSAGES)
        library = house.answerer.library.id
        passages = house.answerer.retriever.retrieve(question.text, k, question.place)
        return json_reply({"library": library, "passages": [passage_json(passage) for passage in passages]})

    def notices(visit: Visit) -> Reply:
        return json_reply(_notices(house, {} if visit.json is None else _object(visit)))

    def list_notices(visit: Visit) -> Reply:
        return json_reply(_notices(house, {name: _whole(value) for name, value in visit.query.items()}))

    def route(method: str, path: str, handler: Handler, summary: str, about: Json, asks: bool = False) -> Route:
        return Route(method, path, Who.ANYONE, _naming(handler), summary, about, asks=asks)

    ours = (
        route("POST", "/api/ask", ask, "提一个问题，得到句句有出处的答案", schemas.ASK, asks=True),
        route("POST", "/api/search", search, "只查找，不作答：相关的段落", schemas.SEARCH, asks=True),
        route("POST", "/api/notices", notices, "列出收录的公文", schemas.NOTICES),
        route("GET", "/api/notices", list_notices, "列出收录的公文", schemas.NOTICES_BY_QUERY),
        *completions.routes(house),
    )
    description = described(ours)
    return (
        *ours,
        Route("GET", "/openapi.json", Who.ANYONE, lambda _: json_reply(description)),
        Route("GET", "/api", Who.ANYONE, lambda _: Reply(manual_page(description))),
    )


def note_fault(exc: Exception) -> None:
    """Where it went wrong goes to the log; its words may hold what was asked."""
    _log.error("answering failed: %s", whereabouts(exc))


def _notices(house: House, row: Json) -> Json:
    """One page of the notices, in the order in which they stand in their sources."""
    place = read_place(row)
    offset = read_count(row, "offset", 0, _LAST_PAGE, least=0)
    limit = read_count(row, "limit", _ONE_PAGE, _LONGEST_PAGE)
    library = house.answerer.library
    catalogue = library.catalogue
    ids = [card.id for card in catalogue.cards() if not place or place in (card.city, card.county)]
    shown = [notice_json(catalogue.notice(id_), catalogue.relations(id_)) for id_ in ids[offset : offset + limit]]
    return {"library": library.id, "total": len(ids), "notices": shown}


def _naming(handler: Handler) -> Handler:
    """The handler, with a bad field told by its name."""

    def naming(visit: Visit) -> Reply:
        try:
            return handler(visit)
        except BadField as exc:
            return json_reply({"error": str(exc), "field": exc.field}, 400)

    return naming


def _object(visit: Visit) -> Json:
    if not isinstance(visit.json, dict):
        raise Turned(400, '请发一个 JSON 对象，例如 {"question": "…"}，并写明 Content-Type: application/json。')
    return visit.json


def _whole(value: str) -> object:
    """A number of an address; what is none stays text, which its field then refuses."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else value

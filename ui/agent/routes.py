"""The agent's desk: its addresses. No story, no question and no searched word stands in one of them.

Scripts of the page post JSON and get JSON; a ticket that another tab has changed meanwhile comes back as it stands,
with status 409.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import islice

from index.errors import BadDocumentNumber
from index.records import DocumentNumber
from ui.agent.desk import MAX_LINE, MAX_LINES, MAX_NOTE, MAX_QUESTION, MAX_STORY, Desk, Told
from ui.agent.export import CSV_KIND, XLSX_KIND, to_csv, to_xlsx
from ui.agent.page import desk_html, list_html
from ui.agent.records import State, Ticket, Tone, may_edit, may_read
from ui.agent.tickets import PAGE, Conflict, Tickets, Wanted
from ui.agent.view import (
    again_json,
    edits_json,
    elsewhere_json,
    row_json,
    similar_json,
    table,
    ticket_json,
    today_json,
)
from ui.house import House
from ui.records import Account, Handler, Reply, Route, Turned, Visit, Who
from ui.render import Json, json_reply, well_formed
from ui.store import now_s

_MOST_EXPORTED = 50_000
_MOST_PLACE = 40
_MAX_BYTES = 700_000  # of a draft: MAX_LINES of MAX_LINE characters of three bytes


def routes(house: House, clock: Callable[[], float] = now_s) -> tuple[Route, ...]:
    """/desk and all below it. What is older than `ticket_days` goes at once, hourly, and when the desk is opened."""
    pages = _Pages(house, Desk(house, Tickets(house.store, clock)))
    pages.tidy()
    house.upkeep.add(pages.tidy)
    reads: dict[str, Handler] = {
        "/desk": pages.desk,
        "/desk/tickets": pages.all,
        "/desk/tickets/{ticket_id}": pages.ticket,
    }
    posts: dict[str, Handler] = {
        "/desk/ask": pages.ask,
        "/desk/today": pages.today,
        "/desk/tickets/find": pages.find,
        "/desk/tickets/export": pages.export,
        "/desk/tickets/{ticket_id}/open": pages.open,
        "/desk/tickets/{ticket_id}/draft": pages.draft,
        "/desk/tickets/{ticket_id}/elsewhere": pages.elsewhere,
        "/desk/tickets/{ticket_id}/again": pages.again,
        "/desk/tickets/{ticket_id}/pass": pages.pass_on,
        "/desk/tickets/{ticket_id}/close": pages.close,
    }
    return (
        *(Route("GET", path, Who.AGENTS, handler) for path, handler in reads.items()),
        *(
            Route("POST", path, Who.AGENTS, pages.unless_changed(handler), max_bytes=_MAX_BYTES)
            for path, handler in posts.items()
        ),
    )


class _Pages:
    """The handlers, over one desk."""

    def __init__(self, house: House, desk: Desk) -> None:
        self._house, self._desk, self._tickets = house, desk, desk.tickets

    def tidy(self) -> None:
        self._tickets.delete_old(self._house.settings.ticket_days)

    def unless_changed(self, handler: Handler) -> Handler:
        """The handler; where another tab has gone on, the ticket as it stands."""

        def guarded(visit: Visit) -> Reply:
            try:
                return handler(visit)
            except Conflict as exc:
                said = "这张工单在另一页改过了。两份文字都在，请选一份。"
                return self._shown(visit.agent, exc.ticket, {"error": said}, 409)

        return guarded

    # ── pages ──

    def desk(self, visit: Visit) -> Reply:
        self.tidy()
        return Reply(desk_html(visit.agent, self._cities()))

    def ticket(self, visit: Visit) -> Reply:
        return Reply(desk_html(visit.agent, self._cities(), self._readable(visit).id))

    def all(self, visit: Visit) -> Reply:
        self.tidy()
        return Reply(list_html(visit.agent, self._cities()))

    # ── one ticket ──

    def ask(self, visit: Visit) -> Reply:
        body = _Body(visit.json)
        story, question = body.text("story", MAX_STORY), body.text("question", MAX_QUESTION)
        told = Told(story, question, body.text("place", _MOST_PLACE), body.tone())
        number = body.number("ticket")
        seen = self._seen(visit.agent, number, body) if number else None
        ticket, wrong = self._desk.ask(visit.agent, told, seen)
        return self._shown(visit.agent, ticket, {"wrong": wrong, **self._beside(ticket)})

    def open(self, visit: Visit) -> Reply:
        ticket = self._readable(visit)
        return self._shown(visit.agent, ticket, self._beside(ticket))

    def draft(self, visit: Visit) -> Reply:
        body = _Body(visit.json)
        lines, tone, note = body.lines(), body.tone(), body.text("note", MAX_NOTE)
        seen = self._seen(visit.agent, _number(visit), body)
        return self._shown(visit.agent, self._desk.save(visit.agent, seen, lines, tone, note))

    def pass_on(self, visit: Visit) -> Reply:
        body = _Body(visit.json)
        seen = self._seen(visit.agent, _number(visit), body)
        ticket = self._desk.pass_on(visit.agent, seen, body.text("unit", 100), body.text("note", MAX_NOTE))
        return self._shown(visit.agent, ticket)

    def close(self, visit: Visit) -> Reply:
        seen = self._seen(visit.agent, _number(visit), _Body(visit.json))
        return self._shown(visit.agent, self._desk.close(visit.agent, seen))

    def elsewhere(self, visit: Visit) -> Reply:
        return json_reply({"cities": elsewhere_json(self._desk.elsewhere(self._readable(visit)))})

    def again(self, visit: Visit) -> Reply:
        ticket = self._readable(visit)
        return json_reply(again_json(ticket, *self._desk.again(ticket)))

    # ── many ──

    def today(self, visit: Visit) -> Reply:
        return json_reply(today_json(self._tickets.today(visit.agent)))

    def find(self, visit: Visit) -> Reply:
        body = _Body(visit.json)
        page = body.number("page")
        found, total = self._tickets.find(visit.agent, _wanted(body.texts()), page)
        return json_reply({"rows": [row_json(each) for each in found], "total": total, "page": page, "size": PAGE})

    def export(self, visit: Visit) -> Reply:
        rows = table(islice(self._tickets.each(visit.agent, _wanted(visit.form)), _MOST_EXPORTED))
        day = datetime.fromtimestamp(self._tickets.clock()).date().isoformat()
        if visit.form.get("kind") == "xlsx":
            return Reply(to_xlsx(rows), kind=XLSX_KIND, filename=f"工单-{day}.xlsx")
        return Reply(to_csv(rows), kind=CSV_KIND, filename=f"工单-{day}.csv")

    # ── what they share ──

    def _cities(self) -> tuple[str, ...]:
        return self._desk.lobby().cities

    def _readable(self, visit: Visit) -> Ticket:
        ticket = self._tickets.get(_number(visit))
        if not may_read(visit.agent, ticket):
            raise Turned(403, "这张工单由别的坐席办理，办结后才能查看。")
        return ticket

    def _seen(self, agent: Account, number: int, body: _Body) -> Ticket:
        """The ticket that an agent may change, in the version that was seen. Raises Turned, Conflict."""
        ticket = self._tickets.get(number)
        if not may_edit(agent, ticket):
            raise Turned(403, "这张工单由别的坐席办理，您不能改。")
        if body.number("version") != ticket.version and ticket.state is not State.CLOSED:
            if "lines" in body:
                self._desk.keep_aside(agent, ticket, body.lines())
            raise Conflict(ticket)
        return ticket

    def _beside(self, ticket: Ticket) -> Json:
        alike = self._tickets.similar(ticket.question, besides=ticket.id)
        return {"similar": similar_json(alike), "edits": edits_json(self._tickets.edits(ticket.id))}

    def _shown(self, reader: Account, ticket: Ticket, more: Json | None = None, status: int = 200) -> Reply:
        shown = ticket_json(ticket, reader, self._house.answerer.library.id)
        today = today_json(self._tickets.today(reader))
        return json_reply({"ticket": shown, "today": today, **(more or {})}, status)


class _Body:
    """What was posted as JSON. Nothing in it is to be trusted: each way of reading it says what it takes."""

    def __init__(self, posted: object) -> None:
        if not isinstance(posted, dict):
            raise Turned(400, "发来的内容读不懂，请刷新页面再试。")
        self._posted: dict[str, object] = posted

    def __contains__(self, name: str) -> bool:
        return name in self._posted

    def text(self, name: str, most: int) -> str:
        """A text of at most so many characters; "" where there is none."""
        value = self._posted.get(name, "")
        if not isinstance(value, str):
            raise Turned(400, "发来的内容读不懂，请刷新页面再试。")
        if len(value) > most:
            raise Turned(413, f"内容有 {len(value)} 字，最多 {most} 字，请缩短后再试。")
        return well_formed(value).replace("\r\n", "\n")

    def texts(self) -> dict[str, str]:
        """All texts by name, each cut to a searchable length."""
        return {name: value[:200] for name, value in self._posted.items() if isinstance(value, str)}

    def number(self, name: str) -> int:
        """A number from 0 on; 0 where there is none."""
        value = self._posted.get(name, 0)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0

    def lines(self) -> list[str]:
        value = self._posted.get("lines")
        if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
            raise Turned(400, "发来的内容读不懂，请刷新页面再试。")
        if len(value) > MAX_LINES or any(len(line) > MAX_LINE for line in value):
            raise Turned(413, f"答复太长：最多 {MAX_LINES} 句，每句最多 {MAX_LINE} 字。")
        return [well_formed(line) for line in value]

    def tone(self) -> Tone:
        value = self._posted.get("tone")
        return Tone(value) if isinstance(value, str) and value in list(Tone) else Tone.WRITTEN


def _number(visit: Visit) -> int:
    part = visit.parts.get("ticket_id", "")
    if not (part.isascii() and part.isdigit() and len(part) < 16):
        raise Turned(404, "没有这张工单，可能已到期删除。")
    return int(part)


def _wanted(fields: Mapping[str, str]) -> Wanted:
    """The fields of the search form, posted either way; what is no date and no state is none."""
    state = fields.get("state", "")
    return Wanted(
        words=fields.get("words", "")[:200],
        number=_document_number(fields.get("number", "")[:60]),
        place=fields.get("place", "")[:_MOST_PLACE],
        state=State(state) if state in list(State) else None,
        agent=fields.get("agent", "")[:40],
        first_on=_day(fields.get("first_on", "")),
        last_on=_day(fields.get("last_on", "")),
    )


def _document_number(typed: str) -> str:
    """In its one spelling: 同政办规[2024]3号 → 同政办规〔2024〕3号; a part of one as it was typed."""
    try:
        return str(DocumentNumber.parse(typed))
    except BadDocumentNumber:
        return typed.strip()


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None

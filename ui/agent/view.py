"""Ticket → what the page is sent to show, as JSON. Pure. Nothing here is HTML: the page's script sets it as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from qa.records import Status, Support
from ui.agent.changes import Sign
from ui.agent.draft import checked, lines_of, markers, without_markers
from ui.agent.records import MOMENTS, TONES, WORDS, Edit, Line, Near, State, Ticket, Unit, may_edit
from ui.agent.tone import reply_of
from ui.badges import Badge
from ui.markup import notice_address
from ui.records import Account
from ui.render import Json, one_line
from ui.shown import Shown, Source

_SIGNS = {  # sign, word, tone
    Support.SUPPORTED: ("✓", "有据", "green"),
    Support.UNCHECKED: ("？", "未核验", "amber"),
    Support.UNSUPPORTED: ("✗", "无据", "red"),
    Support.OWN: ("·", "说明", "muted"),
}
_STATUS = {
    Status.ANSWERED: "已找到依据",
    Status.PARTIAL: "部分答复",
    Status.REFUSED: "没有找到",
    Status.CLARIFY: "请补充",
    Status.CHAT: "不是提问",
}


def ticket_json(ticket: Ticket, reader: Account, library: str) -> Json:
    """All of one ticket; `library` is the id of the one that answers now."""
    shown = ticket.shown
    sent = reply_of(ticket)
    return {
        "id": ticket.id,
        "version": ticket.version,
        "state": ticket.state.value,
        "state_word": WORDS[ticket.state],
        "editable": may_edit(reader, ticket) and ticket.state is not State.CLOSED,
        "agent": ticket.agent.name,
        "made": moment(ticket.made_s),
        "closed": moment(ticket.closed_s),
        "place": ticket.place,
        "story": ticket.story,
        "masked": [{"kind": kind, "count": count} for kind, count in ticket.masked.items()],
        "question": ticket.question,
        "status": _STATUS[shown.status] if shown else "",
        "found": shown is not None and bool(shown.sources),
        "told": shown.told if shown else "",
        "missing": [one_line(each) for each in shown.missing] if shown else [],
        "library": shown.library if shown else "",
        "library_now": library,
        "lines": lines_json(checked(ticket.lines, shown)),
        "sources": [_source(source) for source in shown.sources] if shown else [],
        "near": [_near(each) for each in ticket.near],
        "units": [_unit(each) for each in ticket.units],
        "tone": ticket.tone.value,
        "unit": ticket.unit,
        "note": ticket.note,
        "reply": ticket.reply or sent.text,
        "as_it_stands": [] if ticket.reply else list(sent.as_it_stands),
    }


def lines_json(lines: Iterable[Line]) -> list[Json]:
    """Each line with its verdict as sign, word and tone, and the numbers of its sources."""
    return [
        {
            "text": line.text,
            "sign": _SIGNS[line.support][0],
            "word": _SIGNS[line.support][1],
            "tone": _SIGNS[line.support][2],
            "failed": list(line.failed),
            "markers": list(markers(line.text)),
        }
        for line in lines
    ]


def edits_json(edits: Iterable[Edit]) -> list[Json]:
    """The drafts that were kept, newest first."""
    return [
        {"at": moment(edit.at_s), "moment": MOMENTS[edit.moment], "by": edit.by, "lines": list(edit.lines)}
        for edit in reversed(tuple(edits))
    ]


def similar_json(tickets: Iterable[Ticket]) -> list[Json]:
    """Earlier tickets with what was sent then."""
    return [
        {
            "id": ticket.id,
            "question": one_line(ticket.question),
            "place": ticket.place,
            "closed": moment(ticket.closed_s),
            "agent": ticket.agent.name,
            "reply": ticket.reply,
        }
        for ticket in tickets
    ]


def elsewhere_json(found: Iterable[tuple[str, Shown]]) -> list[Json]:
    """City by city: is something held there, and what it says."""
    return [
        {
            "city": city,
            "held": bool(shown.sources),
            "status": _STATUS[shown.status],
            "lines": [without_markers(line) for line in lines_of(shown)],
            "sources": [_source(source) for source in shown.sources],
        }
        for city, shown in found
    ]


def again_json(ticket: Ticket, now: Shown, changes: Sequence[tuple[Sign, str]]) -> Json:
    """Two answers as one list of lines, with the libraries behind them."""
    return {
        "then": ticket.shown.library if ticket.shown else "",
        "now": now.library,
        "same": all(sign is Sign.SAME for sign, _ in changes),
        "lines": [{"sign": sign.value, "text": text} for sign, text in changes],
    }


def row_json(ticket: Ticket) -> Json:
    """One row of the list."""
    return {
        "id": ticket.id,
        "state": ticket.state.value,
        "state_word": WORDS[ticket.state],
        "made": moment(ticket.made_s),
        "agent": ticket.agent.name,
        "place": ticket.place,
        "question": one_line(ticket.question),
        "unit": ticket.unit,
    }


def today_json(today: tuple[int, float | None]) -> Json:
    """今日 12 件 · 平均 48 秒."""
    count, mean_s = today
    return {"count": count, "words": f"今日 {count} 件" + (f" · 平均 {_lasting(mean_s)}" if mean_s is not None else "")}


def table(tickets: Iterable[Ticket]) -> list[list[str]]:
    """Tickets as rows of text for a spreadsheet, under a row of headings."""
    head = ["工单号", "状态", "坐席", "建立时间", "办结时间", "地区", "来电内容（已遮盖）", "识别的问题", "答复"]
    rows = [[*head, "语气", "转办单位", "备注", "依据文号", "依据", "库"]]
    for ticket in tickets:
        shown = ticket.shown
        sources = shown.sources if shown else ()
        rows.append(
            [
                str(ticket.id),
                WORDS[ticket.state],
                ticket.agent.name,
                moment(ticket.made_s),
                moment(ticket.closed_s),
                ticket.place,
                ticket.story,
                ticket.question,
                ticket.reply or "\n".join(ticket.lines),
                TONES[ticket.tone],
                ticket.unit,
                ticket.note,
                "、".join(dict.fromkeys(source.document_number for source in sources if source.document_number)),
                "\n".join(f"[{source.marker}] {source.name}{source.address}" for source in sources),
                shown.library if shown else "",
            ]
        )
    return rows


def moment(at_s: float | None) -> str:
    """Local time, to the minute; "" for never."""
    return datetime.fromtimestamp(at_s).strftime("%Y-%m-%d %H:%M") if at_s is not None else ""


def _lasting(seconds: float) -> str:
    return f"{round(seconds)} 秒" if seconds < 120 else f"{round(seconds / 60)} 分钟"


def _source(source: Source) -> Json:
    return {
        "marker": source.marker,
        "title": one_line(source.name),
        "number": source.document_number,
        "offices": "、".join(source.issuing_authorities),
        "date": source.signed_on.isoformat() if source.signed_on else "",
        "place": source.place,
        "address": one_line(source.address),
        "quote": one_line(source.quote),
        "href": notice_address(source.notice_id, source.span),
        "standing": _badge(source.standing),
    }


def _near(near: Near) -> Json:
    return {
        "why": near.why,
        "title": one_line(near.title),
        "number": near.document_number,
        "date": near.signed_on.isoformat() if near.signed_on else "",
        "place": near.place,
        "href": notice_address(near.notice_id, near.span),
        "standing": _badge(near.standing),
    }


def _unit(unit: Unit) -> Json:
    return {"name": unit.name, "role": unit.role, "href": notice_address(unit.notice_id, unit.span)}


def _badge(badge: Badge | None) -> Json | None:
    return {"tone": badge.tone, "shape": badge.shape, "word": badge.word, "note": badge.note} if badge else None

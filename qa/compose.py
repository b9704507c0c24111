"""Readings → the statements of one short answer, conclusion first. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.query import Query
from index.records import Provision, ProvisionKind, Span
from index.text import normal
from qa.cite import Statement, Tree
from qa.read import Reading
from qa.understand import Asked
from qa.units import Unit

SHORT = 115  # characters of an answer that is no list
LONGEST = 420  # characters of a list; what does not fit is counted
_SECOND = 2.0  # how far below the best a further sentence may score; chosen on the dev questions
_SIDE = 2.5  # how far below the best the best of another place may score
_ANNOUNCES = re.compile(r"(?:下列|以下|如下)[^。；]{0,24}[。：:]$")  # a list follows, whatever the mark
_LABEL = re.compile(
    r"^(?:第[一二三四五六七八九十百零\d]+条\s*|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}(?:\.\d{1,2})*\s*[.．、\s]\s*(?!\d)|[①-⑳]|——)+"
)


def compose(query: Query, asked: Sequence[Asked], readings: Sequence[Reading], tree: Tree) -> list[Statement]:
    """The statements that answer, from readings best first; [] from none.

    Several cities named, or none and rules of several that differ: each side by itself. A head sentence brings its
    items. Else the best unit, and what next fits beside it.
    """
    if not readings:
        return []
    sides = _sides(query, readings)
    if len(sides) > 1:
        return [statement for side in sides for statement in _side(side, tree)]
    best = readings[0]
    items = _items(best.unit, asked, readings, tree)
    if items:
        return items
    return _sentences(readings, asked)


def _sides(query: Query, readings: Sequence[Reading]) -> list[Reading]:
    """The best reading of each place, where the answer has sides; else the best alone."""
    best = readings[0]
    by_city: dict[str, Reading] = {}
    for reading in readings:
        by_city.setdefault(reading.unit.notice.place.city, reading)
    if len(query.cities) > 1:
        return [by_city[city] for city in query.cities if city in by_city]
    if query.cities or query.document_numbers or query.titles:
        return [best]
    close = [r for r in by_city.values() if best.score - r.score <= _SIDE and _same_matter(best.unit, r.unit)]
    return sorted(close, key=lambda r: -r.score) if len(close) > 1 else [best]


def _same_matter(a: Unit, b: Unit) -> bool:
    """Do two notices of different places deal with the same thing? Their titles agree, places aside."""
    one, other = (_bigrams(_matter(unit)) for unit in (a, b))
    return a is b or len(one & other) >= 0.6 * min(len(one), len(other))


def _matter(unit: Unit) -> str:
    place = unit.notice.place.city
    title = normal(unit.notice.title).replace(place, "").replace(place[:-1], "")
    return re.sub(r"人民政府|办公室|关于|印发|的通知|实施|方案|办法|意见|工作", "", title)


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _side(reading: Reading, tree: Tree) -> list[Statement]:
    statement = _statement(reading.unit)
    place = reading.unit.notice.place.city
    return [Statement(statement.text, statement.notice, statement.spans, f"{place}：" if place else "")]


def _sentences(readings: Sequence[Reading], asked: Sequence[Asked]) -> list[Statement]:
    best = readings[0]
    chosen = [best]
    room = SHORT - len(_statement(best.unit).text)
    for reading in readings[1:12]:
        if best.score - reading.score > _SECOND or len(chosen) >= 3:
            break
        text = _statement(reading.unit).text
        same = reading.unit.notice.id == best.unit.notice.id
        if same and len(text) <= room and not any(_overlap(reading.unit, c.unit) for c in chosen):
            chosen.append(reading)
            room -= len(text)
    first, *rest = chosen
    return [_statement(r.unit) for r in (first, *sorted(rest, key=lambda r: r.unit.span.start))]


def _overlap(a: Unit, b: Unit) -> bool:
    if a.notice.id == b.notice.id and any(x.overlap(y) for x in _spans(a) for y in _spans(b)):
        return True
    return normal(a.text) == normal(b.text)


def _spans(unit: Unit) -> list[Span]:
    """All that a unit's statement rests on."""
    return [*(unit.parts or (unit.span,)), *((unit.lead,) if unit.lead else ())]


def _statement(unit: Unit) -> Statement:
    """A unit as a sentence: its number dropped, the head sentence of a short item before it."""
    text = _plain(unit.text)
    lead = _plain(unit.notice.text[unit.lead.start : unit.lead.end]).rstrip("：:") if unit.lead else ""
    if unit.kind is ProvisionKind.ROW:
        return Statement(re.sub(r"\s+", " ", unit.text), unit.notice, unit.parts or (unit.span,))
    if text[:1] in "（(〔[" and text[-1:] in "）)〕]":
        remark = text[1:-1]
        matter = _matter_of(lead)
        return Statement(remark, unit.notice, (unit.span,)) if not matter else _with_matter(unit, remark, matter)
    role = unit.around.rsplit("\n", 1)[-1] if unit.kind is ProvisionKind.ROSTER else ""
    if role and not text.startswith(role) and len(role) <= 8:
        text = f"{role}：{text}"
    if lead and unit.lead and len(lead) + len(text) <= SHORT and lead not in text:
        return Statement(f"{lead}：{text}", unit.notice, (unit.lead, unit.span))
    return Statement(text, unit.notice, (unit.span,))


def _with_matter(unit: Unit, remark: str, matter: str) -> Statement:
    """推进医养结合：责任单位：市民政局 — the remark, and the sentence before it that it rules."""
    assert unit.lead is not None
    start = unit.notice.text.find(matter, unit.lead.start, unit.lead.end)
    if start < 0:
        return Statement(remark, unit.notice, (unit.span,))
    return Statement(f"{matter}：{remark}", unit.notice, (Span(start, start + len(matter)), unit.span))


def _matter_of(ruled: str) -> str:
    """The last sentence of what a remark rules, if it is short; else its last clause."""
    sentences = [s for s in re.split(r"[。；;]", ruled) if s.strip()]
    if not sentences:
        return ""
    last = sentences[-1]
    return last if len(last) <= 60 else last.split("，")[0].split(",")[0][:60]


def _plain(text: str) -> str:
    return _LABEL.sub("", text.strip()).strip()


def _items(unit: Unit, asked: Sequence[Asked], readings: Sequence[Reading], tree: Tree) -> list[Statement]:
    """A head sentence with the items below it, or, where a list is asked for, the whole list that an item stands in."""
    notice = unit.notice
    lead = _lead_wanted(unit, asked, readings)
    children = _below(lead, tree(notice.id)) if lead else []
    if lead is None or len(children) < 2:
        return []
    head = _plain(notice.text[lead.start : lead.end]).rstrip("：:。")
    statements: list[Statement] = []
    room = LONGEST - len(head)
    for child in children:
        end = notice.text.find("\n", child.span.start, child.span.end)
        span = Span(child.span.start, end if end >= 0 else child.span.end)
        text = _plain(notice.text[span.start : span.end])
        if len(text) > room:
            head += f"（共{len(children)}项，列出{len(statements)}项）"
            break
        statements.append(Statement(text, notice, (span,)))
        room -= len(text)
    return [Statement(head, notice, (lead,)), *statements] if statements else []


def _lead_wanted(unit: Unit, asked: Sequence[Asked], readings: Sequence[Reading]) -> Span | None:
    """The head sentence whose items are wanted: the unit itself, or what governs it and a second good reading."""
    text = unit.text.rstrip()
    if unit.kind is not ProvisionKind.ROSTER and (text.endswith(("：", ":")) or _ANNOUNCES.search(text)):
        return unit.span
    if asked[0] is Asked.LIST and unit.lead is not None and _is_item_kind(unit.kind):
        siblings = [r for r in readings[:5] if r.unit.lead == unit.lead and r.unit.notice.id == unit.notice.id]
        return unit.lead if len(siblings) >= 2 else None
    return None


def _below(lead: Span, provisions: Sequence[Provision]) -> list[Provision]:
    """The items that follow a head sentence directly, as long as they are siblings of one kind."""
    found: list[Provision] = []
    for provision in provisions:
        if provision.span.start < lead.end:
            continue
        if not found and (not _is_item(provision) or provision.span.start > lead.end + 1):
            return []
        if found and provision.parent == found[0].parent and provision.kind is not found[0].kind:
            break
        if found and provision.depth < found[0].depth:
            break
        if not found or provision.parent == found[0].parent:
            found.append(provision)
    return found


def _is_item(provision: Provision) -> bool:
    return _is_item_kind(provision.kind)


def _is_item_kind(kind: ProvisionKind) -> bool:
    return kind in (ProvisionKind.ITEM, ProvisionKind.SUBITEM, ProvisionKind.HEADING, ProvisionKind.ROSTER)

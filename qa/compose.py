"""Readings → the statements of one short answer, conclusion first. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.asked import Asked
from index.named import serials
from index.provisions import innermost
from index.query import Query
from index.records import Notice, Provision, ProvisionKind, Span
from index.text import NUMERAL, normal, number_value
from index.tokens import present, tokens
from qa.cite import Statement, Tree
from qa.decide import decided
from qa.names import names
from qa.read import Reading
from qa.units import LABELLED, Unit, clauses, in_full

SHORT = 115  # characters of an answer that is no list
LONGEST = 420  # characters of a list; what does not fit is counted
_LIST_IN_FULL = 240  # characters of items that are given in full; of a longer list each item's first words
_SIDE = 58  # characters of one side of a comparison
_SECOND = 1.5  # how far below the best a further sentence may score; chosen on the dev questions, as the next
_NEXT = 6  # readings among which another answer is looked for
_ALSO = "另见："
_OTHER_PLACE = 2.5  # how far below the best the best of another place may score
_LABEL = re.compile(
    r"^(?:第[一二三四五六七八九十百零\d]+条\s*|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}(?:\.\d{1,2})*\s*[.．、\s]\s*(?!\d)|[①-⑳]|——)+"
)
_NAMES_NEXT = re.compile(r"^([^。；：，、]{2,12})。(?=\S)")
_FEW_OF = 1 / 3  # of a roster's lines: more of them tell of no one office
_SO_MANY = re.compile(rf"[哪那这](?P<count>\d{{1,2}}|[{NUMERAL}]{{1,2}})(?=[个项类种条点样块些方])")
_OF_ONE = 0.2  # of a roster line's bigrams, in a question about that very line
_ANNOUNCES = re.compile(r"(?:下列|以下|如下)[^。；]{0,24}[。：:]$")  # a list follows, whatever the mark
_ASKS_ABOUT = re.compile(
    r"(?:讲|说|写|规定)(?:的是|了|的)?(?:什么|啥)(?:的|事|内容)?|(?:是|关于)(?:什么|啥|哪份|哪个)(?:的|文件|通知|内容)?[？?]?$"
)
_THEN = "只要|可|应|须|必须|不|按|给予|予以|原则上"  # begins what an item says of whom its first clause names
_FIRST_WORDS = re.compile(
    rf"[^。：:；;]{{1,40}}(?=[。：:；;])|[^，,]{{1,60}}[，,](?:{_THEN})[^。；;]{{1,60}}|[^，,]{{1,60}}"
)
_FIGURE = re.compile(r"\d[\d.,]*")
_SIDES_IN_ONE = 2  # figures in a unit that holds both sides of a comparison
_FIGURED = (Asked.AMOUNT, Asked.NUMBER, Asked.HOW_LONG, Asked.WHEN)  # answered by a figure, not by a list


def compose(query: Query, asked: Sequence[Asked], readings: Sequence[Reading], tree: Tree) -> list[Statement]:
    """The statements that answer, from readings best first; [] from none.

    Several cities named, or none and rules of several that differ: each side by itself. A head sentence brings its
    items. Else the best unit, who sees to it where that was asked, and what next fits beside it.
    """
    if not readings:
        return []
    if asks_what_it_is(query) or (serials(query.text) and _ASKS_ABOUT.search(query.text)):
        return [_title(readings[0].unit, tree)]
    sides = _sides(query, readings)
    if len(sides) > 1:
        return [_side(query, side) for side in sides]
    roster = _roster(query, asked, readings[0].unit, tree)
    if roster:
        return roster
    head = _article_head(query, asked, readings) or _counted_head(query, asked, readings, tree) or readings[0].unit
    items = _items(query, head, asked, readings, tree)
    if items:
        return items
    return _sentences(query, asked, readings)


def asks_what_it_is(query: Query) -> bool:
    """同政发〔2024〕9号是什么文件: a notice is named, and nothing is asked but what it is about."""
    return bool(query.document_numbers or query.titles) and _ASKS_ABOUT.search(query.text) is not None


def _article_head(query: Query, asked: Sequence[Asked], readings: Sequence[Reading]) -> Unit | None:
    """Where an article is asked for by number, and no figure or office: the sentence that opens its items."""
    if not query.articles or asked[0] in (*_FIGURED, Asked.WHO, Asked.YES_NO):
        return None
    units = (r.unit for r in readings if r.unit.notice.id == readings[0].unit.notice.id)
    return next((u for u in units if u.address in query.articles and u.text.rstrip().endswith(("：", ":"))), None)


def _counted_head(query: Query, asked: Sequence[Asked], readings: Sequence[Reading], tree: Tree) -> Unit | None:
    """Where so many are asked for (哪五个方面): a head sentence that opens exactly so many items, if it reads well."""
    counted = _SO_MANY.search(normal(query.text))
    if not counted or Asked.LIST not in asked[:2]:
        return None
    best, count = readings[0], number_value(counted["count"])
    near = (r.unit for r in readings[:12] if best.score - r.score <= _SECOND)
    same = (unit for unit in near if unit.notice.id == best.unit.notice.id)
    heads = (unit for unit in same if unit.text.rstrip().endswith(("：", ":")) or _ANNOUNCES.search(unit.text.rstrip()))
    return next((head for head in heads if len(_below(head.span, tree(head.notice.id))) == count), None)


def _title(unit: Unit, tree: Tree) -> Statement:
    """What a notice that is named by its number is about: its title, as printed."""
    spans = tuple(p.span for p in tree(unit.notice.id) if p.kind is ProvisionKind.TITLE)
    return Statement(unit.notice.title, unit.notice, spans)


def compose_sides(sides: Sequence[tuple[Query, Reading]]) -> list[Statement]:
    """The two sides of a comparison, each from its own question and reading; [] unless they rest on different words."""
    if len(sides) != 2 or _overlap(sides[0][1].unit, sides[1][1].unit):
        return []
    several = len({reading.unit.notice.place.city for _, reading in sides}) > 1
    return [_side(query, reading) if several else tight(query, reading.unit) for query, reading in sides]


def other_answer(told: Sequence[Statement], readings: Sequence[Reading], room: int) -> list[Statement]:
    """The next best reading that may answer in the place of what is told, of the same city, if one fits into so many
    characters beside it; nothing beside the sides of several cities, and nothing from what explains the notice.
    """
    cities = {each.notice.place.city for each in told}
    ids = {each.notice.id for each in told}
    left = room - sum(len(each.prefix + each.text) for each in told) - len(_ALSO)
    for unit in (reading.unit for reading in readings[1:_NEXT]):
        statement = replace(_statement(unit), prefix=_ALSO)
        here = cities == {unit.notice.place.city} and unit.notice.explains not in ids
        fits = len(statement.text) <= left and _says_more(unit)
        if here and fits and not any(_same_words(statement, each) for each in told):
            return [statement]
    return []


# ── sides ───────────────────────────────────────────────────────────────────────────────────────────────────────


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
    close = [r for r in by_city.values() if best.score - r.score <= _OTHER_PLACE and _same_matter(best.unit, r.unit)]
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


def _side(query: Query, reading: Reading) -> Statement:
    """One place's side, in few words, under its name."""
    place = reading.unit.notice.place.city
    statement = tight(query, reading.unit)
    return Statement(statement.text, statement.notice, statement.spans, f"{place}：" if place else "")


def tight(query: Query, unit: Unit) -> Statement:
    """The clauses of a unit that hold most of the question, and its figures, in at most _SIDE characters."""
    whole = _statement(unit)
    if len(whole.text) <= _SIDE or unit.parts:
        return whole
    asked = frozenset(tokens(query.text))  # not `present`, which keeps what it is given
    best, best_worth = unit.span, -1.0
    parts = clauses(unit.notice.text, unit.span)
    for i in range(len(parts)):
        for j in range(i, len(parts)):
            span = Span(parts[i].start, parts[j].end)
            if len(span) > _SIDE and j > i:
                break
            text = unit.notice.text[span.start : span.end]
            worth = len(asked & present(text)) + 3 * bool(re.search(r"\d", text)) - 0.02 * len(span)
            if worth > best_worth:
                best, best_worth = span, worth
    return Statement(_plain(unit.notice.text[best.start : best.end]).rstrip("，,；;"), unit.notice, (best,))


def of_year(query: Query, unit: Unit, year: str) -> Statement:
    """What a unit says of a year, one of several asked about: in few words, behind the clause that names the year."""
    matter = tight(query, unit)
    named = next((c for c in clauses(unit.notice.text, unit.span) if year in unit.notice.text[c.start : c.end]), None)
    if year in matter.text or named is None or unit.parts:
        return matter
    when = _plain(unit.notice.text[named.start : named.end]).rstrip("，,；;")
    return Statement(f"{when}，{matter.text}", unit.notice, (named, *matter.spans))


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────────────


def _sentences(query: Query, asked: Sequence[Asked], readings: Sequence[Reading]) -> list[Statement]:
    best = readings[0]
    compared = Asked.COMPARISON in asked
    one_side = compared and 0 < len(_FIGURE.findall(best.unit.text)) < _SIDES_IN_ONE

    def state(unit: Unit) -> Statement:
        remark = unit.remark or unit.seen_to
        if Asked.WHO in asked[:2] and remark:
            return _with_responsible(query, unit, remark)
        return tight(query, unit) if one_side else _statement(unit)

    chosen, statements = [best], [state(best.unit)]
    owner = best.unit.owner  # its words displace no sentence
    room = SHORT - len(statements[0].text) + (len(owner) + 1 if owner else 0)
    for reading in readings[1:12]:
        if best.score - reading.score > _SECOND or len(chosen) >= 3:
            break
        # 创新药 is told once for its three amounts
        owned = any((c.unit.notice.id, c.unit.owner) == (reading.unit.notice.id, reading.unit.owner) for c in chosen)
        statement = state(replace(reading.unit, owner=None) if owned else reading.unit)
        same = reading.unit.notice.id == best.unit.notice.id or compared
        if not _says_more(reading.unit):
            continue
        if same and len(statement.text) <= room and not any(_overlap(reading.unit, c.unit) for c in chosen):
            chosen.append(reading)
            statements.append(statement)
            room -= len(statement.text)
    ruling = decided(query.text, statements[0].text) if Asked.YES_NO in asked else ""
    first = replace(statements[0], prefix=f"{ruling}：") if ruling else statements[0]
    return [first, *sorted(statements[1:], key=lambda s: s.spans[-1].start)]


def _says_more(unit: Unit) -> bool:
    """Not what its card shows anyhow, nor what opens a list that is not told."""
    shown = unit.kind in (ProvisionKind.FRONT, ProvisionKind.SIGNATURE)
    return not shown and not unit.text.rstrip().endswith(("：", ":"))


def _same_words(a: Statement, b: Statement) -> bool:
    if a.notice.id == b.notice.id and any(x.overlap(y) for x in a.spans for y in b.spans):
        return True
    return normal(a.text) == normal(b.text)


def _with_responsible(query: Query, unit: Unit, remark: Span) -> Statement:
    """推进医养结合：责任单位：市民政局 — what it is about, in few words where all of them do not fit, and the remark on
    who sees to it.
    """
    said = unit.notice.text[remark.start : remark.end].strip("（）()〔〕[]。")
    whole = _statement(unit)
    matter = whole if len(whole.text) + len(said) < SHORT else tight(query, unit)
    joint = "，" if LABELLED.match(said) else "："
    return Statement(f"{matter.text.rstrip('。；;，,')}{joint}{said}", unit.notice, (*matter.spans, remark))


def _overlap(a: Unit, b: Unit) -> bool:
    one, other = (Statement(unit.text, unit.notice, tuple(_spans(unit))) for unit in (a, b))
    return _same_words(one, other)


def _spans(unit: Unit) -> list[Span]:
    """All that a unit's statement rests on."""
    return [*(unit.parts or (unit.span,)), *((unit.lead,) if unit.lead else ())]


def _statement(unit: Unit) -> Statement:
    """A unit as a sentence: its number dropped, the head sentence of a short item before it."""
    if unit.kind is ProvisionKind.ROW:
        return Statement(re.sub(r"\s+", " ", unit.text), unit.notice, unit.parts or (unit.span,))
    text = _plain(unit.text)
    lead = _plain(unit.notice.text[unit.lead.start : unit.lead.end]).rstrip("：:") if unit.lead else ""
    if text[:1] in "（(〔[" and text[-1:] in "）)〕]":
        text = text[1:-1]
    role = unit.around.rsplit("\n", 1)[-1] if unit.kind is ProvisionKind.ROSTER else ""
    if role and not text.startswith(role) and len(role) <= 8:
        text = f"{role}：{text}"
    if unit.owner:
        return _owned(unit, unit.owner, text)
    if lead and unit.lead and len(lead) + len(text) <= SHORT and lead not in text:
        return Statement(f"{lead}：{text}", unit.notice, (unit.lead, unit.span))
    return Statement(text, unit.notice, (unit.span,))


def _owned(unit: Unit, owner: Span, text: str) -> Statement:
    """Behind the words of the heading that it leans on."""
    between = unit.notice.text[owner.end : unit.span.start]
    spans = (owner, unit.span) if between.strip() else (Span(owner.start, unit.span.end),)
    return Statement(in_full(unit, text), unit.notice, spans)


def _plain(text: str) -> str:
    """The text without its number; a label before the first sentence (遗体火化费。普通…) ends with a colon."""
    return _NAMES_NEXT.sub(r"\1：", _LABEL.sub("", text.strip()).strip())


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _items(
    query: Query, unit: Unit, asked: Sequence[Asked], readings: Sequence[Reading], tree: Tree
) -> list[Statement]:
    """A head sentence with the items below it, or, where a list is asked for, the whole list that an item stands in."""
    notice = unit.notice
    lead = _lead_wanted(unit, asked, readings)
    children = _below(lead, tree(notice.id)) if lead else []
    if lead is None or len(children) < 2:
        return []
    of_office = _of_office(query, notice, children)
    if of_office:
        return of_office
    head = _plain(notice.text[lead.start : lead.end]).rstrip("：:。")
    spans = [_line(notice.text, child.span) for child in children]
    if sum(len(span) for span in spans) > _LIST_IN_FULL:
        spans = [_first_words(notice.text, span) for span in spans]
    statements: list[Statement] = []
    room, note = LONGEST - len(head), ""
    for span in spans:
        text = _plain(notice.text[span.start : span.end])
        if len(text) > room:
            note = f"（共{len(spans)}项，列出{len(statements)}项）"
            break
        statements.append(Statement(text, notice, (span,)))
        room -= len(text)
    return [Statement(head, notice, (lead,), note=note), *statements] if statements else []


def _of_office(query: Query, notice: Notice, lines: Sequence[Provision]) -> list[Statement]:
    """The few lines of a roster that name the office asked about, each under its role; [] where there are none."""
    if any(line.kind is not ProvisionKind.ROSTER for line in lines):
        return []
    asked_about = normal(query.text)
    told = [(line, notice.text[line.span.start : line.span.end].strip()) for line in lines]
    of_office = [(line, text) for line, text in told if any(office in asked_about for office in names(text))]
    if not 0 < len(of_office) <= _FEW_OF * len(lines):
        return []
    return [
        Statement(text if text.startswith(line.heading) else f"{line.heading}：{text}", notice, (line.span,))
        for line, text in of_office
    ]


def _roster(query: Query, asked: Sequence[Asked], unit: Unit, tree: Tree) -> list[Statement]:
    """All that stand in a roster under the role that is asked for; [] where the best unit is no such line."""
    role = unit.around.rsplit("\n", 1)[-1]
    named = unit.kind is ProvisionKind.ROSTER and role and role in normal(query.text)
    if not named or Asked.COMPARISON in asked:
        return []
    own = {token for token in present(unit.text.removeprefix(role)) if len(token) > 1}
    if len(own & present(query.text)) > _OF_ONE * len(own):  # one person, or one office, is asked for
        return []
    provisions = tree(unit.notice.id)
    home = innermost(provisions, unit.span.start)
    if home is None:
        return []
    first = last = here = provisions.index(home)
    while first > 0 and _same_role(provisions[first - 1], provisions[here]):
        first -= 1
    while last + 1 < len(provisions) and _same_role(provisions[last + 1], provisions[here]):
        last += 1
    lines = [
        p.span
        for p in provisions[first : last + 1]
        if not unit.notice.text[p.span.start : p.span.end].rstrip().endswith(("：", ":"))
    ]
    statements = [Statement(unit.notice.text[s.start : s.end].strip(), unit.notice, (s,)) for s in lines]
    head = statements[0]
    if not head.text.startswith(role):
        statements[0] = Statement(f"{role}：{head.text}", head.notice, head.spans)
    return statements if sum(len(s.text) for s in statements) <= LONGEST else []


def _same_role(a: Provision, b: Provision) -> bool:
    return a.kind is ProvisionKind.ROSTER and a.heading == b.heading and a.parent == b.parent


def _line(text: str, span: Span) -> Span:
    end = text.find("\n", span.start, span.end)
    return Span(span.start, end if end >= 0 else span.end)


def _first_words(text: str, span: Span) -> Span:
    """An item's label (立项必要性。主要评估…), else its first clause with what it says of it: …的家庭，可以一并扣除."""
    label = _FIRST_WORDS.match(text, span.start, span.end)
    return Span(span.start, label.end()) if label else span


def _lead_wanted(unit: Unit, asked: Sequence[Asked], readings: Sequence[Reading]) -> Span | None:
    """The head sentence whose items are wanted: the unit itself, or what governs it and a second good reading."""
    text = unit.text.rstrip()
    if unit.kind is ProvisionKind.ROSTER:
        return None
    if text.endswith(("：", ":")) or _ANNOUNCES.search(text):
        return None if asked[0] in _FIGURED and re.search(r"\d", text) else unit.span
    if Asked.LIST in asked[:2] and unit.lead is not None and _is_item_kind(unit.kind):
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
        if found and (provision.depth < found[0].depth or _ends_list(found[0], provision)):
            break
        if not found or provision.parent == found[0].parent:
            found.append(provision)
    return found


def _ends_list(first: Provision, provision: Provision) -> bool:
    return provision.parent == first.parent and provision.kind is not first.kind


def _is_item(provision: Provision) -> bool:
    return _is_item_kind(provision.kind)


def _is_item_kind(kind: ProvisionKind) -> bool:
    return kind in (ProvisionKind.ITEM, ProvisionKind.SUBITEM, ProvisionKind.HEADING, ProvisionKind.ROSTER)

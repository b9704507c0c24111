"""Passages → units: the sentences, items, cells and roster lines that can answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.provisions import innermost
from index.records import Notice, Passage, Provision, ProvisionKind, Span
from qa.cited import cited

_LABEL = 12  # characters; a shorter sentence names what the next one says
LONG = 110  # characters; a longer sentence is read in stretches of clauses
_SENTENCE = re.compile(r"[^。！？\n]*[。！？]+[”’』」）)》〉]*|[^。！？\n]+")
_WITHIN = r"“[^“”\n]{1,60}”|[（(][^（）()\n]{1,60}[）)]|《[^《》\n]{1,80}》"  # no comma parts it
# atomic, so that what is not closed takes no longer
_CLAUSE = re.compile(rf"(?>{_WITHIN}|[^；;，,])++[；;，,]*+|[；;，,]++")
_STRONG_CLAUSE = re.compile(rf"(?>{_WITHIN}|[^；;])++[；;]*+|[；;]++")
_REMARK = re.compile(r"[（(〔\[](?:[^（）()〔〕\[\]]|[（(][^（）()]{0,12}[）)]){2,250}[）)〕\]]")
_RESPONSIBLE = re.compile(
    r"负责|牵头|配合|落实|(?:责任|牵头|配合)(?:单位|部门)"
)  # （市商务局牵头负责）: who sees to it

# a line that tells who leads a group or what it does, and names the group only in the heading above it
_OF_A_BODY = re.compile(r"(?:[常务第一副总]{0,4}(?:组长|指挥长?|主任|召集人)|成员(?:单位)?|(?:主要)?职责)\s*[:：]")
_BODY = re.compile(r"(?:组|指挥部|办公室|专班|中心|队伍?)$")
_SEEN_TO = re.compile(r"(?:责任|牵头|配合|协办)(?:单位|部门)\s*[:：]")  # a paragraph by itself, behind what it is about
_MONEY = re.compile(r"\d(?:万|亿)?元")
_CLASS = 8  # characters of a label that names what an amount is for
_DEFINED = re.compile(r"^[^。]*。.*?(?:指|包括|分类)")  # 1.创新药。包括1类化学药…: its own line says what it is
_ITEM = re.compile(r"\s*[（(][一二三四五六七八九十\d]{1,2}[）)]")
_GRADE = re.compile(  # of an event, an alarm or a response; what falls under it stands in the items below
    r"特别重大|重大|较大|一般.{0,8}(?:事件|事故|灾[害情]|险情|火灾)|[一二三四ⅠⅡⅢⅣⅤI]级|[红橙黄蓝]色"
)
_GRADED = 24  # characters of a heading that names a grade

Tree = Callable[[str], Sequence[Provision]]  # notice id → its provisions
LABELLED = re.compile(r"[^，。；：:]{2,8}[：:]")  # 责任单位：, 组长：
_LONGEST_HEAD = 200  # characters of a table's head row


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch that could be an answer, and what it hangs on."""

    passage: int  # which of the passages, from 0
    notice: Notice
    span: Span  # of the notice's repaired text
    text: str
    address: str
    kind: ProvisionKind
    lead: Span | None  # the head sentence that governs an item: “有下列情形之一的：”
    around: str  # title, headings, lead: what the unit is about without saying so
    remark: Span | None = None  # who sees to it: （市商务局牵头负责） behind it, or behind what follows it
    seen_to: Span | None = None  # the same in a paragraph of its own: 责任单位：市水务局牵头。
    owner: Span | None = None  # the words of the heading that say whose 组长 or 职责 this is, or what an amount is for
    cited: tuple[Span, ...] = ()  # the provisions that it names by number: 违反本条例第十五条规定的
    parts: tuple[Span, ...] = ()  # the stretches of a unit that does not stand in one piece: a table's cells


def in_full(unit: Unit, text: str) -> str:
    """A unit's text behind the words of the heading that it leans on: 后勤保障组组长：县长; 创新药：…给予200万元."""
    if unit.owner is None:
        return text
    words = unit.notice.text[unit.owner.start : unit.owner.end]
    joint = "，" if text.startswith(("责任", "牵头", "配合", "协办")) else "" if LABELLED.match(text) else "："
    return f"{words}{joint}{text}"


def units(passages: Sequence[Passage], tree: Tree) -> list[Unit]:
    """The units of the passages, best passage first, in reading order; a unit that two passages hold comes once."""
    found: list[Unit] = []
    seen: set[tuple[str, int, int]] = set()
    for i, passage in enumerate(passages):
        provisions = tree(passage.notice.id)
        for unit in _of_passage(i, passage, provisions):
            key = (unit.notice.id, unit.span.start, unit.span.end)
            if key not in seen and unit.text.strip():
                seen.add(key)
                found.append(unit)
    return found


def _of_passage(index: int, passage: Passage, provisions: Sequence[Provision]) -> Iterator[Unit]:
    notice, chunk = passage.notice, passage.chunk
    start = chunk.span.start
    for line in notice.text[chunk.span.start : chunk.span.end].splitlines(keepends=True):
        span = Span(start, start + len(line.rstrip("\n")))
        start += len(line)
        if not line.strip():
            continue
        home = innermost(provisions, span.start)
        kind = home.kind if home else ProvisionKind.PARAGRAPH
        address = home.address if home else passage.chunk.address
        if kind is ProvisionKind.ROW and home:
            yield from _row(index, notice, home, provisions)
            continue
        lead, around = _above(notice, provisions, home)
        seen_to = _seen_to(notice, provisions, home)
        for part, remark in _parts(notice.text, span):
            text = notice.text[part.start : part.end]
            owner = _owner(notice, provisions, home, text)
            rests_on = cited(notice, provisions, home, text)
            named = (notice.text[each.start : each.end].replace("\n", " ") for each in rests_on)
            context = "\n".join([notice.title, *passage.chunk.headings, *named, *around])
            yield Unit(index, notice, part, text, address, kind, lead, context, remark, seen_to, owner, rests_on)


def _row(index: int, notice: Notice, row: Provision, provisions: Sequence[Provision]) -> Iterator[Unit]:
    """A table row as one unit, and each of its cells, named by its row's head and its column: 商服I级：1880."""
    if not row.cells:
        return
    table = provisions[row.parent] if row.parent is not None else row
    words = [notice.text[cell.span.start : cell.span.end].strip() for cell in row.cells]
    columns = dict.fromkeys(cell.column for cell in row.cells if cell.column)
    above = f"{notice.title}\n{table.heading}{' 平方米' if re.search('m2|m²|㎡', table.heading) else ''}"
    spans = tuple(cell.span for cell in row.cells)
    if words == [cell.column for cell in row.cells]:  # the head row
        return
    in_one_piece = spans[-1].end - spans[0].start <= sum(map(len, spans)) + 2 * len(spans)
    parts = () if in_one_piece else spans
    whole = Span(spans[0].start, spans[-1].end) if in_one_piece else row.span
    told = words[1:] if re.fullmatch(r"\d{1,4}", words[0]) and len(words) > 2 else words  # without its serial number
    named = f"{above}\n{' '.join(columns)}"
    yield Unit(index, notice, whole, " ".join(told), row.address, row.kind, None, named, parts=parts)
    heads = _head_rows(notice, row, provisions)
    measure = re.search(r"单位[:：]\s*([^）)]+)", table.heading)
    for cell, word in zip(row.cells[1:], words[1:], strict=True):
        if not cell.column or not word:
            continue
        text = f"{words[0]}{cell.column}：{word}{_unit_of(word, measure)}"
        around = f"{above}\n{_in_numerals(cell.column)}"
        parts = (spans[0], *heads, cell.span)
        yield Unit(index, notice, cell.span, text, row.address, row.kind, None, around, parts=parts)


def _head_rows(notice: Notice, row: Provision, provisions: Sequence[Provision]) -> tuple[Span, ...]:
    """The rows that name a row's columns, for who wants to check that 1880 stands under I级; () where none does."""
    siblings = (p for p in provisions if p.kind is ProvisionKind.ROW and p.parent == row.parent and p.cells)
    heads: list[Span] = []
    for sibling in siblings:
        words = [notice.text[cell.span.start : cell.span.end].strip() for cell in sibling.cells]
        if sibling.span == row.span or any(w not in c.column for w, c in zip(words, sibling.cells, strict=True)):
            break
        first, last = sibling.cells[0].span.start, sibling.cells[-1].span.end
        if last - first > _LONGEST_HEAD:  # printed column by column: its head does not stand in one piece
            break
        heads.append(Span(first, last))
    return tuple(heads)


def _unit_of(word: str, measure: re.Match[str] | None) -> str:
    return f"（{measure[1].strip()}）" if measure and re.fullmatch(r"[\d.,—–-]+", word) else ""


def _in_numerals(column: str) -> str:
    """I级 is asked for as 一级."""
    for latin, roman, numeral in zip(("III", "II", "IV", "V", "I"), "ⅢⅡⅣⅤⅠ", "三二四五一", strict=True):
        column = re.sub(rf"(?<![A-Z]){latin}(?![A-Z])|{roman}", numeral, column)
    return column


def _parts(text: str, span: Span) -> Iterator[tuple[Span, Span | None]]:
    """The sentences of a paragraph, each with the remark that says who sees to it; a remark alone is a part, too.

    A remark holds for all that stands between it and the one before it. A long sentence comes in its clauses parted by
    ；, and if these are long, as windows of clauses.
    """
    start = span.start
    for remark in _REMARK.finditer(text, span.start, span.end):
        if not _RESPONSIBLE.search(remark.group()):
            continue
        ruling = Span(remark.start(), remark.end())
        ruled = list(_sentences(text, Span(start, remark.start())))
        yield from ((part, ruling) for part in ruled)
        if not any(text[part.start : part.end].strip() for part in ruled):
            yield ruling, None
        start = remark.end()
    yield from ((part, None) for part in _sentences(text, Span(start, span.end)))


def _sentences(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    for match in _SENTENCE.finditer(text, span.start, span.end):
        sentence = Span(start, match.end())
        if len(sentence) <= _LABEL and match.end() < span.end:  # 遗体火化费。普通火化炉400元: a label, not a sentence
            continue
        start = match.end()
        if len(sentence) <= LONG:
            yield sentence
            continue
        for strong in _STRONG_CLAUSE.finditer(text, sentence.start, sentence.end):
            clause = Span(strong.start(), strong.end())
            if len(clause) <= LONG:
                yield clause
            else:
                yield from _windows(text, clause)


def _windows(text: str, span: Span) -> Iterator[Span]:
    """Neighbouring clauses together, each window as long as fits, moved on by half."""
    parts = clauses(text, span)
    i = 0
    while i < len(parts):
        j = i
        while j + 1 < len(parts) and parts[j + 1].end - parts[i].start <= LONG:
            j += 1
        yield Span(parts[i].start, parts[j].end)
        if j + 1 >= len(parts):
            return
        i = max(i + 1, (i + j + 1) // 2)


def clauses(text: str, span: Span) -> list[Span]:
    """The clauses of a stretch, parted by commas and semicolons, each with its own mark."""
    return [Span(m.start(), m.end()) for m in _CLAUSE.finditer(text, span.start, span.end)]


def _above(notice: Notice, provisions: Sequence[Provision], home: Provision | None) -> tuple[Span | None, list[str]]:
    """The head sentence that governs a provision, and the first lines of everything above it."""
    if home is None:
        return None, []
    lead = _opening(notice, provisions, home) if home.kind is ProvisionKind.PARAGRAPH else None
    around = [home.heading] if home.kind is ProvisionKind.ROSTER and home.heading else []
    walker = home
    while walker.parent is not None:
        walker = provisions[walker.parent]
        first = _first_line(notice, walker)
        line = notice.text[first.start : first.end]
        opens = line.endswith(("：", ":")) and walker.kind is not ProvisionKind.ATTACHMENT
        if opens and lead is None and home.kind is not ProvisionKind.PARAGRAPH:
            lead = first
        around.insert(0, line[:LONG])
    if lead and home.kind is ProvisionKind.PARAGRAPH:
        around.append(notice.text[lead.start : lead.end])
    return lead, around


def _owner(notice: Notice, provisions: Sequence[Provision], home: Provision | None, text: str) -> Span | None:
    """The words of the heading above that a line leans on: 2.2.4 通信保障组 for 组长：…, 1.创新药 for an amount, 6.1.2
    二级响应 for （1）造成3人以上死亡.
    """
    above = provisions[home.parent] if home is not None and home.parent is not None else None
    if home is None or above is None or not above.heading or above.heading in text:
        return None
    if home.kind is ProvisionKind.PARAGRAPH:
        of_body = _OF_A_BODY.match(text) and _BODY.search(above.heading)
        first = _first_line(notice, above)
        defined = len(above.heading) <= _CLASS and _DEFINED.match(notice.text[first.start : first.end])
        leans = bool(of_body or (defined and _MONEY.search(text)) or _SEEN_TO.match(text))
    else:
        graded = len(above.heading) <= _GRADED and _GRADE.search(above.heading)
        leans = bool(graded and _ITEM.match(text))
    if not leans:
        return None
    start = notice.text.find(above.heading, above.span.start, home.span.start)
    return Span(start, start + len(above.heading)) if start >= 0 else None


def _seen_to(notice: Notice, provisions: Sequence[Provision], home: Provision | None) -> Span | None:
    """The paragraph behind, under the same heading, that says who sees to it: 责任单位：市住建局牵头…; else None."""
    if home is None or home.kind not in (ProvisionKind.HEADING, ProvisionKind.PARAGRAPH):
        return None
    at = next(i for i, provision in enumerate(provisions) if provision is home)
    heading = at if home.kind is ProvisionKind.HEADING else home.parent
    for behind in provisions[at + 1 :]:
        if behind.parent != heading or behind.kind is not ProvisionKind.PARAGRAPH:
            return None
        if _SEEN_TO.match(notice.text, behind.span.start):
            return _first_line(notice, behind) if not _SEEN_TO.match(notice.text, home.span.start) else None
    return None


def _opening(notice: Notice, provisions: Sequence[Provision], home: Provision) -> Span | None:
    """What opens a list that is not numbered: “任命：”, above paragraphs that end with ；; None in running text."""
    line = _first_line(notice, home)
    if not notice.text[line.start : line.end].rstrip().endswith(("；", ";", "。")):
        return None
    place = next((i for i, provision in enumerate(provisions) if provision is home), 0)
    for before in reversed(provisions[:place]):
        if before.kind is not ProvisionKind.PARAGRAPH or before.parent != home.parent:
            return None
        first = _first_line(notice, before)
        text = notice.text[first.start : first.end].rstrip()
        if text.endswith(("：", ":")):
            return first
        if not text.endswith(("；", ";")):
            return None
    return None


def _first_line(notice: Notice, provision: Provision) -> Span:
    end = notice.text.find("\n", provision.span.start, provision.span.end)
    return Span(provision.span.start, end if end >= 0 else provision.span.end)

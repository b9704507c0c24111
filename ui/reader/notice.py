"""Notice → the HTML of its reader page: head, contents, text with the cited words marked. Pure.

Every word of a notice is text of somebody else's: it is escaped once, by `text_html`, and nowhere put into a style, a
script or an unquoted attribute. Nothing of the text is left out but the blanks between lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from index.records import Notice, NoticeKind, Provision, ProvisionKind, Relation, RelationKind, Span, Validity
from ui.badges import badge
from ui.markup import badges_html, notice_address, plain_page, text_html
from ui.render import titled

_HEADED = (ProvisionKind.CHAPTER, ProvisionKind.SECTION, ProvisionKind.ATTACHMENT, ProvisionKind.HEADING)
_CONTENTS_DEPTH = 2  # levels of headings shown in the contents
_CONTENTS_MAX_CHARS = 24
_ARTICLE = re.compile(r"第[^条\s]{1,8}条")
_SLOT = re.compile(r"[^\w（）()“”.、-]+")


_RELATIONS = {  # what a notice says of another, and what another says of it; shown in this order
    (RelationKind.REPEALS, True): "废止",
    (RelationKind.REPEALS, False): "被废止",
    (RelationKind.AMENDS, True): "修改",
    (RelationKind.AMENDS, False): "被修改",
    (RelationKind.EXPLAINS, True): "解读对象",
    (RelationKind.EXPLAINS, False): "解读",
    (RelationKind.FORWARDS, True): "转发",
    (RelationKind.FORWARDS, False): "被转发",
    (RelationKind.IMPLEMENTS, True): "落实",
    (RelationKind.IMPLEMENTS, False): "落实本件",
    (RelationKind.LEGAL_BASIS, True): "依据",
    (RelationKind.LEGAL_BASIS, False): "以本件为依据",
}
_ORDER = list(_RELATIONS.values())


@dataclass(frozen=True, slots=True)
class Related:
    """Another notice that this one points to, or that points to this one."""

    relation: str  # 废止, 被废止, 修改, 解读, 依据 …
    title: str
    document_number: str
    id: str  # "" where the library does not hold it


def related(notice: Notice, said: Iterable[tuple[Relation, Notice]]) -> tuple[Related, ...]:
    """What a notice and others say of each other. `said`: the catalogue's relations of it, each with the other notice.

    What it refers to is named also where the library does not hold it.
    """
    found: list[Related] = []
    held: dict[int, Notice] = {}
    for relation, other in said:
        ours = relation.notice_id == notice.id
        if ours and relation.reference is not None:
            held[relation.reference] = other
        else:
            found.append(Related(_RELATIONS[relation.kind, ours], other.title, other.document_number, other.id))
    for place, reference in enumerate(notice.references):
        named = held.get(place)
        title, number = (named.title, named.document_number) if named else (reference.title, reference.document_number)
        found.append(Related(_RELATIONS[reference.kind, True], title, number, named.id if named else ""))
    return tuple(sorted(found, key=lambda each: _ORDER.index(each.relation)))


def notice_page(
    notice: Notice,
    tree: Sequence[Provision],
    cited: Span | None = None,
    relations: Sequence[Related] = (),
    *,
    validity: Validity | None = None,
) -> str:
    """The whole page of a notice. `cited` is a span of its repaired text; it is marked and carries the id `cited`.
    `validity`: how it stands today.
    """
    body = _Body(notice, tree, cited)
    title = body.title()
    contents = body.contents()
    aside = f'<details class="contents" open><summary>目录</summary><nav aria-label="目录">{contents}</nav></details>'
    return notice_frame(
        notice.title,
        f'<header class="head"><h1>{title}</h1>{_badges(notice, validity)}{_facts(notice)}'
        f"{_relations(relations)}{_switch(notice, cited, original=False)}</header>"
        f'<div class="sheet">{aside if contents else ""}<article lang="zh-CN">{body.html()}</article></div>',
    )


def original_page(notice: Notice, source_text: str, cited: Span | None = None) -> str:
    """The notice's stretch of the source, untouched to the character. `cited` is a span of the notice's own text."""
    whole = notice.source_span()
    marked = notice.source_span(cited) if cited else None
    stretch = source_text[whole.start : whole.end]
    note = f"下面是公报文件“{text_html(notice.source)}”中的原样文字，换行、页眉、页码均未整理。"
    return notice_frame(
        f"原文：{notice.title}",
        f'<header class="head"><h1>{text_html(notice.title)}</h1><p class="note">{note}</p>'
        f"{_switch(notice, cited, original=True)}</header>"
        f'<div class="sheet"><pre>{_Marker(stretch, whole.start, marked).html(whole)}</pre></div>',
    )


def notice_frame(title: str, body: str) -> str:
    """A page of the reader: the way back, and `body`."""
    return plain_page(
        title,
        f'<a class="home" href="/">‹ 返回问答</a><main>{body}</main>',
        styles=("notice.css",),
        scripts=("notice.js",),
    )


def missing_page() -> str:
    """Instead of a notice that the library does not hold (any longer)."""
    note = "本库里没有这个编号的文件，它可能已随公报更新移出。请返回重新提问，或拨打 12345 咨询。"
    return notice_frame(
        "没有找到这份文件",
        f'<header class="head"><h1>没有找到这份文件</h1><p class="note">{note}</p></header>',
    )


# ── head ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _badges(notice: Notice, validity: Validity | None) -> str:
    shown = badges_html(notice.kind is NoticeKind.EXPLAINER, badge(validity) if validity else None)
    return f'<p class="badges">{shown}</p>' if shown else ""


def _facts(notice: Notice) -> str:
    effective = notice.effective_on.isoformat() if notice.effective_on else notice.effective_rule
    expires = notice.expires_on.isoformat() if notice.expires_on else notice.validity
    facts = (
        ("文号", notice.document_number),
        ("发文机关", "、".join(notice.issuing_authorities)),
        ("成文日期", notice.signed_on.isoformat() if notice.signed_on else ""),
        ("施行", effective),
        ("有效期至" if notice.expires_on else "有效期", expires),
        ("地区", str(notice.place)),
        ("来源", notice.source),
    )
    rows = "".join(f"<div><dt>{name}</dt><dd>{text_html(value)}</dd></div>" for name, value in facts if value)
    return f'<dl class="facts">{rows}</dl>'


def _relations(relations: Sequence[Related]) -> str:
    """A line a kind: 废止 《…》（文号）; 依据 《…》《…》."""
    kinds = dict.fromkeys(each.relation for each in relations)
    items = "".join(
        f"<li><span>{kind}</span>{'、'.join(_named(each) for each in relations if each.relation == kind)}</li>"
        for kind in kinds
    )
    return f'<ul class="related" aria-label="相关">{items}</ul>' if items else ""


def _named(related: Related) -> str:
    title = titled(related.title) if related.title else ""
    number = f"（{related.document_number}）" if title and related.document_number else related.document_number
    name = text_html(title + number)
    return f'<a href="{notice_address(related.id)}">{name}</a>' if related.id else name


def _switch(notice: Notice, cited: Span | None, *, original: bool) -> str:
    path, _, tail = notice_address(notice.id, cited).partition("?")
    tail = f"?{tail}" if tail else ""
    if original:
        return f'<p class="switch"><a href="{path}{tail}">看整理后的正文</a></p>'
    return f'<p class="switch"><a href="{path}/original{tail}">看公报里的原样文字</a></p>'


# ── body ────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Marker:
    """Escapes stretches of one text and marks what is cited; the first mark carries the id `cited`."""

    def __init__(self, text: str, offset: int, cited: Span | None) -> None:
        self._text, self._offset, self._cited = text, offset, cited
        self._first = True

    def html(self, span: Span) -> str:
        """The words of a span, whose offsets count from the marker's own offset."""
        cited = self._cited
        start, end = span.start, span.end
        if cited is None or not cited.overlap(span) or not self._words(start, end).strip():
            return text_html(self._words(start, end))
        a, b = max(start, cited.start), min(end, cited.end)
        if not self._words(a, b).strip():
            return text_html(self._words(start, end))
        anchor = ' id="cited" tabindex="-1"' if self._first else ""
        self._first = False
        before, within, after = self._words(start, a), self._words(a, b), self._words(b, end)
        return f"{text_html(before)}<mark{anchor}>{text_html(within)}</mark>{text_html(after)}"

    def _words(self, start: int, end: int) -> str:
        return self._text[start - self._offset : end - self._offset]


class _Body:
    """The text of a notice, line by line, each line dressed as the provision that begins with it."""

    def __init__(self, notice: Notice, tree: Sequence[Provision], cited: Span | None) -> None:
        self._notice, self._tree = notice, tree
        self._mark = _Marker(notice.text, 0, cited)
        self._tables = {p.span.start: i for i, p in enumerate(tree) if p.kind is ProvisionKind.TABLE}
        inside = (ProvisionKind.TABLE, ProvisionKind.ROW)
        self._at = {p.span.start: p for p in reversed(tree) if p.kind not in inside}
        self._slots = self._name_slots()
        self._title_lines = self._find_title()

    def title(self) -> str:
        """The heading of the page: the lines of the title as printed, where they make up the title; else the title."""
        if not self._title_lines:
            return text_html(self._notice.title)
        return "<br>".join(self._mark.html(p.span) for p in self._title_lines)

    def html(self) -> str:
        """All lines but those that the heading shows."""
        shown = {p.span.start for p in self._title_lines}
        parts: list[str] = []
        start, text = 0, self._notice.text
        while start <= len(text):
            table = self._tables.get(start)
            if table is not None:
                parts.append(self._table(table))
                start = self._tree[table].span.end + 1
                continue
            end = text.find("\n", start)
            line = Span(start, len(text) if end < 0 else end)
            if start not in shown:
                parts.append(self._line(line))
            start = line.end + 1
        return "".join(parts)

    def contents(self) -> str:
        """A list of links to chapters, headings and attachments; to articles where there is nothing above them."""
        headed = [p for p in self._tree if p.kind in _HEADED and (p.heading or p.kind is ProvisionKind.ATTACHMENT)]
        shown = [p for p in headed if p.depth < _CONTENTS_DEPTH]
        if len(shown) < 2:
            shown = [p for p in self._tree if p.kind is ProvisionKind.ARTICLE]
        items = []
        for p in shown:
            slot = self._slots.get(p.span.start)
            if slot:
                line = self._notice.text[p.span.start : p.span.end].split("\n", 1)[0]
                label = line if len(line) <= _CONTENTS_MAX_CHARS else f"{line[:_CONTENTS_MAX_CHARS]}…"
                items.append(f'<li class="d{min(p.depth, 2)}"><a href="#{quote(slot)}">{text_html(label)}</a></li>')
        return f"<ol>{''.join(items)}</ol>" if len(items) > 1 else ""

    def _find_title(self) -> list[Provision]:
        lines = [p for p in self._tree if p.kind is ProvisionKind.TITLE]
        printed = "".join(self._notice.text[p.span.start : p.span.end] for p in lines)
        return lines if "".join(printed.split()) == "".join(self._notice.title.split()) else []

    def _name_slots(self) -> dict[int, str]:
        """By offset of a line, the id that `#第十二条` leads to: the address people use, at its first occurrence."""
        slots: dict[int, str] = {}
        taken = {"cited"}
        for p in self._tree:
            slot = _SLOT.sub("", p.address)
            if slot and slot not in taken and p.span.start not in slots:
                slots[p.span.start] = slot
                taken.add(slot)
        return slots

    def _line(self, line: Span) -> str:
        if not self._notice.text[line.start : line.end].strip():
            return ""
        p = self._at.get(line.start)
        kind = p.kind.value if p else ProvisionKind.PARAGRAPH.value
        tag = self._tag(p, line) if p else "p"
        slot = self._slots.get(line.start)
        anchor = f' id="{text_html(slot)}"' if slot else ""
        return f'<{tag}{anchor} class="{kind}">{self._words(p, line)}</{tag}>'

    def _words(self, p: Provision | None, line: Span) -> str:
        """A line's words, the number of an article in bold."""
        number = _ARTICLE.match(self._notice.text, line.start, line.end)
        if p is None or p.kind is not ProvisionKind.ARTICLE or number is None:
            return self._mark.html(line)
        label, rest = Span(line.start, number.end()), Span(number.end(), line.end)
        return f"<b>{self._mark.html(label)}</b>{self._mark.html(rest)}"

    def _tag(self, p: Provision, line: Span) -> str:
        """h2 or h3 for a heading on a line of its own; a numbered paragraph that goes on as a sentence is none."""
        sentence = self._notice.text.endswith(("。", "；", "："), line.start, line.end)
        if p.kind not in _HEADED or (p.kind is ProvisionKind.HEADING and sentence):
            return "p"
        return "h3" if p.depth else "h2"

    # ── tables ──

    def _table(self, index: int) -> str:
        table = self._tree[index]
        rows = [p for p in self._tree if p.kind is ProvisionKind.ROW and p.parent == index]
        by_column = any(not _within(cell.span, row.span) for row in rows for cell in row.cells)
        if by_column:
            html = self._columns(table, rows)
        else:
            html = self._grid(table)
        return f'<div class="table" tabindex="0" role="region" aria-label="表格">{html}</div>'

    def _columns(self, table: Provision, rows: Sequence[Provision]) -> str:
        """A table that was printed column by column, read row by row; whatever no cell holds stands above it."""
        names = [cell.column for cell in rows[0].cells]
        held = {i for row in rows for cell in row.cells for i in range(cell.span.start, cell.span.end)}
        rest, start = [], table.span.start
        for line in self._notice.text[table.span.start : table.span.end].split("\n"):
            span = Span(start, start + len(line))
            if line.strip() and line not in names and not held.intersection(range(span.start, span.end)):
                rest.append(f"<p>{self._mark.html(span)}</p>")
            start = span.end + 1
        head = "".join(f'<th scope="col">{text_html(name)}</th>' for name in names)
        body = "".join(
            f"<tr>{''.join(f'<td>{self._mark.html(cell.span)}</td>' for cell in row.cells)}</tr>" for row in rows
        )
        return f"{''.join(rest)}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _grid(self, table: Provision) -> str:
        """A table whose cells are parted by tabs, line by line; a head cell spans the blanks to its right."""
        grid: list[list[Span]] = []
        start = table.span.start
        for line in self._notice.text[table.span.start : table.span.end].split("\n"):
            row = []
            for cell in line.split("\t"):
                row.append(Span(start, start + len(cell)))
                start += len(cell) + 1
            grid.append(row)
        heads = self._head_rows(grid)
        width = max(len(row) for row in grid)
        head = "".join(self._head_row(row, width) for row in grid[:heads])
        body = "".join(self._body_row(row, width) for row in grid[heads:])
        return f"<table>{f'<thead>{head}</thead>' if head else ''}<tbody>{body}</tbody></table>"

    def _head_rows(self, grid: Sequence[Sequence[Span]]) -> int:
        """None for a roster (组长：…); two where the second row has no first cell, else one."""
        first = [self._notice.text[s.start : s.end].strip() for s in grid[0]]
        if len(grid) < 2 or any(cell.endswith((":", "：")) for cell in first):
            return 0
        return 2 if len(grid) > 2 and not len(grid[1][0]) else 1

    def _head_row(self, row: Sequence[Span], width: int) -> str:
        cells: list[tuple[Span, int]] = []
        for k, span in enumerate(row):
            if k and not len(span) and len(cells[-1][0]):
                cells[-1] = (cells[-1][0], cells[-1][1] + 1)
            else:
                cells.append((span, 1))
        missing = width - len(row)
        if missing > 0:
            cells[-1] = (cells[-1][0], cells[-1][1] + missing)
        return f"<tr>{''.join(self._head_cell(span, n) for span, n in cells)}</tr>"

    def _head_cell(self, span: Span, columns: int) -> str:
        wide = f' colspan="{columns}"' if columns > 1 else ""
        return f'<th scope="col"{wide}>{self._mark.html(span)}</th>'

    def _body_row(self, row: Sequence[Span], width: int) -> str:
        cells = "".join(f"<td>{self._mark.html(span)}</td>" for span in row)
        return f"<tr>{cells}{'<td></td>' * (width - len(row))}</tr>"


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end

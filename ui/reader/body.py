"""A notice's text → HTML, line by line: headings, articles, tables, with the cited words marked. Pure.

Nothing of the text is left out but the blanks between lines, and every word of it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from index.records import Notice, Provision, ProvisionKind, Span
from index.text import squeeze
from ui.markup import text_html
from ui.reader.marker import Marker
from ui.reader.tables import table_html

_HEADED = (ProvisionKind.CHAPTER, ProvisionKind.SECTION, ProvisionKind.ATTACHMENT, ProvisionKind.HEADING)
_IN_TABLES = (ProvisionKind.TABLE, ProvisionKind.ROW)
_ARTICLE = re.compile(r"第[^条\s]{1,8}条(?:之[一二三四五六七八九十]{1,3})?")
_SENTENCE_ENDS = ("。", "；", "：")


class Body:
    """The text of a notice, each line dressed as the provision that begins with it."""

    def __init__(
        self, notice: Notice, tree: Sequence[Provision], slots: Mapping[int, str], cited: Span | None = None
    ) -> None:
        """`slots`: by offset of a line, its id."""
        self._notice, self._tree, self._slots = notice, tree, slots
        self._mark = Marker(notice.text, 0, cited)
        self._tables = {p.span.start: i for i, p in enumerate(tree) if p.kind is ProvisionKind.TABLE}
        self._at = {p.span.start: p for p in reversed(tree) if p.kind not in _IN_TABLES}
        self._title_lines = self._find_title()

    def title(self) -> str:
        """The heading of the page: the lines of the title as printed, where they make up the title; else the title.

        To be asked for before `html`, since the first marked words on the page carry the id.
        """
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
                parts.append(table_html(self._notice, self._tree, table, self._mark))
                start = self._tree[table].span.end + 1
                continue
            lines = self._lines(start)
            if start not in shown:
                parts.append(self._dressed(lines))
            start = lines[-1].end + 1
        return "".join(parts)

    def _find_title(self) -> list[Provision]:
        lines = [p for p in self._tree if p.kind is ProvisionKind.TITLE]
        printed = "".join(self._notice.text[p.span.start : p.span.end] for p in lines)
        return lines if squeeze(printed) == squeeze(self._notice.title) else []

    def _lines(self, start: int) -> list[Span]:
        """The line that begins there; two where a heading goes on in the next."""
        first = self._line(start)
        p = self._at.get(start)
        if p and p.kind is ProvisionKind.HEADING and first.end < len(self._notice.text):
            second = self._line(first.end + 1)
            if p.heading == self._mark.words(first) + self._mark.words(second) and len(second):
                return [first, second]
        return [first]

    def _line(self, start: int) -> Span:
        end = self._notice.text.find("\n", start)
        return Span(start, len(self._notice.text) if end < 0 else end)

    def _dressed(self, lines: Sequence[Span]) -> str:
        first = lines[0]
        if not any(self._mark.words(line).strip() for line in lines):
            return ""
        p = self._at.get(first.start)
        kind = p.kind.value if p else ProvisionKind.PARAGRAPH.value
        if p and p.kind is ProvisionKind.HEADING and not p.address:
            kind = "heading issued"  # the title of what is issued with the notice
        tag = self._tag(p, first) if p else "p"
        slot = self._slots.get(first.start)
        anchor = f' id="{text_html(slot)}"' if slot else ""
        words = "<br>".join(self._words(p, line) for line in lines)
        return f'<{tag}{anchor} class="{kind}">{words}</{tag}>'

    def _words(self, p: Provision | None, line: Span) -> str:
        """A line's words; the number of an article is a link to itself, so that a keyboard can reach each."""
        number = _ARTICLE.match(self._notice.text, line.start, line.end)
        if p is None or p.kind is not ProvisionKind.ARTICLE or number is None:
            return self._mark.html(line)
        label, rest = Span(line.start, number.end()), Span(number.end(), line.end)
        slot = quote(self._slots[line.start])
        return f'<a class="number" href="#{slot}">{self._mark.html(label)}</a>{self._mark.html(rest)}'

    def _tag(self, p: Provision, line: Span) -> str:
        """A heading on a line of its own; a numbered paragraph that goes on as a sentence is none."""
        sentence = self._notice.text.endswith(_SENTENCE_ENDS, line.start, line.end)
        if p.kind not in _HEADED or (p.kind is ProvisionKind.HEADING and sentence):
            return "p"
        return f"h{min(2 + p.depth, 4)}"

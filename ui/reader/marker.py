"""Stretches of one text → escaped HTML, what is cited of it marked. Pure."""

from __future__ import annotations

from index.records import Span
from ui.markup import text_html
from ui.reader.slots import CITED


class Marker:
    """Escapes stretches of one text and marks what is cited; the first mark carries the id `cited`."""

    def __init__(self, text: str, offset: int, cited: Span | None) -> None:
        """`offset`: of the text's first character, in what the spans count."""
        self._text, self._offset, self._cited = text, offset, cited
        self._first = True

    def words(self, span: Span) -> str:
        """As they stand."""
        return self._text[span.start - self._offset : span.end - self._offset]

    def html(self, span: Span) -> str:
        """The words of a span."""
        cited = self._cited
        if cited is None or not cited.overlap(span):
            return text_html(self.words(span))
        start, end = max(span.start, cited.start), min(span.end, cited.end)
        within = self.words(Span(start, end))
        if not within.strip():
            return text_html(self.words(span))
        anchor = f' id="{CITED}" tabindex="-1"' if self._first else ""
        self._first = False
        before, after = self.words(Span(span.start, start)), self.words(Span(end, span.end))
        return f"{text_html(before)}<mark{anchor}>{text_html(within)}</mark>{text_html(after)}"

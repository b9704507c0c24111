"""Statements → Answer: every sentence with the stretches of notices that back it. Pure.

A quote is the source's own characters. A stretch whose source holds more than MAX_FURNITURE characters of removed page
furniture is cited in parts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index.provisions import address_of
from index.records import Notice, Provision, Span
from index.text import squeeze
from qa.records import Citation

MAX_FURNITURE = 100  # source characters between the first and last of a quote that are not the quote's

_MARKER_ALIKE = re.compile(r"[\[［【](\d{1,3})[\]］】]")  # a notice's own [2] must not pass for a citation

PageOf = Callable[[str, int], int | None]  # source, offset → page
Tree = Callable[[str], Sequence[Provision]]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, without markers or end mark, and the stretches that it rests on, all of one notice."""

    text: str
    notice: Notice
    spans: tuple[Span, ...]
    prefix: str = ""  # 大同市： where sides are told apart; 不可以： where the sentence decides what was asked
    note: str = ""  # what the answerer itself adds: （共9项，列出8项）


def cite(statements: Sequence[Statement], tree: Tree, page_of: PageOf) -> tuple[str, tuple[Citation, ...]]:
    """The answer's text, each sentence ending with its markers, and the citations in the order of their markers."""
    citations: list[Citation] = []
    sentences: list[str] = []
    for statement in statements:
        markers: list[int] = []
        for span in statement.spans:
            for part in _parts(statement.notice, span):
                marker = _known(citations, statement.notice, part)
                if marker is None:
                    marker = len(citations) + 1
                    citations.append(_citation(marker, statement.notice, part, tree, page_of))
                if marker not in markers:
                    markers.append(marker)
        text = _MARKER_ALIKE.sub(r"〔\1〕", statement.text.rstrip("。；;，,：: "))
        sentences.append(f"{statement.prefix}{text}{statement.note}{''.join(f'[{m}]' for m in markers)}。")
    return "".join(sentences), tuple(citations)


def moved_on(text: str, citations: Sequence[Citation], by: int) -> tuple[str, tuple[Citation, ...]]:
    """The same with every marker higher by so many, to stand behind other sentences."""
    markers = {str(citation.marker): citation.marker + by for citation in citations}
    moved = re.sub(r"\[(\d+)\]", lambda found: f"[{markers.get(found[1], found[1])}]", text)
    return moved, tuple(replace(citation, marker=citation.marker + by) for citation in citations)


def verbatim(statement: Statement) -> Statement:
    """The same in nothing but the words that it rests on."""
    quotes = (squeeze(statement.notice.text[span.start : span.end]) for span in statement.spans)
    return replace(statement, text="，".join(quote.rstrip("。；;，,：:") for quote in quotes))


def _parts(notice: Notice, span: Span) -> list[Span]:
    """The stretch, trimmed of white space, cut where too much furniture was removed inside it."""
    text = notice.text[span.start : span.end]
    start = span.start + len(text) - len(text.lstrip())
    end = span.end - (len(text) - len(text.rstrip()))
    if end <= start:
        return []
    origins = notice.body.origins
    parts: list[Span] = []
    furniture = 0
    for at in range(start + 1, end):
        gap = origins.source_offset(at) - origins.source_offset(at - 1) - 1
        furniture += gap if gap > 3 else 0
        if furniture > MAX_FURNITURE:
            parts.append(Span(start, at))
            start, furniture = at, 0
    return [*parts, Span(start, end)]


def _known(citations: Sequence[Citation], notice: Notice, span: Span) -> int | None:
    return next((c.marker for c in citations if c.notice.id == notice.id and c.notice_span == span), None)


def _citation(marker: int, notice: Notice, span: Span, tree: Tree, page_of: PageOf) -> Citation:
    source = notice.source_span(span)
    return Citation(
        marker=marker,
        notice=notice,
        address=address_of(tree(notice.id), span),
        quote=notice.text[span.start : span.end],
        source_span=source,
        notice_span=span,
        page=page_of(notice.source, source.start),
    )

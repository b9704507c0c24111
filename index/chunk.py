"""Notice → Chunks: stretches of the tree that are read in one go, each with its heading path. Pure.

Chunks tile the notice: put together they are its text. A chunk ends where a paragraph ends, preferably where a
heading's reach ends; only a paragraph longer than the limit is cut, between sentences, and a sentence longer than that
between clauses. The limit counts source characters without white space, removed furniture inside included.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from index.provisions import provisions
from index.records import Chunk, Notice, Provision, ProvisionKind, Span

MAX_CHARS = 480  # source characters, white space aside
_FULL_ENOUGH = 0.55  # of the limit: from here on a new heading begins a new chunk
_SENTENCE = re.compile(r"[^。！？；\n]*[。！？；]+[”’』」）)》〉]*|[^。！？；\n]+|\n")
_CLAUSE = re.compile(r"[^，、：,:]*[，、：,:]+|[^，、：,:]+")
_HOLDERS = (
    ProvisionKind.CHAPTER,
    ProvisionKind.SECTION,
    ProvisionKind.ARTICLE,
    ProvisionKind.HEADING,
    ProvisionKind.ATTACHMENT,
    ProvisionKind.ITEM,
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph, or a part of a long one: its span, the line break after it included, and where it belongs."""

    span: Span
    path: tuple[int, ...]  # the holders above it, outermost first, as indices into the tree


def chunk(notice: Notice, tree: Sequence[Provision] | None = None, max_chars: int = MAX_CHARS) -> list[Chunk]:
    """The chunks of a notice in reading order; [] for an empty text."""
    tree = provisions(notice) if tree is None else tree
    ruler = _Ruler(notice)
    groups: list[list[_Piece]] = []
    for piece in _pieces(notice, tree, ruler, max_chars):
        if groups and _fits(ruler, groups[-1], piece, tree, max_chars):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    addresses: dict[int, str] = {}
    for provision in tree:
        if provision.address:
            addresses.setdefault(provision.span.start, provision.address)
    return [_chunk(notice, tree, addresses, group) for group in groups]


def heading_path(tree: Sequence[Provision], path: Sequence[int]) -> tuple[str, ...]:
    """The headings along a path, as words; articles and items without a heading of their own are left out."""
    return tuple(tree[i].heading for i in path if tree[i].heading)


_LINE_BREAK = 4  # source characters between two lines that are white space alone; a wider gap held furniture


class _Ruler:
    """Measures spans: source characters from the first to the last, white space aside, furniture inside included."""

    def __init__(self, notice: Notice) -> None:
        origins = notice.body.origins
        gaps = [0] * (len(notice.text) + 1)  # source characters left out right before each character
        ends = (s + n - m for s, m, n in zip(origins.sources, origins.starts, origins.starts[1:], strict=False))
        for end, start, source in zip(ends, origins.starts[1:], origins.sources[1:], strict=True):
            gaps[start] = source - end if source - end > _LINE_BREAK else 0
        # The gap before a character counts from that character on, so a span takes its own first one off again.
        self._gaps = gaps
        own = (gap + (not c.isspace()) for gap, c in zip(gaps, notice.text, strict=False))
        self._sums = list(accumulate(own, initial=0))

    def size(self, span: Span) -> int:
        """Of a non-empty span."""
        return self._sums[span.end] - self._sums[span.start] - self._gaps[span.start]


def _pieces(notice: Notice, tree: Sequence[Provision], ruler: _Ruler, max_chars: int) -> Iterator[_Piece]:
    text = notice.text
    paths = _paths(tree, text)
    start = 0
    path: tuple[int, ...] = ()
    for line in text.splitlines(keepends=True) if text else []:
        span = Span(start, start + len(line))
        start = span.end
        path = paths.get(span.start, path)  # a cell of a table printed column by column begins no provision
        if ruler.size(span) <= max_chars or "\t" in line:
            yield _Piece(span, path)
        else:
            for part in _cut(notice.text, span, ruler, max_chars):
                yield _Piece(part, path)


def _paths(tree: Sequence[Provision], text: str) -> dict[int, tuple[int, ...]]:
    """For the start of each paragraph, the holders it stands under, itself included where it is one."""
    above: list[tuple[int, ...]] = []
    starts: dict[int, tuple[int, ...]] = {}
    for i, provision in enumerate(tree):
        parent = above[provision.parent] if provision.parent is not None else ()
        above.append((*parent, i) if provision.kind in _HOLDERS else parent)
        if provision.span.start == 0 or text[provision.span.start - 1] == "\n":
            starts[provision.span.start] = above[i]
    return starts


def _fits(ruler: _Ruler, group: Sequence[_Piece], piece: _Piece, tree: Sequence[Provision], max_chars: int) -> bool:
    size = ruler.size(Span(group[0].span.start, group[-1].span.end))
    if ruler.size(Span(group[0].span.start, piece.span.end)) > max_chars:
        return False
    before, here = group[-1].path, piece.path
    if any(tree[i].kind is ProvisionKind.ATTACHMENT for i in set(before) ^ set(here)):
        return False
    if here[: len(before)] == before:  # goes on below the same heading
        return True
    shared = next(
        (k for k, (a, b) in enumerate(zip(before, here, strict=False)) if a != b), min(len(before), len(here))
    )
    return size < _FULL_ENOUGH * max_chars or (shared > 0 and shared >= len(group[0].path) - 1)


def _cut(text: str, span: Span, ruler: _Ruler, max_chars: int) -> Iterator[Span]:
    """Parts of a long paragraph, whole sentences where these fit, else whole clauses, else at the limit."""
    start = end = span.start
    for unit in _units(text, span, ruler, max_chars):
        if end > start and ruler.size(Span(start, unit.end)) > max_chars and text[unit.start] != "\n":
            yield Span(start, end)
            start = end
        end = unit.end
    if end > start:
        yield Span(start, end)


def _units(text: str, span: Span, ruler: _Ruler, max_chars: int) -> Iterator[Span]:
    for unit in _split(text, span, _SENTENCE):
        if ruler.size(unit) <= max_chars:
            yield unit
            continue
        for clause in _split(text, unit, _CLAUSE):
            if ruler.size(clause) <= max_chars:
                yield clause
            else:
                yield from (
                    Span(at, min(at + max_chars // 2, clause.end))
                    for at in range(clause.start, clause.end, max_chars // 2)
                )


def _split(text: str, span: Span, pattern: re.Pattern[str]) -> Iterator[Span]:
    for match in pattern.finditer(text, span.start, span.end):
        if match.end() > match.start():
            yield Span(match.start(), match.end())


def _chunk(notice: Notice, tree: Sequence[Provision], addresses: dict[int, str], group: Sequence[_Piece]) -> Chunk:
    span = Span(group[0].span.start, group[-1].span.end)
    paths = [piece.path for piece in group]
    shared = paths[0]
    for path in paths[1:]:
        shared = tuple(a for a, b in zip(shared, path, strict=False) if a == b)
    key = f"{notice.id}:{span.start}:{span.end}"
    return Chunk(
        id=hashlib.sha256(key.encode()).hexdigest()[:16],
        notice_id=notice.id,
        span=span,
        address=addresses.get(span.start) or (tree[paths[0][-1]].address if paths[0] else ""),
        headings=heading_path(tree, shared),
        text=notice.text[span.start : span.end],
    )

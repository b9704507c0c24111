"""Notice → Chunks: stretches of the tree that are read in one go, each with its heading path. Pure.

Chunks tile the notice: put together they are its text. A chunk ends where a paragraph ends, preferably where a heading's
reach ends; only a paragraph longer than the limit is cut, between sentences, and a sentence longer than that between
clauses. The limit counts source characters without white space, removed furniture inside included.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    groups: list[list[_Piece]] = []
    for piece in _pieces(notice, tree, max_chars):
        if groups and _fits(notice, groups[-1], piece, tree, max_chars):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [_chunk(notice, tree, group) for group in groups]


def heading_path(tree: Sequence[Provision], path: Sequence[int]) -> tuple[str, ...]:
    """The headings along a path, as words; articles and items without a heading of their own are left out."""
    return tuple(tree[i].heading for i in path if tree[i].heading)


def _pieces(notice: Notice, tree: Sequence[Provision], max_chars: int) -> Iterator[_Piece]:
    text = notice.text
    paths = _paths(tree, text)
    start = 0
    for line in text.splitlines(keepends=True) if text else []:
        span = Span(start, start + len(line))
        start = span.end
        path = paths.get(span.start, ())
        if _size(notice, span) <= max_chars or "\t" in line:
            yield _Piece(span, path)
        else:
            for part in _cut(notice, span, max_chars):
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


def _fits(notice: Notice, group: Sequence[_Piece], piece: _Piece, tree: Sequence[Provision], max_chars: int) -> bool:
    size = _size(notice, Span(group[0].span.start, group[-1].span.end))
    if _size(notice, Span(group[0].span.start, piece.span.end)) > max_chars:
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


def _cut(notice: Notice, span: Span, max_chars: int) -> Iterator[Span]:
    """Parts of a long paragraph, whole sentences where these fit, else whole clauses, else at the limit."""
    start = end = span.start
    for unit in _units(notice, span, max_chars):
        if end > start and _size(notice, Span(start, unit.end)) > max_chars:
            yield Span(start, end)
            start = end
        end = unit.end
    if end > start:
        yield Span(start, end)


def _units(notice: Notice, span: Span, max_chars: int) -> Iterator[Span]:
    for unit in _split(notice.text, span, _SENTENCE):
        if _size(notice, unit) <= max_chars:
            yield unit
            continue
        for clause in _split(notice.text, unit, _CLAUSE):
            if _size(notice, clause) <= max_chars:
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


_LINE_BREAK = 4  # source characters between two lines that are white space alone; a wider gap held furniture


def _size(notice: Notice, span: Span) -> int:
    """Source characters between the first and the last of a span, white space aside, furniture inside included."""
    text = notice.text[span.start : span.end]
    origins = notice.body.origins
    first = bisect_right(origins.starts, span.start)
    last = bisect_left(origins.starts, span.end)
    furniture = 0
    for run in range(max(first, 1), last):
        before = origins.sources[run - 1] + origins.starts[run] - origins.starts[run - 1]
        gap = origins.sources[run] - before
        furniture += gap if gap > _LINE_BREAK else 0
    return len(text) - sum(c.isspace() for c in text) + furniture


def _chunk(notice: Notice, tree: Sequence[Provision], group: Sequence[_Piece]) -> Chunk:
    span = Span(group[0].span.start, group[-1].span.end)
    paths = [piece.path for piece in group]
    first = next((p for p in tree if p.span.start == span.start and not p.address == ""), None)
    shared = paths[0]
    for path in paths[1:]:
        shared = tuple(a for a, b in zip(shared, path, strict=False) if a == b)
    key = f"{notice.id}:{span.start}:{span.end}"
    return Chunk(
        id=hashlib.sha256(key.encode()).hexdigest()[:16],
        notice_id=notice.id,
        span=span,
        address=first.address if first else (tree[paths[0][-1]].address if paths[0] else ""),
        headings=heading_path(tree, shared),
        text=notice.text[span.start : span.end],
    )

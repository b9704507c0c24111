"""A model's reply + passages → answer text with citations; what no passage backs is dropped. Pure.

reply → sentences → claims, each with its handles → stretches of the cited passages that back it → markers
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.records import Notice, Passage, Span
from qa.check import LEAST_SHARED, Ground, card, check, words
from qa.cite import PageOf, Statement, Tree, cite
from qa.figures import Figure, figures, stands_among
from qa.records import Citation, Support
from qa.units import Unit, units

_LONGEST = 10_000  # characters of a reply that are read
_HELD_FIGURE = 0.5  # a stretch that holds all of a claim's figures is worth half of its words more

# [1] ［1］ 【1】 [1,2] [资料1]; no year ([2024]), nothing within a 文号 ([24]3号). 〔〕 is never a marker
_MARKER = re.compile(
    r"[\[［【]\s*(?:资料|来源)?\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]］】](?!\s*第?\s*\d{1,5}\s*号)"
)
_END = r"[。！？!?]+[”’』」）)》〉]*"
_MARKED_AFTER_END = re.compile(rf"({_END}|[；;])(\s*(?:{_MARKER.pattern}\s*)+)")
_SENTENCE = re.compile(rf".*?(?:{_END}|(?<=[\]］】])[；;]|$)")
_ENUMERATOR = re.compile(
    r"^\s*(?:[#>*•·–—\-]+\s*|\d{1,2}(?:[、)）]|[.．](?!\d))\s*|[（(][\d一二三四五六七八九十]{1,3}[）)]\s*|[①-⑳]\s*)+"
)
_EMPHASIS = re.compile(r"\*\*|`+")
_BRACKETED = re.compile(r"[\[［【](\s*\d+\s*)[\]］】]")  # what could pass for a marker of ours: [2024], [24]3号
_JOINT = re.compile(r"[\s、，,；;：:]*(?:和|与|及|以及)?[\s、，,；;：:]*")  # between markers: [1]和[2]


@dataclass(frozen=True, slots=True)
class Claim:
    """A stretch of a reply, without markers, and the handles that stand behind it."""

    text: str
    handles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a reply in its claims, each up to the markers that follow it; none where there is no marker."""

    claims: tuple[Claim, ...]
    end: str  # its end mark
    text: str  # all of it, without markers


@dataclass(frozen=True, slots=True)
class Grounded:
    """What is left of a reply."""

    text: str  # "" where nothing is left
    citations: tuple[Citation, ...]
    dropped: int  # sentences that no passage backs


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A unit of a passage, and what can be found in its own characters."""

    notice: Notice
    span: Span
    words: frozenset[str]
    figures: frozenset[Figure]

    @classmethod
    def of(cls, unit: Unit) -> _Stretch:
        quote = unit.notice.text[unit.span.start : unit.span.end]
        return cls(unit.notice, unit.span, frozenset(words(quote)), figures(quote))

    def share(self, wanted: set[str]) -> float:
        return len(wanted & self.words) / len(wanted)

    def held(self, wanted: set[Figure]) -> set[Figure]:
        return {figure for figure in wanted if stands_among(figure, self.figures)}

    def worth(self, wanted: set[str], figured: set[Figure]) -> float:
        return self.share(wanted) + (_HELD_FIGURE * len(self.held(figured)) / len(figured) if figured else 0.0)


def ground(reply: str, passages: Sequence[Passage], tree: Tree, page_of: PageOf) -> Grounded:
    """Keep the sentences that the passages under their handles ([1] is passages[0]) back, and cite the words.

    A sentence falls that bears no marker, or one that is no passage's; that has a claim of whose words the passages
    it cites hold too few, or one that `check` finds unsupported by the stretches that are cited for it.
    """
    held = [[_Stretch.of(unit) for unit in units([passage], tree)] for passage in passages]
    citations: list[Citation] = []
    kept: dict[str, None] = {}  # a model that has lost its way says a thing over and over
    dropped = 0
    for sentence in sentences(reply[:_LONGEST]):
        backing = [_backing(claim, passages, held, tree, page_of) for claim in sentence.claims]
        if not backing or not all(backing):
            dropped += 1
            continue
        told = ""
        for claim, cited in zip(sentence.claims, backing, strict=True):
            markers = dict.fromkeys(_numbered(citations, cited))
            told += _BRACKETED.sub(r"〔\1〕", claim.text) + "".join(f"[{m}]" for m in markers)
        kept[told + sentence.end] = None
    return Grounded("".join(kept), tuple(citations), dropped)


def sentences(reply: str) -> Iterator[Sentence]:
    """The sentences of a reply in order, Markdown and numbering taken off.

    A line that ends with a colon belongs to the next. Markers may stand before or after the end mark; a ； ends a
    sentence where a marker stands before it.
    """
    lead = ""
    for raw in reply.splitlines():
        line = _EMPHASIS.sub("", _ENUMERATOR.sub("", raw)).strip()
        if not line:
            continue
        if line.endswith(("：", ":")):
            lead += line
            continue
        line, lead = _MARKED_AFTER_END.sub(r"\2\1", lead + line), ""
        for found in _SENTENCE.finditer(line):
            if found.group().strip():
                yield _sentence(found.group().strip())


def _sentence(text: str) -> Sentence:
    body = re.sub(rf"(?:{_END}|[；;])$", "", text)
    claims: list[Claim] = []
    at = 0
    for marker in _MARKER.finditer(body):
        handles = tuple(int(handle) for handle in re.findall(r"\d+", marker[1]))
        before = body[at : marker.start()].rstrip()
        if claims and _JOINT.fullmatch(before):
            claims[-1] = replace(claims[-1], handles=(*claims[-1].handles, *handles))
        else:
            claims.append(Claim(before, handles))
        at = marker.end()
    rest = body[at:].rstrip()
    if claims and not _JOINT.fullmatch(rest):  # words after the last marker lean on it, too
        claims[-1] = replace(claims[-1], text=claims[-1].text + rest)
    end = text[len(body) :]
    mark = end[0] if end and end[0] in "！？!?" else "。"
    mark += end.lstrip("。！？!?；;")
    return Sentence(tuple(claims), mark, _MARKER.sub("", body).rstrip() + mark)


def _backing(
    claim: Claim, passages: Sequence[Passage], held: Sequence[Sequence[_Stretch]], tree: Tree, page_of: PageOf
) -> list[Citation]:
    """The citations that bear a claim out: each passage's best stretch, and those with its figures; [] for none."""
    wanted = words(claim.text)
    if not wanted or not all(1 <= handle <= len(passages) for handle in claim.handles):
        return []
    cited = [handle - 1 for handle in dict.fromkeys(claim.handles)]
    chosen = _chosen(claim, wanted, [(passages[i], held[i]) for i in cited])
    spans: dict[str, tuple[Notice, list[Span]]] = {}
    for stretch in chosen:
        spans.setdefault(stretch.notice.id, (stretch.notice, []))[1].append(stretch.span)
    statements = [Statement("", notice, tuple(places)) for notice, places in spans.values()]
    _, found = cite(statements, tree, page_of)
    ground = Ground.of([citation.quote for citation in found], map(card, found))
    return [] if check(claim.text, ground)[0] is Support.UNSUPPORTED else list(found)


def _chosen(claim: Claim, wanted: set[str], cited: Sequence[tuple[Passage, Sequence[_Stretch]]]) -> list[_Stretch]:
    """The best stretch of each passage that shares enough words, and what holds the figures that are left."""
    named = figures("；".join(_head(passage) for passage, _ in cited))
    left = {figure for figure in figures(claim.text) if not stands_among(figure, named)}
    best = [max(held, key=lambda s: s.worth(wanted, left)) for _, held in cited if held]
    chosen = [stretch for stretch in best if stretch.share(wanted) >= LEAST_SHARED]
    for stretch in chosen:
        left -= stretch.held(left)
    everything = [stretch for _, held in cited for stretch in held]
    while chosen and left:
        more = max(everything, key=lambda s: (len(s.held(left)), s.share(wanted)))
        if not more.held(left):
            break
        left -= more.held(left)
        chosen.append(more)
    return chosen


def _numbered(citations: list[Citation], found: Sequence[Citation]) -> Iterator[int]:
    """The markers of citations among those of the whole answer, to which the new ones are added."""
    for new in found:
        place = (new.notice.id, new.notice_span)
        known = next((c.marker for c in citations if (c.notice.id, c.notice_span) == place), None)
        if known is None:
            known = len(citations) + 1
            citations.append(replace(new, marker=known))
        yield known


def _head(passage: Passage) -> str:
    """What a handle's first line says of its passage; the source card of a citation shows it as well."""
    return f"{passage.notice.title}；{passage.notice.document_number}；{passage.chunk.address}"

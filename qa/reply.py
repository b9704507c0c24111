"""A model's reply + passages → answer text with citations; what no passage backs is dropped. Pure.

reply → sentences → claims, each with its handles → stretches of the cited passages that back it → markers
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.records import Notice, Passage, Span
from index.tokens import tokens
from qa.cite import PageOf, Statement, Tree, cite
from qa.figures import Figure, figures, stands_among
from qa.records import Citation
from qa.units import Unit, units

LEAST_SHARED = 0.25  # of a claim's words that the best stretch holds; with fewer it is about something else
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

    A sentence falls that bears no marker, or one that is no passage's; that has a claim whose words are not in the
    passages it cites, or a figure that is not.
    """
    held = [[_Stretch.of(unit) for unit in units([passage], tree)] for passage in passages]
    citations: list[Citation] = []
    kept: dict[str, None] = {}  # a model that has lost its way says a thing over and over
    dropped = 0
    for sentence in sentences(reply[:_LONGEST]):
        backing = [_backing(claim, passages, held) for claim in sentence.claims]
        if not backing or not all(backing):
            dropped += 1
            continue
        told = ""
        for claim, stretches in zip(sentence.claims, backing, strict=True):
            markers = [m for notice, spans in stretches for m in _cited(citations, notice, spans, tree, page_of)]
            told += _BRACKETED.sub(r"〔\1〕", claim.text) + "".join(f"[{m}]" for m in dict.fromkeys(markers))
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


def words(text: str) -> set[str]:
    """Pairs of characters, words and numbers; single characters say too little."""
    return {token for token in tokens(text) if len(token) > 1}


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
    claim: Claim, passages: Sequence[Passage], held: Sequence[Sequence[_Stretch]]
) -> list[tuple[Notice, list[Span]]]:
    """The stretches of each cited notice that back a claim: of each passage the best, and those with its figures.

    [] where the claim is not backed.
    """
    wanted = words(claim.text)
    if not wanted or not all(1 <= handle <= len(passages) for handle in claim.handles):
        return []
    cited = [handle - 1 for handle in dict.fromkeys(claim.handles)]
    named = figures("\n".join(_head(passages[i]) for i in cited))
    left = {figure for figure in figures(claim.text) if not stands_among(figure, named)}
    best = [max(held[i], key=lambda s: s.worth(wanted, left)) for i in cited if held[i]]
    chosen = [stretch for stretch in best if stretch.share(wanted) >= LEAST_SHARED]
    if not chosen:
        return []
    for stretch in chosen:
        left -= stretch.held(left)
    while left:
        more = max((s for i in cited for s in held[i]), key=lambda s: (len(s.held(left)), s.share(wanted)))
        if not more.held(left):
            return []
        left -= more.held(left)
        chosen.append(more)
    spans: dict[str, tuple[Notice, list[Span]]] = {}
    for stretch in chosen:
        spans.setdefault(stretch.notice.id, (stretch.notice, []))[1].append(stretch.span)
    return list(spans.values())


def _cited(
    citations: list[Citation], notice: Notice, spans: Sequence[Span], tree: Tree, page_of: PageOf
) -> Iterator[int]:
    """The markers of stretches, those not yet cited added to the citations."""
    for new in cite([Statement("", notice, tuple(spans))], tree, page_of)[1]:
        place = (notice.id, new.notice_span)
        known = next((c.marker for c in citations if (c.notice.id, c.notice_span) == place), None)
        if known is None:
            known = len(citations) + 1
            citations.append(replace(new, marker=known))
        yield known


def _head(passage: Passage) -> str:
    """What a handle's first line says of its passage; the source card of a citation shows it as well."""
    return f"{passage.notice.title}\n{passage.notice.document_number}\n{passage.chunk.address}"

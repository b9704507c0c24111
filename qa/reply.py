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
from qa.sentences import Claim, Sentence, sentences
from qa.units import Unit, units

LEAST_SHARED = 0.25  # of a claim's words that the best stretch holds; with fewer it is about something else
_HELD_FIGURE = 0.5  # a stretch that holds all of a claim's figures is worth half of its words more

_BRACKETED = re.compile(r"[\[［【](\s*\d+\s*)[\]］】]")  # what could pass for a marker of ours: [2024], [24]3号


@dataclass(frozen=True, slots=True)
class Grounded:
    """What is left of a reply."""

    text: str  # "" where nothing is left
    citations: tuple[Citation, ...]
    kept: int  # sentences
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


class Grounding:
    """What is kept of a reply, sentence by sentence; the passage under the handle [1] is passages[0]."""

    def __init__(self, passages: Sequence[Passage], tree: Tree, page_of: PageOf) -> None:
        self._passages, self._tree, self._page_of = passages, tree, page_of
        self._held = [[_Stretch.of(unit) for unit in units([passage], tree)] for passage in passages]
        self._citations: list[Citation] = []
        self._kept: dict[str, None] = {}  # a model that has lost its way says a thing over and over
        self._dropped = 0

    @property
    def so_far(self) -> Grounded:
        return Grounded("".join(self._kept), tuple(self._citations), len(self._kept), self._dropped)

    def take(self, sentence: Sentence) -> bool:
        """Keep a sentence that the passages under its handles back, cite the words, and tell whether it is kept.

        A sentence falls that bears no marker, or one that is no passage's; that has a claim whose words are not in the
        passages it cites, or a figure that is not.
        """
        backing = [_backing(claim, self._passages, self._held) for claim in sentence.claims]
        if not backing or not all(backing):
            self._dropped += 1
            return False
        told = ""
        for claim, stretches in zip(sentence.claims, backing, strict=True):
            markers = [marker for notice, spans in stretches for marker in self._cited(notice, spans)]
            told += _BRACKETED.sub(r"〔\1〕", claim.text) + "".join(f"[{m}]" for m in dict.fromkeys(markers))
        self._kept[told + sentence.end] = None
        return True

    def _cited(self, notice: Notice, spans: Sequence[Span]) -> Iterator[int]:
        """The markers of stretches, those not yet cited added to the citations."""
        for new in cite([Statement("", notice, tuple(spans))], self._tree, self._page_of)[1]:
            place = (notice.id, new.notice_span)
            known = next((c.marker for c in self._citations if (c.notice.id, c.notice_span) == place), None)
            if known is None:
                known = len(self._citations) + 1
                self._citations.append(replace(new, marker=known))
            yield known


def ground(reply: str, passages: Sequence[Passage], tree: Tree, page_of: PageOf) -> Grounded:
    """What is kept of a whole reply."""
    grounding = Grounding(passages, tree, page_of)
    for sentence in sentences(reply):
        grounding.take(sentence)
    return grounding.so_far


def words(text: str) -> set[str]:
    """Pairs of characters, words and numbers; single characters say too little."""
    return {token for token in tokens(text) if len(token) > 1}


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


def _head(passage: Passage) -> str:
    """What a handle's first line says of its passage; the source card of a citation shows it as well."""
    return f"{passage.notice.title}\n{passage.notice.document_number}\n{passage.chunk.address}"

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
from qa.sentences import Claim, Sentence, sentences
from qa.units import Unit, units

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

        A sentence falls that bears no marker, or one that is no passage's; that has a claim of whose words the passages
        it cites hold too few, or one that `check` finds unsupported by the stretches that are cited for it.
        """
        backing = [_backing(claim, self._passages, self._held, self._tree, self._page_of) for claim in sentence.claims]
        if not backing or not all(backing):
            self._dropped += 1
            return False
        told = ""
        for claim, cited in zip(sentence.claims, backing, strict=True):
            markers = dict.fromkeys(self._numbered(cited))
            told += _BRACKETED.sub(r"〔\1〕", claim.text) + "".join(f"[{m}]" for m in markers)
        self._kept[told + sentence.end] = None
        return True

    def _numbered(self, found: Sequence[Citation]) -> Iterator[int]:
        """The markers of citations among those of the whole answer, to which the new ones are added."""
        for new in found:
            place = (new.notice.id, new.notice_span)
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


def _head(passage: Passage) -> str:
    """What a handle's first line says of its passage; the source card of a citation shows it as well."""
    return f"{passage.notice.title}；{passage.notice.document_number}；{passage.chunk.address}"

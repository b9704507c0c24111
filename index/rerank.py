"""The order of the passages: a learned combination of honest features. Pure.

Words and vectors bring a pool of passages; what makes one of them the answer's is weighed here: how much of the
question, and of the official terms that its lay words call for, stands in it; and whether it holds the kind of thing
that is asked for. The weights are fitted on the dev questions by `python -m eval.fit` and kept in `rerank.json`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.asked import Asked, asked_measure, asked_of, fits, measured
from index.cross import UNREAD, CloseReading
from index.fitted import fitted, weighed
from index.query import FRAMES, Query
from index.records import NoticeKind, Passage
from index.text import normal
from index.tokens import present

Rarity = Callable[[str], float]  # token → its inverse document frequency in the library, ≥ 0

FEATURES = (
    "fused",  # the pool's score against the best one's
    "words",  # the word score against the best one's
    "meaning",  # the cosine
    "sentence",  # that of its nearest sentence
    "pairs",  # share of the question's bigrams, by rarity, that the passage holds
    "characters",  # share of its single characters
    "called",  # share of its lay words of which an official term stands in the passage, by how few passages hold one
    "called_count",  # how many, against 4
    "called_above",  # share of which one stands in the title or the headings
    "headings",  # share of the bigrams that the headings hold
    "measure",  # a figure with the very measure that is asked for
    "near",  # how near the whole passage comes, piece by piece (index/nearness.py)
    "near_window",  # its nearest stretch
    "fit",  # the kind of thing that is asked for
    "explainer",  # the rule itself comes before its explanation
    "figures",  # share of the question's years, days, numbers and model names that stand in the passage, or above it
)
CLOSE_FEATURES = (
    "share",  # of the belief, by the features above: its natural logarithm
    "belief",  # log-odds that the passage answers, by the reader (index/cross.py)
    "marked",  # of the piece that it marks most: log-odds that it belongs to the answer
)
WEIGHTS, CLOSE_WEIGHTS = (Path(__file__).with_name(name) for name in ("rerank.json", "rerank_close.json"))
_FIGURE = re.compile(r"[a-z]+[- ]?\d+[a-z]*|[ivx]+级|\d+月\d+日|(?<![\d.])\d+(?:\.\d+)?(?:年|月|日|号|级|届|期|%|‰)?")
_GAP = re.compile(r"(?<=[a-z])(?:\\?[- ])?(?=\d)")  # MIX3, MIX 3, mix-3
_NEAR_SPREAD = 8  # so that nearness, which lies close together, is as widely spread as the others
_FRAME = 0.2  # of a token that only frames the question
_CONTEXT = 0.5  # of a token of the earlier questions that this one leans on


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage of the pool, with what the features look at; texts normalised."""

    text: str
    plain: str
    above: str  # title and headings
    headings: str
    explainer: bool
    fused: float
    words: float
    meaning: float
    near: float
    near_window: float
    sentence: float

    @classmethod
    def of(cls, passage: Passage) -> Candidate:
        """From a passage whose scores are those of the pool."""
        headings = " ".join(passage.chunk.headings)
        return cls(
            passage.text,
            normal(passage.text),
            normal(f"{passage.notice.title} {headings}"),
            headings,
            passage.notice.kind is NoticeKind.EXPLAINER,
            passage.score,
            passage.scores["lexical"],
            passage.scores["dense"],
            passage.scores["near"],
            passage.scores["near_window"],
            max(passage.sentences, default=0.0),
        )


def scores(query: Query, pool: Sequence[Candidate], rarity: Rarity) -> list[float]:
    """A score for each candidate: its share of the belief that it holds the answer; they sum to 1. [] for none."""
    weights = fitted(WEIGHTS)
    return shared_out([weighed(weights, FEATURES, found) for found in featured(query, pool, rarity)], 1.0)


def closer(shares: Sequence[float], readings: Sequence[CloseReading]) -> list[float]:
    """The shares of the first passages, shared out anew among them by what the reader says of each."""
    weights = fitted(CLOSE_WEIGHTS)
    raw = [weighed(weights, CLOSE_FEATURES, found) for found in close_features(shares, readings)]
    return shared_out(raw, sum(shares))


def close_features(shares: Sequence[float], readings: Sequence[CloseReading]) -> list[tuple[float, ...]]:
    """The features of each passage, in the order of CLOSE_FEATURES."""
    return [
        (math.log(max(share, 1e-12)), reading.belief, max(reading.evidence, default=UNREAD))
        for share, reading in zip(shares, readings, strict=True)
    ]


def shared_out(raw: Sequence[float], whole: float) -> list[float]:
    """Positive numbers that sum to `whole`, in proportion to the exponentials."""
    top = max(raw, default=0.0)
    masses = [math.exp(value - top) for value in raw]
    total = sum(masses)
    return [whole * mass / total for mass in masses]


def featured(query: Query, pool: Sequence[Candidate], rarity: Rarity) -> list[tuple[float, ...]]:
    """The features of each candidate, in the order of FEATURES."""
    pairs, characters = masses(query, rarity)
    called = called_terms(query, [each.plain for each in pool])
    asked = asked_of(query.text, query.context)
    measure = asked_measure(query.text) or asked_measure(query.context)
    figures = _figures(query.text)
    best_fused = max((each.fused for each in pool), default=0.0) or 1.0
    best_words = max((each.words for each in pool), default=0.0) or 1.0
    found: list[tuple[float, ...]] = []
    for each in pool:
        own = present(each.text)
        hit = [weight for weight, terms in called if any(term in each.plain for term in terms)]
        above = sum(any(term in each.above for term in terms) for _, terms in called)
        found.append(
            (
                each.fused / best_fused,
                each.words / best_words,
                each.meaning * _NEAR_SPREAD,
                each.sentence * _NEAR_SPREAD,
                share(pairs, own),
                share(characters, own),
                sum(hit) / (sum(weight for weight, _ in called) or 1.0),
                min(len(hit), 4) / 4,
                above / max(1, len(called)),
                share(pairs, present(each.headings)),
                measured(measure, each.text),
                each.near * _NEAR_SPREAD,
                each.near_window * _NEAR_SPREAD,
                float(asked[0] is Asked.OTHER or fits(asked[0], each.text)),
                float(each.explainer),
                _share_held(figures, f"{each.above}\n{each.plain}"),
            )
        )
    return found


def masses(query: Query, rarity: Rarity) -> tuple[dict[str, float], dict[str, float]]:
    """The question's bigrams (and whole words), and its single characters, by rarity; what it leans on counts half."""
    mass: dict[str, float] = {}
    for text, part in ((query.context, _CONTEXT), (query.text, 1.0)):
        for token in present(text):
            mass[token] = rarity(token) * part * (_FRAME if token in FRAMES else 1.0)
    return {t: m for t, m in mass.items() if len(t) > 1}, {t: m for t, m in mass.items() if len(t) == 1}


def called_terms(query: Query, texts: Sequence[str]) -> list[tuple[float, tuple[str, ...]]]:
    """For each lay word its official terms, and a weight ≥ 0: the fewer of the texts hold one, the more it tells.

    Terms and texts are normalised; the weight is the natural logarithm of one over the share of texts.
    """
    found: list[tuple[float, tuple[str, ...]]] = []
    for terms in query.asked_for.values():
        wanted = tuple(normal(term) for term in terms)
        holding = sum(any(term in text for term in wanted) for text in texts)
        found.append((max(0.0, math.log(1 / (holding / max(1, len(texts)) + 0.03))), wanted))
    return found


def _figures(question: str) -> list[re.Pattern[str]]:
    """What finds each year, day, number and model name of a question, and none as a part of a longer number."""
    found = dict.fromkeys(_FIGURE.findall(normal(question)))
    return [re.compile(rf"(?<![\da-z.]){_GAP.sub('[- ]?', re.escape(figure))}(?!(?<=\d)\d)") for figure in found]


def _share_held(figures: Sequence[re.Pattern[str]], text: str) -> float:
    """The share of them that stand in a text; 0 where there are none."""
    return sum(figure.search(text) is not None for figure in figures) / max(1, len(figures))


def share(masses: Mapping[str, float], held: frozenset[str]) -> float:
    """Share of the mass whose tokens are held. fsum: the order of a set, new in each process, must not show."""
    total = math.fsum(masses.values())
    return math.fsum(mass for token, mass in masses.items() if token in held) / total if total else 0.0

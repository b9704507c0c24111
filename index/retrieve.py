"""The search story: question → Passages. Fuses words and vectors, filters by place and number, lifts the likely notice.

question → query → hits by words ┐
                 → hits by meaning ┴→ fused → lifted by notice → the first of them reranked → passages
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

from index.excerpt import meant, runs
from index.hits import Filter
from index.lexical import FieldBoosts
from index.lookup import look_ups
from index.query import MAX_QUESTION, Query, ends, read_query
from index.records import Notice, Passage, RelationKind, Span
from index.references import matter_of
from index.rerank import Candidate, closer, scores, shared_out
from index.spelling import mended
from index.text import simplified
from index.tokens import tokens

if TYPE_CHECKING:
    from index.cross import CloseReading
    from index.embed import Reranker, Vector
    from index.holdings import Holdings

BOOSTS = FieldBoosts(title=0.0, headings=0.0, body=1.0)  # the body holds title and headings, too: one length, one count
POOL = 200  # hits of each engine that are fused; more only where more passages are asked for than these bring
_DENSE = 1.4  # weight of the cosine against a best word score of 1; chosen on the dev questions, as the next two
_NOTICE = 0.6  # how much the best chunks of a notice lift each other
_NOTICE_TOP = 3  # how many of them count
RELATED = 0.6  # weight of a word near to one of the question's; chosen on questions that the training holds out
_MEANT = 0.5  # how much the meaning of its nearest sentence counts where a run is chosen, against its pieces
_NAMED = 0.5  # lift of a chunk whose notice the question names by title
CLOSE = 4  # passages that our own reader reads once more; two order 1.5 % of the dev questions worse, six none better
SURE, CERTAIN = 0.6, 0.8  # shares of the belief from which the first passage stands first unread; is not read at all
JUDGED = 20  # passages that a reranker reads
RERANKED = 30  # passages of the pool that are weighed feature by feature
_TAKES_PLACE = (RelationKind.REPEALS, RelationKind.AMENDS)  # one notice deals with the matter of the other
_SPEAKS_FOR = (RelationKind.REPEALS, RelationKind.AMENDS, RelationKind.EXPLAINS)  # who is heard on a notice besides it


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds the passages of one library generation. Safe to use from several threads."""

    library: Holdings
    reranker: Reranker | None = None  # a large model that reads the first JUDGED passages once more
    close: bool = True  # our own reader (index/cross.py) reads the first CLOSE passages once more
    related: float = RELATED  # 0: no words are searched for but the question's and the thesaurus's
    given: frozenset[str] = frozenset()  # ids of notices, where a question comes with those that it is asked of

    def retrieve(self, text: str, k: int = 10, place: str = "") -> list[Passage]:
        """At most k passages for a question that stands alone, best first; [] where no word of it occurs."""
        return self.find(self.query(text, place=place), k)

    def query(self, text: str, context: str = "", place: str = "") -> Query:
        """Read a question's text; `context` is what was asked before it."""
        library = self.library
        said, before = simplified(text[:MAX_QUESTION]), simplified(context[:MAX_QUESTION])
        slips = library.speller.slips(said)
        text, context = mended(said, slips), mended(before, library.speller.slips(before))
        query = read_query(text, library.gazetteer, library.thesaurus, context, place, library.document_numbers)
        return replace(query, slips=slips)

    def find(self, query: Query, k: int = 10) -> list[Passage]:
        """At most k passages for a query that has been read, best first; fewer only where no more can be found.

        The first RERANKED of the pool are weighed against each other, and their scores are shares of the belief in
        each. The rest keep the pool's order behind them; their scores go on falling from the least of these shares.
        What is looked up (index/lookup.py) stands before all of them, with a score of 1. Among these, notices of the
        year in which the one asked for was issued come first, and those that hold on the day asked before others of the
        same matter.
        """
        pool = self.pool(query, max(k, POOL if query.articles else RERANKED))
        certain = look_ups(query, pool)
        pool = [passage for passage in pool if passage not in certain] if certain else pool
        weighed, rest = pool[:RERANKED], pool[RERANKED:]
        belief = scores(query, [Candidate.of(passage) for passage in weighed], self.library.words.rarity)
        best = [(1.0, passage) for passage in certain]
        ordered = sorted(zip(belief, weighed, strict=True), key=_best_first)
        best += self._judged(query, self._read_once_more(query, ordered))
        if query.issued_in:
            best = _issued_first(best, query.issued_in)
        if query.on:
            best = self._in_force_first(best, query.on)
        best += zip(_behind(weighed, belief, rest), rest, strict=True)
        return [replace(passage, rank=rank, score=score) for rank, (score, passage) in enumerate(best[: max(k, 0)], 1)]

    def _in_force_first(self, best: list[tuple[float, Passage]], on: date) -> list[tuple[float, Passage]]:
        """The same places and scores; but in those of one matter, the notices that hold on the day come first.

        Nothing is dropped, and what stands alone in its matter keeps its place, whether or not it holds.
        """
        notices = {passage.notice.id: passage.notice for _, passage in best}
        holds = {id_: self.library.validity(notice, on).holds for id_, notice in notices.items()}
        if all(holds.values()):
            return best
        ordered = list(best)
        for matter in self._matters(notices.values()):
            places = [place for place, (_, passage) in enumerate(best) if passage.notice.id in matter]
            passages = [best[place][1] for place in places]
            passages.sort(key=lambda passage: not holds[passage.notice.id])  # stable
            for place, passage in zip(places, passages, strict=True):
                ordered[place] = (best[place][0], passage)
        return ordered

    def _matters(self, notices: Iterable[Notice]) -> list[set[str]]:
        """The ids of these notices, together where one repeals or amends the other, or both bear the same title."""
        groups: list[set[str]] = []
        by_title: dict[tuple[str, str], set[str]] = defaultdict(set)
        for notice in notices:
            said = self.library.catalogue.relations(notice.id)
            near = {id_ for r in said if r.kind in _TAKES_PLACE for id_ in (r.notice_id, r.other_id)} | {notice.id}
            same = by_title[notice.place.city, matter_of(notice.title)]
            same |= near
            groups.append(same)
        merged: list[set[str]] = []
        for group in groups:
            apart = [other for other in merged if not other & group]
            merged = [*apart, group.union(*(other for other in merged if other & group))]
        return merged

    def closely(self, query: Query, passages: Sequence[Passage]) -> list[CloseReading]:
        """What our own reader says of the first CLOSE passages; where the first is sure of it alone, where certain of
        none. [] without the reader.
        """
        belief = passages[0].score if passages else 0.0
        return self.read_closely(query, passages[: 0 if belief >= CERTAIN else 1 if belief >= SURE else CLOSE])

    def read_closely(self, query: Query, passages: Sequence[Passage]) -> list[CloseReading]:
        """What our own reader says of each of these passages, read where it comes nearest; [] without the reader."""
        if not self.close:
            return []
        spans = [self.nearest(query, passage) for passage in passages]
        readings = self.read_texts(query, [laid_out(p, span) for p, span in zip(passages, spans, strict=True)])
        return [reading.moved(span.start) for reading, span in zip(readings, spans, strict=True)]

    def nearest(self, query: Query, passage: Passage) -> Span:
        """The run of sentences of a passage's text that comes nearest to the question; of equals the first."""
        found = runs(passage.text)
        if len(found) == 1:
            return found[0]
        near = self.library.nearness.of_spans(query.text, passage.text, found, query.context)
        said = meant(passage)
        most = [max((m for a, b, m in said if run.start <= a and b <= run.end), default=0.0) for run in found]
        return max(zip(found, near, most, strict=True), key=lambda each: each[1] + _MEANT * each[2])[0]

    def read_texts(self, query: Query, texts: Sequence[tuple[str, str]]) -> list[CloseReading]:
        """What our own reader says of each of these (what stands above, text); [] without it."""
        if not self.close or not texts:
            return []
        return self.library.reader.read(query.whole, texts)

    def _read_once_more(self, query: Query, best: list[tuple[float, Passage]]) -> list[tuple[float, Passage]]:
        """The first CLOSE in the order that our own reader gives them, unless the first is sure."""
        first, rest = best[:CLOSE], best[CLOSE:]
        if not first or first[0][0] >= SURE:
            return best
        readings = self.read_closely(query, [passage for _, passage in first])
        if not readings:
            return best
        whole, least = sum(score for score, _ in first), rest[0][0] if rest else 0.0
        room = 1 - len(first) * least / whole  # for each the least: what was read does not fall behind what was not
        shares = [least + room * share for share in closer([score for score, _ in first], readings)]
        return [*sorted(zip(shares, (passage for _, passage in first), strict=True), key=_best_first), *rest]

    def _judged(self, query: Query, best: list[tuple[float, Passage]]) -> list[tuple[float, Passage]]:
        """The first JUDGED in the reranker's order: the belief in all of them, shared out by its odds."""
        if self.reranker is None or not best:
            return best
        first, rest = best[:JUDGED], best[JUDGED:]
        texts = [f"{passage.notice.title}\n{' '.join(passage.chunk.headings)}\n{passage.text}" for _, passage in first]
        odds = self.reranker.log_odds(query.whole, texts)
        shares = shared_out(odds, sum(score for score, _ in first))
        return [*sorted(zip(shares, (passage for _, passage in first), strict=True), key=_best_first), *rest]

    def pool(self, query: Query, size: int) -> list[Passage]:
        """At most `size` passages found by words or by meaning, lifted by notice, best first.

        What only a look deeper than POOL brings up comes last, so that the first ones are the same for every size.
        """
        vector = self.library.embedder.embed_question(query.whole)
        found = self._found(query, vector, POOL)
        passages = self._passages(query, found, found.rows[:size])
        if len(passages) < size and size > POOL:
            deeper = self._found(query, vector, size)
            more = [row for row in deeper.rows if row not in found.lifted]
            passages += self._passages(query, deeper, more[: size - len(passages)], len(passages) + 1)
        return passages

    def _found(self, query: Query, vector: Vector, depth: int) -> _Found:
        """What the first `depth` hits of each engine come to."""
        library = self.library
        where = self._filter(query)
        words = {hit.row: hit.score for hit in library.words.search(self._terms(query), depth, where, BOOSTS)}
        allowed = library.allowed(where) if where else None
        meaning = {hit.row: hit.score for hit in library.vectors.search(vector, depth, allowed)}
        least = min(meaning.values()) if len(meaning) == depth else 0.0
        meaning |= dict.fromkeys(words.keys() - meaning.keys(), least)  # no nearer than the last that was looked at
        fused = _fuse(words, meaning) or self._all_of(query)
        notices = library.catalogue.notices_of(list(fused))
        sizes = library.catalogue.chunk_counts(set(notices.values()))
        lifted = _lift(fused, notices, sizes, self._named(query))
        return _Found(tuple(sorted(lifted, key=lambda row: (-lifted[row], row))), lifted, words, meaning, vector)

    def _terms(self, query: Query) -> Mapping[str, float]:
        """What is searched for: the question's tokens, and those of words near to its own."""
        terms = dict(query.terms)
        if not self.related:
            return terms
        for word, near in self.library.nearness.related(query.text).items():
            for token in tokens(word):
                if len(token) > 1:  # single characters match too much
                    terms[token] = max(terms.get(token, 0.0), self.related * near)
        return terms

    def elsewhere(self, query: Query) -> float:
        """How much better the words fit outside the places asked for: 0 not at all, 1 twice as well."""
        if not query.cities or self.given or self._numbered(query):
            return 0.0
        search = self.library.words.search
        inside = search(query.terms, 1, self._filter(query), BOOSTS)
        anywhere = search(query.terms, 1, None, BOOSTS)
        if not inside or not anywhere:
            return 1.0 if anywhere else 0.0
        return max(0.0, anywhere[0].score / inside[0].score - 1)

    def _filter(self, query: Query) -> Filter | None:
        """The notices given; else those named by 文号, and what repeals, amends, explains them; else the places named.

        A place narrows to that city, and to notices of its province, or that name no place: they bind it, too.
        """
        if self.given:
            return Filter(notice_ids=self.given)
        numbered = self._numbered(query)
        if numbered:
            relations = (r for each in numbered for r in self.library.catalogue.relations(each))
            related = {r.notice_id for r in relations if r.kind in _SPEAKS_FOR}
            return Filter(notice_ids=frozenset({*numbered, *related}))
        return Filter(cities=query.scope) if query.cities else None

    def _numbered(self, query: Query) -> list[str]:
        """The notices that a question names by 文号, with which a longer run of characters may end; else those of the
        places asked for that it names by a bare serial number.
        """
        library = self.library
        if query.document_numbers:
            held = library.document_numbers
            named = frozenset(each for number in query.document_numbers for each in ends(number, held))
            return library.catalogue.notice_ids(Filter(document_numbers=named)) if named else []
        serial = frozenset(library.titles.serially(query.text))
        where = Filter(notice_ids=serial, cities=query.scope - {""})
        return library.catalogue.notice_ids(where) if serial else []

    def _all_of(self, query: Query) -> dict[int, float]:
        """The passages of the notices that a question names by 文号, where it holds no further word of theirs."""
        where = Filter(notice_ids=frozenset(numbered)) if (numbered := self._numbered(query)) else None
        stretches = self.library.catalogue.rows(where) if where else []
        return {row: 0.0 for stretch in stretches for row in stretch}

    def _named(self, query: Query) -> Mapping[str, float]:
        """Notices that the question names by title or nickname, and what that lifts them by."""
        if not query.titles:
            return {id_: _NAMED * fit for id_, fit in self.library.titles.nicknamed(query.text).items()}
        return {found: _NAMED for asked in query.titles for found in self.library.catalogue.titled(asked)}

    def _passages(self, query: Query, found: _Found, rows: Sequence[int], first_rank: int = 1) -> list[Passage]:
        catalogue = self.library.catalogue
        near = self.library.nearness.scores(query.text, [self.library.pieces.of(row) for row in rows], query.context)
        said = self.library.sentences.cosines(rows, found.vector)
        passages = []
        for rank, (row, chunk) in enumerate(zip(rows, catalogue.chunks(rows), strict=True), first_rank):
            whole, window = near[rank - first_rank]
            parts = {
                "lexical": found.words.get(row, 0.0),
                "dense": found.meaning.get(row, 0.0),
                "near": whole,
                "near_window": window,
            }
            notice, sentences = catalogue.notice(chunk.notice_id), said[rank - first_rank]
            passages.append(Passage(rank, chunk, notice, found.lifted[row], parts, sentences))
        return passages


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows, best first, with the score that orders them and those that the engines gave."""

    rows: tuple[int, ...]
    lifted: Mapping[int, float]
    words: Mapping[int, float]
    meaning: Mapping[int, float]
    vector: Vector  # of the question


def _issued_first(best: Sequence[tuple[float, Passage]], year: int) -> list[tuple[float, Passage]]:
    """The same scores in their places; but the passages of notices that were signed in that year come first."""
    passages = [passage for _, passage in best]
    passages.sort(key=lambda passage: _signed_in(passage.notice) != year)  # stable
    return [(score, passage) for (score, _), passage in zip(best, passages, strict=True)]


def _signed_in(notice: Notice) -> int | None:
    return notice.signed_on.year if notice.signed_on else None


def laid_out(passage: Passage, span: Span) -> tuple[str, str]:
    """What stands above this stretch of a passage's text, and the stretch: as our own reader reads it."""
    return f"{passage.notice.title}\n{' '.join(passage.chunk.headings)}", passage.text[span.start : span.end]


def _best_first(each: tuple[float, Passage]) -> tuple[float, int]:
    return -each[0], each[1].rank


def _behind(weighed: Sequence[Passage], belief: Sequence[float], rest: Sequence[Passage]) -> list[float]:
    """Scores for the passages behind the weighed ones: the least belief, less as the pool's score falls on."""
    if not rest:
        return []
    floor, last = min(belief), weighed[-1].score or 1.0
    return list(accumulate((floor * min(1.0, passage.score / last) for passage in rest), min))


def _fuse(words: Mapping[int, float], meaning: Mapping[int, float]) -> dict[int, float]:
    """Weighted sum: word scores against the best of them, cosines as they are."""
    top = max(words.values(), default=0.0) or 1.0
    return {
        row: words.get(row, 0.0) / top + _DENSE * max(0.0, meaning.get(row, 0.0))
        for row in (*words, *(meaning.keys() - words.keys()))
    }


def _lift(
    scores: Mapping[int, float], notices: Mapping[int, str], sizes: Mapping[str, int], named: Mapping[str, float]
) -> dict[int, float]:
    """Add to each row what the best rows of its notice weigh on average; of a short notice, all of its rows."""
    by_notice: dict[str, list[float]] = defaultdict(list)
    for row in sorted(scores, key=lambda r: -scores[r]):
        by_notice[notices[row]].append(scores[row])
    lift = {
        notice: _NOTICE * sum(own[:_NOTICE_TOP]) / min(_NOTICE_TOP, sizes[notice]) for notice, own in by_notice.items()
    }
    return {row: score + lift[notices[row]] + named.get(notices[row], 0.0) for row, score in scores.items()}

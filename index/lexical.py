"""Words → best rows. The one door to tantivy.

Texts are cut into tokens by `index.tokens`; tantivy sees them parted by spaces. Scores are BM25 (k1 1.2, b 0.75;
lengths beyond 40 tokens are rounded down by a ninth at most), one field at a time, times the field's boost and the
term's weight, summed. With one writer thread, the same rows give the same scores however often they are indexed.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from index.errors import LibraryDamaged, LibraryMismatch
from index.hits import Facets, Filter, Hit
from index.tokens import RECIPE, TokenRecipe, tokens

if TYPE_CHECKING:
    import tantivy

WRITER_BYTES = 1_000_000_000  # an upper bound, taken as needed; 100,000 chunks of 400 characters fit in one segment
MAX_TERMS = 256  # of one search: a question of 20,000 characters is searched by its rarest words


@dataclass(frozen=True, slots=True)
class LexicalRow:
    """One chunk as it is indexed: its fields of text, and what filters may ask of it."""

    row: int
    title: str
    headings: str
    body: str
    facets: Facets = field(default_factory=Facets)
    questions: str = ""  # that a model thought it answers


@dataclass(frozen=True, slots=True)
class FieldBoosts:
    """How much a term counts by where it stands. 0 leaves a field out of the search."""

    title: float = 1.0
    headings: float = 1.0
    body: float = 1.0
    questions: float = 0.5  # a model's words count for less than a notice's; how much less was not measured


BOOSTS = FieldBoosts()


_FIELDS = tuple(each.name for each in fields(FieldBoosts))


class LexicalIndex:
    """An open index of words. Safe to search from several threads."""

    @staticmethod
    def build(folder: Path, rows: Iterable[LexicalRow], recipe: TokenRecipe = RECIPE) -> None:
        """Write the index of these rows, given in rising order, into a new folder. OSError where the disk is full."""
        import tantivy

        folder.mkdir(parents=True)
        index = tantivy.Index(_schema(), str(folder))
        writer = index.writer(WRITER_BYTES, 1)
        for row in rows:
            document = _document(row, recipe)
            with _writing(folder):
                writer.add_document(document)
        with _writing(folder):
            writer.commit()
            writer.wait_merging_threads()

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Open a folder that `build` wrote. LibraryMismatch, LibraryDamaged."""
        import tantivy

        try:
            if os.access(folder, os.W_OK):
                return cls(tantivy.Index.open(str(folder)))
            # tantivy takes a lock file in the folder even to read: on a read-only disk it reads through links
            with TemporaryDirectory() as mirror:
                for file in folder.iterdir():
                    if not is_lock(file):
                        Path(mirror, file.name).symlink_to(file.resolve())
                return cls(tantivy.Index.open(mirror))
        except (ValueError, OSError) as exc:
            raise _unreadable(folder) from exc

    def __init__(self, index: tantivy.Index) -> None:
        index.config_reader("manual")  # a library is never written to again
        self._schema = index.schema
        self._searcher = index.searcher()

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(
        self,
        terms: Iterable[str] | Mapping[str, float],
        k: int,
        where: Filter | None = None,
        boosts: FieldBoosts = BOOSTS,
    ) -> list[Hit]:
        """The k best rows that hold any of the terms and pass the filter; best first, ties by row.

        `terms` are tokens, each counted once, or tokens with their weights (> 0). No terms, or none that occurs: [].
        Of more than MAX_TERMS the rarest are searched.
        """
        import tantivy

        weights = dict(terms) if isinstance(terms, Mapping) else dict.fromkeys(terms, 1.0)
        clauses = [
            (tantivy.Occur.Should, self._term(name, term, weight * boost))
            for name, boost in ((each.name, getattr(boosts, each.name)) for each in fields(boosts))
            for term, weight in self._rarest(weights).items()
            if weight * boost > 0
        ]
        if not clauses or k < 1:
            return []
        query = tantivy.Query.boolean_query(clauses)
        if where:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *self._filters(where)])
        found = self._searcher.search(query, k, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in found])
        # tantivy adds up a row's terms in an order that depends on its neighbours: equal rows differ in the last bits
        hits = [Hit(int(row or 0), round(float(score), 4)) for row, (score, _) in zip(rows, found, strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.row))

    def rarity(self, token: str) -> float:
        """BM25's inverse document frequency of a token among the chunks' bodies: ln(1 + (N - n + 0.5) / (n + 0.5))."""
        total = len(self)
        return math.log(1 + (total - (n := self._searcher.doc_freq("body", token)) + 0.5) / (n + 0.5))

    def _rarest(self, weights: Mapping[str, float]) -> Mapping[str, float]:
        if len(weights) <= MAX_TERMS:
            return weights
        rarest = sorted(weights, key=lambda term: self._searcher.doc_freq("body", term) or len(self))[:MAX_TERMS]
        return {term: weights[term] for term in rarest}

    def _term(self, name: str, term: str, weight: float) -> tantivy.Query:
        import tantivy

        query = tantivy.Query.term_query(self._schema, name, term, "freq")
        return query if weight == 1.0 else tantivy.Query.boost_query(query, weight)

    def _filters(self, where: Filter) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        """One clause a key: it must match, and adds nothing to the score."""
        import tantivy

        clauses = []
        for each in fields(where):
            if allowed := getattr(where, each.name):
                facets = [f"{each.name}={_word(value)}" for value in allowed]
                query = tantivy.Query.term_set_query(self._schema, "facet", facets)
                clauses.append((tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)))
        return clauses


def is_lock(file: Path) -> bool:
    """Whether a file of an index's folder is but a lock of tantivy's: empty, made anew when the folder is opened."""
    return file.name.startswith(".tantivy")


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder().add_unsigned_field("row", fast=True)
    for name in _FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.add_text_field("facet", tokenizer_name="raw", index_option="basic").build()


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except ValueError as exc:  # tantivy's word for a full disk
        raise OSError(f"{folder}: {exc}") from exc


def _document(row: LexicalRow, recipe: TokenRecipe) -> tantivy.Document:
    import tantivy

    document = tantivy.Document()
    document.add_unsigned("row", row.row)
    for name in _FIELDS:
        document.add_text(name, " ".join(tokens(getattr(row, name), recipe)))
    for facet in _facets(row.facets):
        document.add_text("facet", facet)
    return document


def _facets(facets: Facets) -> Iterable[str]:
    """The facets as exact terms, under the names of the filter's keys."""
    for name, values in (
        ("notice_ids", (facets.notice_id,)),
        ("cities", (facets.city,)),
        ("counties", (facets.county,)),
        ("authorities", facets.authorities or ("",)),
        ("years", (facets.year,)),
        ("document_types", (facets.document_type,)),
        ("document_numbers", (facets.document_number,)),
        ("kinds", (facets.kind,)),
    ):
        for value in values:
            yield f"{name}={_word(value)}"


def _word(value: str | int | None) -> str:
    return "" if value is None else str(value)


def _unreadable(folder: Path) -> LibraryMismatch | LibraryDamaged:
    import tantivy

    try:
        compatible = tantivy.Index.is_compatible(str(folder))
    except ValueError:
        compatible = True  # not an index at all
    if not compatible:
        return LibraryMismatch(f"{folder} 是另一版本的 tantivy 建立的词索引。请重新运行 `wenzheng index`。")
    return LibraryDamaged(f"{folder} 不是完好的词索引。请重新运行 `wenzheng index`。")

"""One library generation, open for questions: its engines, and what is read off it once."""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache, reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING

from index.cross import SHIPPED, CrossReader
from index.english import romanised
from index.hits import Filter
from index.lsa import LatentSemanticEmbedder
from index.named import Titles
from index.nearness import Nearness
from index.pieces import Cutter
from index.places import known_cities
from index.query import Gazetteer
from index.records import Card, Notice, NoticeKind, Provision, Validity
from index.spelling import Speller, Vocabulary, is_word
from index.thesaurus import Thesaurus
from index.thesaurus import load as load_thesaurus
from index.tokens import RECIPE
from index.validity import validity_among

if TYPE_CHECKING:
    from index.catalogue import Catalogue
    from index.dense import DenseIndex, Rows
    from index.embed import Embedder
    from index.lexical import LexicalIndex
    from index.library import Library
    from index.originals import Originals
    from index.pieces import PieceStore
    from index.sentences import SentenceVectors

LATENT_SEMANTICS = "lsa"  # the embedder that is fitted on the library itself
CONTEXTUAL, STATIC = "contextual", "static"  # those that come with wenzheng
_SOURCES_KEPT = 512  # whose pages are kept
_CITIES_KEPT = 16  # whose rows are kept, a byte each: 16 MB of a million
# natural logarithms of the share of a term of the thesaurus, of a city of China, of a city and a county of the library
_SPOKEN, _CITY, _CITY_HERE, _COUNTY = -13.0, -11.0, -6.0, -9.0
GAZETTEER = "gazetteer"  # key of the catalogue's meta table: the places, read off the notices when it was built


def tokeniser_name() -> str:
    """How this program cuts texts, for words and for pieces."""
    return f"{RECIPE.name}+{Cutter.load().name}"


class Holdings:
    """A generation and its engines, each opened with the first question that needs it. Safe with threads.

    Raises LibraryMismatch where the library was built by another embedder or tokeniser than is asked for.
    """

    def __init__(
        self,
        library: Library,
        embedder: Embedder | None = None,
        own_words: Path | None = None,
        own_reader: Path = SHIPPED,
    ) -> None:
        """`embedder`: None for the latent-semantic one that lies in the library; `own_words`: a thesaurus folder;
        `own_reader`: the folder of a reader (index/cross.py).
        """
        self._own_words = own_words
        self._own_reader = own_reader
        self.library = library
        if embedder is None and not library.files.embedder.is_dir():  # another embedder made its vectors
            library.require(tokeniser=library.manifest.tokeniser, embedder=LATENT_SEMANTICS)
        self.embedder: Embedder = embedder or LatentSemanticEmbedder.load(library.files.embedder)
        library.require(tokeniser=tokeniser_name(), embedder=self.embedder.name)
        self._page_starts = lru_cache(_SOURCES_KEPT)(self._read_page_starts)
        self._rows_of_city = lru_cache(_CITIES_KEPT)(self._read_rows_of_city)

    @property
    def id(self) -> str:
        """The library id that every answer carries."""
        return self.library.manifest.id

    @property
    def chunks(self) -> int:
        """How many there are."""
        return self.library.manifest.counts["chunks"]

    @property
    def built_s(self) -> float:
        """When the generation was written, in seconds since 1970."""
        return self.library.files.manifest.stat().st_mtime

    @property
    def catalogue(self) -> Catalogue:
        return self.library.catalogue

    @property
    def originals(self) -> Originals:
        return self.library.originals

    @property
    def words(self) -> LexicalIndex:
        return self.library.lexical

    @property
    def pieces(self) -> PieceStore:
        return self.library.pieces

    @property
    def nearness(self) -> Nearness:
        return Nearness.load()

    @property
    def reader(self) -> CrossReader:
        return CrossReader.load(self._own_reader)

    @property
    def vectors(self) -> DenseIndex:
        return self.library.dense

    @property
    def sentences(self) -> SentenceVectors:
        return self.library.sentences

    @cached_property
    def thesaurus(self) -> Thesaurus:
        return load_thesaurus(own=self._own_words)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        cities, counties = json.loads(self.catalogue.meta().get(GAZETTEER, "[{}, {}]"))
        return Gazetteer(cities, counties).completed()

    @cached_property
    def speller(self) -> Speller:
        """Knows the pieces that occur in the library, and its places."""
        return Speller(self._vocabulary())

    @cached_property
    def typist(self) -> Speller:
        """Knows all words that people say, by their sound, for what is typed in letters alone."""
        vocabulary = self._vocabulary()
        return Speller(replace(vocabulary, meant=frozenset(filter(is_word, vocabulary.shares))))

    @cached_property
    def places_in_letters(self) -> dict[str, str]:
        """The places of the library by how they are written in English: datong → 大同市."""
        return romanised(dict.fromkeys((*self.gazetteer.cities.values(), *self.gazetteer.counties)))

    def _vocabulary(self) -> Vocabulary:
        """Pieces by their share in general and here; what people say besides is known, but never meant."""
        pieces = Cutter.load().shares()
        counts = self.pieces.counts(len(pieces))
        whole = max(1, int(counts.sum()))
        shares = {
            piece: math.log((math.exp(share) + count / whole) / 2)
            for (piece, share), count in zip(pieces.items(), counts.tolist(), strict=True)
            if is_word(piece)
        }
        held = {piece for piece, count in zip(pieces, counts.tolist(), strict=True) if count and len(piece) > 1}
        spoken = set(self.thesaurus.words())
        known = dict.fromkeys((word for word in spoken if is_word(word)), _SPOKEN) | dict.fromkeys(
            known_cities(), _CITY
        )
        gazetteer, titles = self.gazetteer, self.titles.titles.values()  # “工抵房” is in no word list
        places = dict.fromkeys(gazetteer.counties, _COUNTY) | dict.fromkeys(gazetteer.cities, _CITY_HERE)
        return Vocabulary(
            shares={**known, **shares, **places},
            meant=frozenset({word for word in held if word in shares} | places.keys()),
            places=frozenset(places),
            pairs=frozenset(text[at : at + 2] for text in (*spoken, *titles) for at in range(len(text) - 1)),
        )

    @cached_property
    def titles(self) -> Titles:
        """What the notices are called."""
        cards = self.catalogue.cards()
        return Titles({card.id: card.title for card in cards}, {card.id: card.document_number for card in cards})

    @cached_property
    def document_numbers(self) -> frozenset[str]:
        """The 文号 of the notices, canonical."""
        return frozenset(self.catalogue.document_numbers())

    @cached_property
    def by_city(self) -> dict[str, tuple[int, date | None]]:
        """Of each city ("": of none), how many notices proper there are, and the newest date."""
        return self.catalogue.by_city(NoticeKind.NOTICE)

    @cached_property
    def newest(self) -> dict[str, Card]:
        """Of each city that bears a date the newest notice proper; of several, the first."""
        found: dict[str, Card] = {}
        for card in self.catalogue.cards():
            day = card.signed_on if card.kind == NoticeKind.NOTICE else None
            known = found.get(card.city)
            if day and (known is None or not known.signed_on or day > known.signed_on):
                found[card.city] = card
        return found

    def searched(self, scope: Collection[str]) -> tuple[int, date | None]:
        """How many notices proper there are of these places (none: of all), and the newest date."""
        found = [each for city, each in self.by_city.items() if not scope or city in scope]
        return sum(n for n, _ in found), max((day for _, day in found if day), default=None)

    def allowed(self, where: Filter) -> Rows:
        """Which rows pass a filter (bool, one a row); each city's are kept, since a place is what most filters name."""
        if where.cities and where == Filter(cities=where.cities):
            return reduce(or_, map(self._rows_of_city, sorted(where.cities)))
        return self._rows(where)

    def _rows(self, where: Filter) -> Rows:
        from index.dense import mask

        return mask(self.catalogue.rows(where), len(self.vectors))

    def _read_rows_of_city(self, city: str) -> Rows:
        return self._rows(Filter(cities=frozenset({city})))

    def provisions(self, notice_id: str) -> tuple[Provision, ...]:
        """A notice's tree, in reading order."""
        return self.catalogue.provisions(notice_id)

    def page_of(self, source: str, offset: int) -> int | None:
        """The page, from 1, on which a source offset lies; None for formats without pages."""
        starts = self._page_starts(source)
        return bisect_right(starts, offset) or None if starts else None

    def validity(self, notice: Notice, on: date) -> Validity:
        """How a notice stands on a day, as far as this library knows; an explainer as the notice that it explains."""
        return validity_among(self.catalogue, notice, on)

    def lapsed(self, notice: Notice, on: date) -> bool:
        """Whether a notice no longer held on a day: its term was over, or a notice of this library had repealed it."""
        return self.validity(notice, on).over

    def _read_page_starts(self, source: str) -> tuple[int, ...]:
        return self.catalogue.page_starts(source)

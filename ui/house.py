"""What every face stands on: a library that can be looked into, an answerer, and what the desks keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from index.records import Card, Document, Notice, Passage, Provision, Relation
from qa.records import Answer, Draft, Question
from qa.settings import Settings
from ui.accounts import Accounts
from ui.limits import Limit
from ui.metrics import Metrics
from ui.store import Store
from ui.upkeep import Upkeep


class Catalogue(Protocol):
    """What the pages read of a library. KeyError for a notice or a document that it does not hold."""

    def cards(self) -> Iterable[Card]: ...

    def notice(self, notice_id: str, /) -> Notice: ...

    def provisions(self, notice_id: str, /) -> Sequence[Provision]: ...

    def relations(self, notice_id: str, /) -> Sequence[Relation]: ...

    def document(self, source: str, /) -> Document: ...


class Originals(Protocol):
    """Copies of the files that were indexed, by sha256."""

    def size(self, sha256: str, /) -> int | None:
        """In bytes; None where no copy is kept."""

    def open(self, sha256: str, /) -> BinaryIO:
        """To be read and closed. KeyError where no copy is kept, LibraryDamaged where it is not what it was."""


class Library(Protocol):
    """A generation of a library; `id` changes with each, `built_s` is in seconds since 1970."""

    @property
    def id(self) -> str: ...

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def chunks(self) -> int: ...

    @property
    def built_s(self) -> float: ...

    @property
    def originals(self) -> Originals: ...


class Finder(Protocol):
    """The search story."""

    def retrieve(self, text: str, k: int = 10, place: str = "") -> Sequence[Passage]: ...


class PageAnswerer(Protocol):
    """An answerer over a library that can be looked into; all of it follows the newest generation."""

    @property
    def name(self) -> str: ...

    @property
    def library(self) -> Library: ...

    @property
    def retriever(self) -> Finder: ...

    def answer(self, question: Question, k: int = 10) -> Answer: ...

    def stream(self, question: Question, k: int = 10) -> Iterator[Draft | Answer]: ...


@dataclass(frozen=True, slots=True)
class House:
    """Given to whoever makes routes. Safe to share by threads."""

    answerer: PageAnswerer
    store: Store
    accounts: Accounts
    settings: Settings
    limit: Limit = field(default_factory=lambda: Limit(0))  # how often one address may ask
    metrics: Metrics = field(default_factory=Metrics)
    upkeep: Upkeep = field(default_factory=Upkeep)  # what is deleted in time

    @property
    def catalogue(self) -> Catalogue:
        """Of the generation that answers now."""
        return self.answerer.library.catalogue

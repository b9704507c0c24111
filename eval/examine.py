"""One question asked of an answerer, and what came of it as scores are made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

from eval.cases import Sources
from eval.records import BadQuestions, Case, Cited, Found, Outcome, Stretch
from index.errors import WenzhengError
from index.places import known_cities
from index.records import Document, Notice
from index.text import normal
from qa.records import Answer, Answerer, Question

if TYPE_CHECKING:
    from index.holdings import Holdings


class Shelf(Protocol):
    """What is asked of a library beside answers. Read once, before the first question."""

    def document(self, source: str) -> Document:
        """The document of that name. KeyError where the library has none."""

    def notices(self, source: str) -> Sequence[Notice]:
        """The notices of a source, in reading order."""

    def lapsed(self, notice: Notice, on: date) -> bool:
        """Whether the notice was repealed or had expired on a day, as far as the library knows."""

    @property
    def cities(self) -> Mapping[str, str]:
        """What people call the cities of the library → the city: 大同 → 大同市."""


@dataclass(frozen=True, slots=True)
class LibraryShelf:
    """A Shelf over a library generation."""

    holdings: Holdings

    def document(self, source: str) -> Document:
        return self.holdings.catalogue.document(source)

    def notices(self, source: str) -> Sequence[Notice]:
        return tuple(self.holdings.catalogue.notices(source=source))

    def lapsed(self, notice: Notice, on: date) -> bool:
        return self.holdings.lapsed(notice, on)

    @property
    def cities(self) -> Mapping[str, str]:
        return self.holdings.gazetteer.cities


class Examiner:
    """Asks one answerer, and knows where the evidence stands and which cities a question is about.

    Raises BadQuestions, before anything is asked, where a case's evidence does not stand in the library.
    """

    def __init__(self, answerer: Answerer, shelf: Shelf, cases: Sequence[Case], k: int) -> None:
        self.answerer, self._shelf, self._k = answerer, shelf, k
        sources = library_sources(shelf, cases)
        self._evidence = {case.id: sources.locate(case) for case in cases}
        names = dict.fromkeys(place.source for evidence in self._evidence.values() for place in evidence)
        self._notices = [(notice.source_span(), notice) for name in names for notice in shelf.notices(name)]

    def examine(self, case: Case) -> tuple[Outcome, float]:
        """The outcome and the milliseconds it took. An answerer that raises a WenzhengError fails this case alone."""
        question = Question(case.question, case.history, case.asked_on)
        began = perf_counter()
        try:
            answer = self.answerer.answer(question, self._k)
        except WenzhengError as exc:
            elapsed_ms = (perf_counter() - began) * 1000
            failed = Outcome(case, self._evidence[case.id], (), None, "", answerer=self.answerer.name, error=str(exc))
            return failed, elapsed_ms
        elapsed_ms = (perf_counter() - began) * 1000
        return self._outcome(case, answer), elapsed_ms

    def _outcome(self, case: Case, answer: Answer) -> Outcome:
        evidence = self._evidence[case.id]
        return Outcome(
            case=case,
            evidence=evidence,
            cities=self.cities(case),
            status=answer.status,
            text=answer.text,
            citations=tuple(
                Cited(
                    marker=citation.marker,
                    place=Stretch(citation.notice.source, citation.source_span),
                    quote=citation.quote,
                    notice=citation.notice.title,
                    document_number=citation.notice.document_number,
                    address=citation.address,
                    city=citation.notice.place.city,
                    lapsed=self._shelf.lapsed(citation.notice, case.asked_on),
                )
                for citation in answer.citations
            ),
            passages=tuple(
                Found(Stretch(p.notice.source, p.source_span), p.score, p.notice.title, p.chunk.address, p.text.strip())
                for p in answer.passages
            ),
            confidence=answer.confidence,
            answerable=answer.answerable,
            answerer=answer.answerer,
        )

    def cities(self, case: Case) -> tuple[str, ...]:
        """Those of the evidence, and those that the question names; without evidence, those named before it, too."""
        evidence = self._evidence[case.id]
        held = {
            notice.place.city
            for place in evidence
            for span, notice in self._notices
            if notice.source == place.source and span.overlap(place.span) and notice.place.city
        }
        asked = (case.question,) if evidence else (*case.history, case.question)
        return tuple(sorted(held | named_cities("\n".join(asked), self._shelf.cities)))


def named_cities(text: str, cities: Mapping[str, str]) -> set[str]:
    """The cities that a text names: those of the library, and any other of China, with 市."""
    plain = normal(text)
    found = {city for name, city in cities.items() if name in plain}
    others = (name for name in known_cities() if name not in cities)
    return found | {f"{name}市" for name in others if (f"{name}市" if known_cities()[name] else name) in plain}


def library_sources(shelf: Shelf, cases: Sequence[Case]) -> Sources:
    """The texts that the cases quote. Raises BadQuestions, naming every source that the library does not hold."""
    names = dict.fromkeys(evidence.source for case in cases for evidence in case.evidence)
    documents: dict[str, Document] = {}
    for name in names:
        with suppress(KeyError):
            documents[name] = shelf.document(name)
    absent = [name for name in names if name not in documents]
    if absent:
        raise BadQuestions(
            f"库里没有题目所依据的 {'、'.join(absent)}。考随附的五份公报，请先运行 wenzheng index；"
            "考自己的文件，请用 --questions 指定为它们出的题。"
        )
    return Sources({name: document.text for name, document in documents.items()})

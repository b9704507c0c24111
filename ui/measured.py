"""An answerer that is counted: the same answers, with their number, status and seconds kept by face."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import cast

from qa.records import Answer, Draft, Question
from ui.house import Finder, House, Library, PageAnswerer
from ui.metrics import Metrics


def counted(house: House, face: str) -> House:
    """The same house, with what is asked in it counted for one face: page, desk, api."""
    return replace(house, answerer=Measured(house.answerer, house.metrics, face))


@dataclass(frozen=True, slots=True)
class Measured:
    """A PageAnswerer that stands before another, for one face: page, desk, api."""

    answerer: PageAnswerer
    metrics: Metrics
    face: str

    @property
    def name(self) -> str:
        return self.answerer.name

    @property
    def library(self) -> Library:
        return self.answerer.library

    @property
    def retriever(self) -> Finder:
        return self.answerer.retriever

    def answer(self, question: Question, k: int = 10) -> Answer:
        began = time.perf_counter()
        try:
            answer = self.answerer.answer(question, k)
        except Exception:
            self.metrics.failed(self.face)
            raise
        self.metrics.answered(self.face, answer.status, time.perf_counter() - began)
        return answer

    def stream(self, question: Question, k: int = 10) -> Iterator[Draft | Answer]:
        """As the answerer's own. Who leaves before the end is counted as such."""
        began, ended = time.perf_counter(), False
        try:
            with closing(cast("Generator[Draft | Answer]", self.answerer.stream(question, k))) as steps:
                for step in steps:
                    if isinstance(step, Answer):
                        ended = True
                        self.metrics.answered(self.face, step.status, time.perf_counter() - began)
                    yield step
        except GeneratorExit:
            if not ended:
                self.metrics.left(self.face)
            raise
        except Exception:
            self.metrics.failed(self.face)
            raise

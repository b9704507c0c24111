"""What the tests of programs lean on: a handler by hand, an application, an answer that is being written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from threading import Event
from typing import Any

from fastapi import FastAPI

from qa.records import Answer, Draft, Question
from tests.page_samples import PlayedAnswerer, corpus_answerer
from ui.api import application
from ui.house import House
from ui.records import Reply, Route, Visit
from ui.web import routes


class WritingAnswerer(PlayedAnswerer):
    """As PlayedAnswerer; a question with 写 in it is written for as long as it may not end, one with 坏 breaks off."""

    may_end: Event
    left: Event

    @classmethod
    def of_corpus(cls) -> WritingAnswerer:
        played = corpus_answerer()
        made = cls(played.library, played.script)
        made.may_end, made.left = Event(), Event()
        return made

    def stream(self, question: Question, k: int = 10) -> Iterator[Draft | Answer]:
        answer = self.answer(question, k)
        first = answer.text.find("；") + 1
        try:
            if "坏" in question.text:
                yield Draft(answer.text[:first], answer.citations[:1])
                raise RuntimeError(question.text)
            while "写" in question.text and not self.may_end.wait(0.05):
                yield Draft(answer.text[:first], answer.citations[:1])
        except GeneratorExit:
            self.left.set()
            raise
        yield answer


def handler_of(made: Sequence[Route], method: str, path: str) -> Any:
    """What answers there."""
    (route,) = (route for route in made if (route.method, route.path) == (method, path))
    return route.handler


def post(made: Sequence[Route], path: str, body: object, **visit: str) -> Reply:
    """What a handler says to a JSON body, without a server."""
    reply: Reply = handler_of(made, "POST", path)(Visit(json=body, **visit))  # type: ignore[arg-type]
    return reply


def read(reply: Reply) -> Any:
    """The JSON of a reply."""
    assert isinstance(reply.body, str)
    return json.loads(reply.body)


def read_events(text: str) -> list[tuple[str, Any]]:
    """(event, data) of an event stream; the data as JSON where it is JSON."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if lines:
            data = lines["data"]
            found.append((lines.get("event", ""), data if data == "[DONE]" else json.loads(data)))
    return found


def plain_app(house: House, at_once: int = 0) -> FastAPI:
    """All routes but the citizen's page, which takes a second to draw."""
    return application(routes(house), house.accounts.of_session, house.limit, house.metrics.refused, at_once)

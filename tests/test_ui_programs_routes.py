"""The handlers of /api/…, without a server: what is asked, what comes back, what is wrong with a field."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.page_samples import bundled, house
from tests.program_samples import WritingAnswerer, handler_of, post, read, read_events
from tests.ui_samples import PASSAGE
from ui.programs.routes import routes
from ui.records import EVENTS, JSON, Route, Turned, Visit
from ui.render import answer_json, passage_json


@pytest.fixture
def answerer() -> WritingAnswerer:
    return WritingAnswerer.of_corpus()


@pytest.fixture
def made(answerer: WritingAnswerer, tmp_path: Path) -> Sequence[Route]:
    return routes(house(answerer, tmp_path))


def test_an_answer_is_the_object_of_the_command_line(made: Sequence[Route], answerer: WritingAnswerer) -> None:
    sent = {"question": "火化费能减免多少？", "history": ["殡葬"], "place": "大同市", "asked_on": "2024-07-01", "k": 3}
    reply = post(made, "/api/ask", sent)
    (asked,) = answerer.asked
    assert (asked.text, asked.history, asked.place) == ("火化费能减免多少？", ("殡葬",), "大同市")
    assert asked.asked_on.isoformat() == "2024-07-01"
    assert (reply.status, reply.kind) == (200, JSON)
    assert read(reply) == answer_json(answerer.answer(asked))
    assert read(reply)["citations"][0]["quote"] == "遗体火化费。普通火化炉400元/具。"


@pytest.mark.parametrize("path", ["/api/ask", "/api/search"])
@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "question"),
        ({"question": "问", "history": [1]}, "history"),
        ({"question": "问", "place": []}, "place"),
        ({"question": "问", "asked_on": "2024-13-01"}, "asked_on"),
        ({"question": "问", "k": 1000}, "k"),
    ],
)
def test_a_bad_field_is_told_by_its_name(made: Sequence[Route], path: str, sent: object, field: str) -> None:
    reply = post(made, path, sent)
    assert reply.status == 400
    assert read(reply)["field"] == field
    assert field in read(reply)["error"]


@pytest.mark.parametrize("sent", [None, [], "问", 5])
def test_what_is_no_object_is_shown_how_to_be_one(made: Sequence[Route], sent: object) -> None:
    with pytest.raises(Turned, match="Content-Type: application/json") as caught:
        post(made, "/api/ask", sent)
    assert caught.value.status == 400


@pytest.mark.parametrize(("stream", "accept"), [(True, "*/*"), (False, "text/event-stream")])
def test_a_stream_shows_each_draft_once_and_ends_with_the_answer(
    made: Sequence[Route], answerer: WritingAnswerer, stream: bool, accept: str
) -> None:
    reply = post(made, "/api/ask", {"question": "写一写火化费", "stream": stream}, accept=accept)
    assert reply.kind == EVENTS
    pieces = iter(reply.body)
    first, second, third = (str(next(pieces)) for _ in range(3))
    assert read_events(first)[0][0] == "draft"
    assert read_events(first)[0][1]["answer"] == "普通火化炉火化费减免400元/具[1]；"
    assert [citation["marker"] for citation in read_events(first)[0][1]["citations"]] == [1]
    assert second == third == ": 正在查找\n\n"
    answerer.may_end.set()
    *_, last = map(str, pieces)
    ((name, answer),) = read_events(last)
    assert (name, answer["status"], answer["question"]) == ("answer", "answered", "写一写火化费")


def test_who_leaves_a_stream_stops_the_writing(made: Sequence[Route], answerer: WritingAnswerer) -> None:
    reply = post(made, "/api/ask", {"question": "写一写火化费", "stream": True})
    next(reply.body)  # type: ignore[arg-type]
    reply.body.close()  # type: ignore[union-attr]
    assert answerer.left.is_set()


def test_a_stream_that_breaks_says_so_without_the_question(
    made: Sequence[Route], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        reply = post(made, "/api/ask", {"question": "火化费坏了 140203199001011234", "stream": True})
        names = [name for name, _ in read_events("".join(map(str, reply.body)))]
    assert names == ["draft", "error"]
    assert "RuntimeError at " in caplog.text
    assert "140203" not in caplog.text


def test_a_search_gives_passages_as_the_command_line_does(made: Sequence[Route], answerer: WritingAnswerer) -> None:
    asked = []

    class Finder:
        def retrieve(self, text: str, k: int = 10, place: str = "") -> Sequence[object]:
            asked.append((text, k, place))
            return [PASSAGE]

    answerer.retriever = Finder()  # type: ignore[assignment]
    reply = post(made, "/api/search", {"question": "报警器", "k": 4, "place": "大同市"})
    assert asked == [("报警器", 4, "大同市")]
    assert read(reply) == {"library": "sample", "passages": [passage_json(PASSAGE)]}


def test_notices_come_in_pages_in_the_order_of_their_sources(made: Sequence[Route]) -> None:
    whole = read(post(made, "/api/notices", None))
    assert whole["total"] == len(bundled()) + 1  # a hostile one
    assert [each["title"] for each in whole["notices"][:3]] == [notice.title for notice in bundled()[:3]]
    page = read(post(made, "/api/notices", {"offset": 2, "limit": 3}))
    assert page["notices"] == whole["notices"][2:5]
    assert page["total"] == whole["total"]
    assert read(post(made, "/api/notices", {"offset": 1_000}))["notices"] == []


def test_notices_of_a_place_by_query(made: Sequence[Route]) -> None:
    listed = handler_of(made, "GET", "/api/notices")
    found = read(listed(Visit(query={"place": "大同市", "limit": "2"})))
    assert [notice["place"][:3] for notice in found["notices"]] == ["大同市"] * 2
    assert found["total"] == sum(notice.place.city == "大同市" for notice in bundled())
    for value in ("0", "-1", "x", "１", "9" * 20, ""):
        refused = listed(Visit(query={"limit": value}))
        assert (refused.status, read(refused)["field"]) == (400, "limit")

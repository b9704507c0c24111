"""The plain pages and the doors, without a browser."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.page_samples import (
    SampleCatalogue,
    SampleLibrary,
    bundled,
    corpus_answerer,
    gazettes,
    hostile_document,
    hostile_notice,
    house,
    notice_titled,
)
from tests.program_samples import plain_app
from ui import api
from ui.api import application
from ui.doors import whereabouts
from ui.reader.routes import routes
from ui.records import JSON, Reply, Route, Visit, Who

FUNERAL = "254ab3f2b5f4e7ff"


@pytest.fixture(scope="module")
def app() -> FastAPI:
    catalogue = SampleCatalogue((*bundled(), hostile_notice()), (*gazettes(), hostile_document()))
    return application(routes(lambda: SampleLibrary(catalogue)))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_a_notice_opens_with_its_cited_words(client: TestClient) -> None:
    notice = notice_titled("惠民殡葬")
    start = notice.text.index("普通火化炉400元/具")
    reply = client.get(f"/notice/{notice.id}?s={start}&e={start + 11}")
    assert reply.status_code == 200
    assert ">普通火化炉400元/具</mark>" in reply.text
    assert "解读</span>" in reply.text  # its explainer, under 相关
    original = client.get(f"/notice/{notice.id}/original?s={start}&e={start + 11}")
    assert ">普通火化炉400元/具</mark>" in original.text


@pytest.mark.parametrize("query", ["", "?s=1", "?s=a&e=b", "?s=-1&e=5", "?s=9&e=3", "?s=１&e=９", f"?s=0&e={'9' * 30}"])
def test_a_span_that_is_none_marks_nothing(client: TestClient, query: str) -> None:
    reply = client.get(f"/notice/{FUNERAL}{query}")
    assert reply.status_code == 200
    assert "<mark" not in reply.text


@pytest.mark.parametrize("path", ["/notice/gone", *(f"/notice/gone/{part}" for part in ("original", "file", "text"))])
def test_a_notice_that_is_gone_is_explained(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 404
    assert "没有找到这份文件" in reply.text


def test_plain_pages_may_run_no_script_but_their_own(client: TestClient) -> None:
    for path in (f"/notice/{FUNERAL}", "/ui/page.js", "/notice/gone"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    ["/docs", "/openapi.json", "/config", "/notice/", "/notice/a/b", "/ui/../api.py", "/ui/%2e%2e/api.py", "/ui", "//"],
)
def test_any_other_address_is_closed(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 404
    assert "def " not in reply.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_pages_are_only_read(client: TestClient, method: str) -> None:
    assert client.request(method, f"/notice/{FUNERAL}").status_code == 404


def test_too_much_is_not_taken_in(client: TestClient) -> None:
    assert client.post("/gradio_api/queue/join", content=b"x" * 1_000_001).status_code == 413
    assert client.post("/gradio_api/queue/join", content=iter([b"x"])).status_code == 411


def test_a_fault_is_told_politely_and_logged_without_its_message(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> SampleLibrary:
        raise RuntimeError("secret 140203199001011234")

    with (
        caplog.at_level(logging.ERROR),
        TestClient(application(routes(broken)), raise_server_exceptions=False) as client,
    ):
        reply = client.get("/notice/a")
    assert reply.status_code == 500
    assert "服务出了问题，请稍后再试。急事请拨打 12345。" in reply.text
    assert "RuntimeError at " in caplog.text
    assert "secret" not in caplog.text


def test_whereabouts_names_type_and_place() -> None:
    try:
        int("身份证")
    except ValueError as exc:
        said = whereabouts(exc)
    assert said.startswith("ValueError at ")
    assert "test_ui_api.py:" in said
    assert "身份证" not in said


# ── a few at a time ─────────────────────────────────────────────────────────────────────────────────────────────


def test_questions_are_handled_a_few_at_a_time_and_hold_no_page_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_MOST_WAITING", 2)
    may_end, at_work, most = Event(), [0], [0]

    def ask(_: Visit) -> Reply:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        may_end.wait(20)
        at_work[0] -= 1
        return Reply("{}", kind=JSON)

    refused: list[str] = []
    asking = Route("POST", "/ask", Who.ANYONE, ask, asks=True)
    reading = Route("GET", "/read", Who.ANYONE, lambda _: Reply("page"))
    app = application((asking, reading), refused=refused.append, at_once=2)

    async def everybody() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            asked = []
            for _ in range(6):
                asked.append(asyncio.create_task(client.post("/ask", json={})))
                await asyncio.sleep(0.05)
            page = await client.get("/read")
            may_end.set()
            return [page, *await asyncio.gather(*asked)]

    page, *replies = asyncio.run(everybody())
    assert (page.status_code, page.text) == (200, "page")
    assert [reply.status_code for reply in replies] == [200, 200, 200, 200, 503, 503]
    assert replies[-1].headers["retry-after"] == "5"
    assert "同时提问的人太多" in replies[-1].json()["error"]
    assert refused == ["busy", "busy"]
    assert most == [2]


def test_a_program_sends_a_hundred_kilobytes_and_says_so(tmp_path: Path) -> None:
    kind = {"content-type": "application/json"}
    with TestClient(plain_app(house(corpus_answerer(), tmp_path)), raise_server_exceptions=False) as client:
        for path in ("/api/ask", "/api/search", "/api/notices", "/v1/chat/completions"):
            assert client.post(path, content=b" " * 100_001, headers=kind).status_code == 413
            assert client.post(path, content=iter([b"{}"]), headers=kind).status_code == 411


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b"[" * 90_000, "读不懂"),
        (b"{", "读不懂"),
        (b'{"question": "\xff"}', "读不懂"),
        (b'{"question": ' + b"9" * 5_000 + b"}", "读不懂"),
        (b"", "请发一个 JSON 对象"),
        (b"[]", "请发一个 JSON 对象"),
        (b'{"question": NaN}', "question"),
    ],
)
def test_what_is_no_json_object_is_refused_in_words(sent: bytes, says: str, tmp_path: Path) -> None:
    app = plain_app(house(corpus_answerer(), tmp_path))
    with TestClient(app, raise_server_exceptions=False) as client:
        reply = client.post("/api/ask", content=sent, headers={"content-type": "application/json; charset=utf-8"})
        chat = client.post("/v1/chat/completions", content=sent, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert says in reply.json()["error"]
    assert chat.status_code in (400, 404)
    assert chat.json()["error"]["type"] == "invalid_request_error"
    assert reply.headers["cache-control"] == "no-store"

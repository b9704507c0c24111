"""Who asks too much is asked to wait: at the doors, in the citizen's page, and not on the desks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.browser import Visitor, running, serving
from tests.page_samples import corpus_answerer, house
from tests.program_samples import plain_app
from ui.house import House
from ui.records import COOKIE, Role
from ui.web import build_app

ASK = {"question": "火化费能减免多少？"}
CHAT = {"model": "wenzheng", "messages": [{"role": "user", "content": "火化费"}]}


@pytest.fixture
def asked(tmp_path: Path) -> House:
    return house(corpus_answerer(), tmp_path, asks_per_minute=3)


@pytest.fixture
def client(asked: House) -> Iterator[TestClient]:
    with TestClient(plain_app(asked), raise_server_exceptions=False) as client:
        yield client


def test_the_fourth_question_of_a_minute_has_to_wait_wherever_it_is_asked(client: TestClient, asked: House) -> None:
    paths = ("/api/ask", "/api/search", "/api/ask")
    assert [client.post(path, json=ASK).status_code for path in paths] == [200] * 3
    refused = client.post("/api/ask", json=ASK)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert "您问得有点快，请过" in refused.json()["error"]
    chat = client.post("/v1/chat/completions", json=CHAT)
    assert (chat.status_code, chat.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert chat.headers["retry-after"]
    assert 'wenzheng_refused_total{why="limit"} 2.0' in asked.metrics.text(None)


def test_reading_is_not_asking(client: TestClient) -> None:
    for _ in range(5):
        assert client.get("/api/notices?limit=1").status_code == 200
        assert client.get("/v1/models").status_code == 200
        assert client.get("/healthz").status_code == 200


def test_bad_requests_count_too(client: TestClient) -> None:
    assert [client.post("/api/ask", json={}).status_code for _ in range(4)] == [400, 400, 400, 429]


def test_who_is_signed_in_asks_as_often_as_they_like(client: TestClient, asked: House) -> None:
    account = asked.accounts.add("坐席一", Role.AGENT, "一个很长的口令：甲乙丙丁")
    cookie = asked.accounts.enter(account.name, "一个很长的口令：甲乙丙丁", "here")
    sent = {"cookie": f"other=1; {COOKIE}={cookie}"}
    assert {client.post("/api/ask", json=ASK, headers=sent).status_code for _ in range(6)} == {200}
    assert client.post("/api/ask", json=ASK).status_code == 429
    for odd in (f"{COOKIE}=nobody", f"{COOKIE}=", 'x="', "\x80=\x81"):
        assert client.post("/api/ask", json=ASK, headers={b"cookie": odd.encode("latin-1")}).status_code == 429


def test_the_queue_of_the_page_is_bounded_too(client: TestClient) -> None:
    statuses = [client.post("/gradio_api/queue/join", json={}).status_code for _ in range(13)]
    assert statuses == [404] * 12 + [429]  # there is no page here; a question has four steps


def test_behind_a_proxy_of_this_machine_the_one_who_asks_is_counted(asked: House) -> None:
    import httpx

    with serving(plain_app(asked)) as address:
        for _ in range(3):
            httpx.post(f"{address}/api/ask", json=ASK, headers={"x-forwarded-for": "203.0.113.9"})
        spoofed = {"x-forwarded-for": "198.51.100.7, 203.0.113.9"}  # what a client claims stands before it
        refused = httpx.post(f"{address}/api/ask", json=ASK, headers=spoofed)
        other = httpx.post(f"{address}/api/ask", json=ASK, headers={"x-forwarded-for": "203.0.113.10"})
        assert (refused.status_code, other.status_code) == (429, 200)
        here = httpx.get(f"{address}/metrics")
        there = httpx.get(f"{address}/metrics", headers={"x-forwarded-for": "203.0.113.9"})
        assert (here.status_code, there.status_code) == (200, 303)  # to the login


def test_the_page_asks_politely_to_wait(tmp_path: Path) -> None:
    with running() as browser, serving(build_app(house(corpus_answerer(), tmp_path, asks_per_minute=1))) as address:
        visitor = Visitor(browser, address)
        page = visitor.open()
        for number, words in ((1, "普通火化炉火化费减免400元/具"), (2, "您问得有点快，请过")):
            page.fill("#wz-question textarea", "火化费能减免多少？")
            page.press("#wz-question textarea", "Enter")
            page.wait_for_function(f"document.querySelectorAll('.answer').length >= {number}")
            assert words in page.locator(".answer").last.inner_text()
        visitor.close()
        assert visitor.wrong == []

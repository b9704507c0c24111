"""The doors of the whole application, Gradio's own routes among them: other methods, tricks with addresses, heads."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.browser import serving
from tests.page_samples import corpus_answerer, house
from ui.web import build_app


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return build_app(house(corpus_answerer(), tmp_path_factory.mktemp("desk")))


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


GRADIO = (  # of Gradio 6.31's own routes, those that know no login, or give away what others asked or sent
    *("/config", "/info", "/openapi.json", "/runs", "/run-history/buckets", "/run-history/records", "/monitoring"),
    *("/monitoring/summary", "/monitoring/a", "/file=/etc/passwd", "/file/etc/passwd", "/proxy=http://a/", "/upload"),
    *("/upload_progress", "/queue/status", "/queue/data/", "/call/turn", "/call/turn/a", "/call/v2/turn", "/run/turn"),
    *(
        "/api/turn",
        "/cancel",
        "/reset",
        "/stream/a",
        "/stream/a/close",
        "/heartbeat/a",
        "/startup-events",
        "/dev/reload",
    ),
    *("/token", "/user", "/login_check", "/deep_link", "/manifest.json", "/pwa_icon", "/robots.txt", "/vibe-code"),
    *(
        "/vibe-edit",
        "/process_recording",
        "/profiling/traces",
        "/component_server",
        "/svelte/a",
        "/mcp/",
        "/queue/join/",
    ),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get")


@pytest.mark.parametrize("prefix", ["", "/gradio_api"])
def test_gradios_side_doors_are_closed_by_every_method(app: FastAPI, prefix: str) -> None:
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        for path in GRADIO:
            for method in METHODS if (prefix, path) != ("", "/openapi.json") else ("POST", "PUT"):  # ours
                reply = client.request(method, prefix + path)
                assert reply.status_code == 404, (method, prefix + path)
                assert not reply.content or reply.text.startswith("没有这个页面")


@pytest.mark.parametrize(
    "path",
    [
        "//gradio_api/upload",
        "/./gradio_api/upload",
        "/ui/../gradio_api/upload",
        "/ui/..%2fgradio_api%2fupload",
        "/ui/%2e%2e/gradio_api/upload",
        "/assets/../gradio_api/upload",
        "/static/../gradio_api/file=/etc/passwd",
        "/gradio_api%2fupload",
        "/gradio_api/upload/",
        "/gradio_api/upload;x",
        "/GRADIO_API/upload",
        "/gradio_api/queue/join/../../upload",
        "/metrics/",
        "//metrics",
        "/%2e/metrics",
        "/notice/../metrics",
        "/metrics%00",
        "/metrics%0a",
        "/api/ask/",
        "/api//ask",
        "/v1/models/../../metrics",
        "/ui/../../pyproject.toml",
        "/ui/%2e%2e/%2e%2e/pyproject.toml",
        "/assets/%2e%2e/%2e%2e/%2e%2e/routes.py",
        "/static/..%5c..%5croutes.py",
        "/ui/../doors.py",
    ],
)
def test_no_trick_with_an_address_opens_a_door(address: str, path: str) -> None:
    """As the bytes come, by a raw socket: a client would tidy them up."""
    host, port = address.removeprefix("http://").split(":")
    for method in ("GET", "POST", "HEAD"):
        with socket.create_connection((host, int(port)), timeout=20) as client:
            head = f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 2\r\nConnection: close\r\n"
            client.sendall(f"{head}Content-Type: application/json\r\n\r\n{{}}".encode())
            reply = b"".join(iter(lambda: client.recv(65536), b""))
        assert reply.startswith(b"HTTP/1.1 404 "), (method, reply[:300])
        assert b"import" not in reply


def test_a_page_that_may_be_read_may_be_asked_for_its_head(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        for path in ("/", "/healthz", "/api", "/openapi.json", "/api/notices", "/login", "/ui/tokens.css"):
            whole, head = client.get(path), client.head(path)
            assert (head.status_code, head.content) == (whole.status_code, b""), path
            assert head.headers["content-type"] == whole.headers["content-type"]


def test_what_is_long_is_sent_packed_and_what_comes_bit_by_bit_is_not(app: FastAPI) -> None:
    packed = {"accept-encoding": "gzip"}
    with TestClient(app, raise_server_exceptions=False) as client:
        for path in ("/", "/api", "/openapi.json", "/ui/page.js"):
            assert client.get(path, headers=packed).headers.get("content-encoding") == "gzip", path
        assert "content-encoding" not in client.get("/healthz", headers=packed).headers
        stream = client.post("/api/ask", json={"question": "火化费", "stream": True}, headers=packed)
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert "content-encoding" not in stream.headers


def test_what_gradio_keeps_shows_and_tells_of_itself_is_switched_off(app: FastAPI) -> None:
    with TestClient(app) as client:
        html = client.get("/").text
    told = re.search(r"window\.gradio_config = (\{.*?\});", html, re.DOTALL)
    assert told
    config = json.loads(told[1])
    assert config["run_history"] is False
    assert config["show_error"] is False
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []
    assert config["max_file_size"] == 1
    assert all(dependency["api_visibility"] == "private" for dependency in config["dependencies"])

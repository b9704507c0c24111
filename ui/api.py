"""The plain pages and the guarded doors of the service; the door to fastapi.

Only the addresses in `_OPEN` are let in: of the many routes that a page framework brings along, the page needs a few.
Nothing here logs what a visitor asks, and no address holds a question.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from index.records import Card, Document, Notice, Provision, Relation, Span
from index.validity import validity_among
from ui.reader import missing_page, notice_page, original_page, related

ASSETS = Path(__file__).parent / "assets"
_MAX_BODY_BYTES = 1_000_000
_OPEN = (
    ("GET", re.compile(r"/|/favicon\.ico|/theme\.css|/gradio_api/queue/data|/gradio_api/app_id")),
    ("GET", re.compile(r"/(?:assets|static|ui)/[\w./-]+")),
    ("GET", re.compile(r"/notice/\w+(?:/original)?")),
    ("POST", re.compile(r"/gradio_api/queue/join")),
)
_PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# the page framework compiles its handlers in the browser and writes styles into the page: it cannot do with less
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'self'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Catalogue(Protocol):
    """What the pages read of a library. KeyError for a notice or a document that it does not hold."""

    def cards(self) -> Iterable[Card]: ...

    def notice(self, notice_id: str, /) -> Notice: ...

    def provisions(self, notice_id: str, /) -> Sequence[Provision]: ...

    def relations(self, notice_id: str, /) -> Sequence[Relation]: ...

    def document(self, source: str, /) -> Document: ...


def plain_pages(catalogue: Callable[[], Catalogue]) -> FastAPI:
    """The application with the notice reader and its assets, behind `Doors`. `catalogue` gives the current one."""
    app = FastAPI(title="问政", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Doors)

    @app.get("/notice/{notice_id}", response_class=HTMLResponse)
    def notice(notice_id: str, request: Request) -> HTMLResponse:
        held = catalogue()
        found = _find(held, notice_id)
        if found is None:
            return HTMLResponse(missing_page(), 404)
        cited = _cited(request, found)
        said = [
            (relation, held.notice(relation.other_id if relation.notice_id == notice_id else relation.notice_id))
            for relation in held.relations(notice_id)
        ]
        stands = validity_among(held, found, date.today())
        page = notice_page(found, held.provisions(notice_id), cited, related(found, said), validity=stands)
        return HTMLResponse(page)

    @app.get("/notice/{notice_id}/original", response_class=HTMLResponse)
    def original(notice_id: str, request: Request) -> HTMLResponse:
        held = catalogue()
        found = _find(held, notice_id)
        if found is None:
            return HTMLResponse(missing_page(), 404)
        return HTMLResponse(original_page(found, held.document(found.source).text, _cited(request, found)))

    @app.get("/favicon.ico")
    def favicon() -> HTMLResponse:
        return HTMLResponse((ASSETS / "favicon.svg").read_text("utf-8"), media_type="image/svg+xml")

    app.mount("/ui", StaticFiles(directory=ASSETS))
    return app


def _find(catalogue: Catalogue, notice_id: str) -> Notice | None:
    try:
        return catalogue.notice(notice_id)
    except KeyError:
        return None


def _cited(request: Request, notice: Notice) -> Span | None:
    """?s=…&e=… as a span of the notice's text; None where they are none."""
    start, end = request.query_params.get("s", ""), request.query_params.get("e", "")
    if not (re.fullmatch(r"[0-9]{1,9}", start) and re.fullmatch(r"[0-9]{1,9}", end)):
        return None
    span = (int(start), min(int(end), len(notice.text)))
    return Span(*span) if span[0] < span[1] else None


class Doors:
    """ASGI middleware: lets in what is open, bounds what is sent in, guards what goes out, hides what went wrong."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 to any other address, 413 or 411 to a body too large or of unknown size, 500 to a fault."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no web sockets
        refused = _refusal(scope)
        if refused:
            await _reply(send, scope, *refused)
            return
        started = False

        async def guarded(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = _guard(scope["path"], message.get("headers", []))
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception as exc:
            # the place tells enough; a message may hold what was asked
            _log.error("%s: %s", scope["path"].split("/")[1] or "page", whereabouts(exc))
            if not started:
                await _reply(send, scope, 500, "服务出了问题，请稍后再试。急事请拨打 12345。")


def whereabouts(exc: BaseException) -> str:
    """An exception's type and the place it came from: file:line, without its message, which may hold a question."""
    trace = exc.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(exc).__name__} at {place}"


def _refusal(scope: Scope) -> tuple[int, str] | None:
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    if not any(method == allowed and path.fullmatch(scope["path"]) for allowed, path in _OPEN):
        return 404, "没有这个页面。请从首页进入。"
    if method == "POST":
        length = dict(scope["headers"]).get(b"content-length", b"")
        if not length.isdigit():
            return 411, "请求没有写明长度。"
        if int(length) > _MAX_BODY_BYTES:
            return 413, "内容太长，请缩短后再发。"
    return None


def _guard(path: str, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a reply with ours in place of any of the same name."""
    ours = dict(_HEADERS)
    ours["content-security-policy"] = _PAGE_POLICY if path == "/" else _PLAIN_POLICY
    if path == "/" or path.startswith(("/notice/", "/ui/")):
        ours["cache-control"] = "no-cache"
    kept = [(name, value) for name, value in headers if name.decode("latin-1").lower() not in ours]
    return kept + [(name.encode(), value.encode()) for name, value in ours.items()]


async def _reply(send: Send, scope: Scope, status: int, words: str) -> None:
    body = words.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": _guard(scope["path"], headers)})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

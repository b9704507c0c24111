"""The guard at the door, before any page: which addresses are let in, how much may be sent, from where; what goes out.

Only our own routes, and those few of the page framework that the citizen's page needs, are let in. Nothing here logs
what a visitor asks, and no address holds a question.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ui.records import Route

MAX_BODY_BYTES = 1_000_000  # of what the page framework is sent
FRAMEWORK = (  # of the page framework's many routes, those that the citizen's page needs
    ("GET", re.compile(r"/|/theme\.css|/gradio_api/queue/data|/gradio_api/app_id")),
    ("GET", re.compile(r"/(?:assets|static|ui)/(?!.*\.\.)[\w./-]+")),
    ("POST", re.compile(r"/gradio_api/queue/join")),
)
_PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
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
    "referrer-policy": "same-origin",  # with no-referrer, browsers call the origin of our own forms null
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_KEPT_BY_BROWSERS = re.compile(r"/(?:assets|static)/")  # the framework's files
_NAMED_BY_CONTENT = "/assets/"  # a hash of what is in them: other words, another name
_log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Doors:
    """ASGI middleware: lets in what is open, bounds what is sent in, guards what goes out, hides what went wrong."""

    def __init__(self, app: App, routes: Sequence[Route] = ()) -> None:
        self._app = app
        self._ours = [(route.method, _pattern(route.path), route.max_bytes) for route in routes]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 to any other address, 403 to a post from another site, 413 or 411 to a body too large or of
        unknown size, 500 to a fault.
        """
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no web sockets
        refused = self._refusal(scope)
        if refused:
            await _reply(send, scope, *refused)
            return
        started = False

        async def guarded(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = _guard(scope["path"], message["status"], message.get("headers", []))
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception as exc:
            # the place tells enough; a message may hold what was asked
            _log.error("%s: %s", scope["path"].split("/")[1] or "page", whereabouts(exc))
            if not started:
                await _reply(send, scope, 500, "服务出了问题，请稍后再试。急事请拨打 12345。")

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        bounds = [most for allowed, path, most in self._ours if method == allowed and path.fullmatch(scope["path"])]
        bounds += [MAX_BODY_BYTES for allowed, path in FRAMEWORK if method == allowed and path.fullmatch(scope["path"])]
        if not bounds:
            return 404, "没有这个页面。请从首页进入。"
        if method != "POST":
            return None
        headers = dict(scope["headers"])
        if _from_elsewhere(headers):
            return 403, "这个请求来自别的网站，没有办理。请从本站的页面操作。"
        length = headers.get(b"content-length", b"")
        if not length.isdigit():
            return 411, "请求没有写明长度。"
        if int(length) > bounds[0]:
            return 413, "内容太长，请缩短后再发。"
        return None


def _pattern(path: str) -> re.Pattern[str]:
    """/notice/{notice_id} → what such an address looks like; no part of it holds a slash."""
    return re.compile(re.sub(r"\\\{\w+\\\}", r"[\\w.~-]+", re.escape(path)))


def _from_elsewhere(headers: dict[bytes, bytes]) -> bool:
    """Does a browser say that another site sends this? A program sends no such header, and no cookie."""
    site = headers.get(b"sec-fetch-site", b"same-origin")
    if site not in (b"same-origin", b"none"):
        return True
    origin = headers.get(b"origin")
    return origin is not None and urlsplit(origin.decode("latin-1")).netloc != headers.get(b"host", b"").decode(
        "latin-1"
    )


def whereabouts(exc: BaseException) -> str:
    """An exception's type and the place it came from: file:line, without its message, which may hold a question."""
    trace = exc.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(exc).__name__} at {place}"


def _guard(path: str, status: int, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a reply with ours in place of any of the same name."""
    ours = dict(_HEADERS)
    ours["content-security-policy"] = _PAGE_POLICY if path == "/" else _PLAIN_POLICY
    if path.startswith("/ui/") or path == "/":
        ours["cache-control"] = "no-cache"
    elif path.startswith(_NAMED_BY_CONTENT) and status == 200:
        ours["cache-control"] = "public, max-age=31536000, immutable"
    elif not _KEPT_BY_BROWSERS.match(path):
        ours["cache-control"] = "no-store"  # a desk's pages are nobody else's
    kept = [(name, value) for name, value in headers if name.decode("latin-1").lower() not in ours]
    return kept + [(name.encode(), value.encode()) for name, value in ours.items()]


async def _reply(send: Send, scope: Scope, status: int, words: str) -> None:
    body = words.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": _guard(scope["path"], status, headers)})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

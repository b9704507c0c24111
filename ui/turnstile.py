"""Who asks too much is asked to wait, before anything is read of what it sends. ASGI middleware."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from http.cookies import CookieError, SimpleCookie

from ui.doors import App, Receive, Scope, Send
from ui.limits import Limit
from ui.records import COOKIE, Account, Reply, Route
from ui.render import json_reply

_QUEUE = "/gradio_api/queue/join"  # what the citizen's page does, also its opening; its questions are counted there
_STEPS_A_QUESTION = 4

WhoIs = Callable[[str], Account | None]


class Turnstile:
    """Lets an address through so often a minute, whoever is signed in as often as they like."""

    def __init__(
        self, app: App, routes: Sequence[Route], limit: Limit, who_is: WhoIs, refused: Callable[[], None]
    ) -> None:
        """`refused` is told of each that is sent away."""
        self._app = app
        self._asking = {route.path: (limit, route.refusing or plainly) for route in routes if route.asks}
        self._asking[_QUEUE] = (Limit(limit.per_minute * _STEPS_A_QUESTION), plainly)
        self._who_is = who_is
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429, with the seconds to wait, to whoever asks too often."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in self._asking:
            limit, refusing = self._asking[scope["path"]]
            client = scope.get("client")
            wait_s = limit.wait_s(client[0] if client else "")
            if wait_s and not await asyncio.to_thread(self._is_known, scope):
                self._refused()
                await _send(send, refusing(429, too_often(wait_s)), wait_s)
                return
        await self._app(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        """Does somebody who is signed in ask?"""
        sent = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
        try:
            session = SimpleCookie(sent).get(COOKIE)
        except CookieError:
            return False
        return session is not None and self._who_is(session.value) is not None


def too_often(wait_s: int) -> str:
    return f"您问得有点快，请过 {wait_s} 秒再问。急事请拨打 12345。"


def plainly(status: int, message: str) -> Reply:
    """What was not done, for a program that has no protocol of its own."""
    return json_reply({"error": message}, status)


async def _send(send: Send, reply: Reply, wait_s: int) -> None:
    body = str(reply.body).encode()
    headers = [
        (b"content-type", reply.kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(wait_s).encode()),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

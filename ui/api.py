"""Routes → an application; the door to fastapi.

A handler (`ui/records.py`) gets a Visit and gives a Reply; what lies between the network and these two is here: reading
what is sent in, the cookie, who may, what a refusal looks like. Handlers run on threads, so that one slow answer holds
nobody up; those that ask the answerer run a few at once, in the order of their coming, since more of them would only
wait for each other's processor.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, quote

from anyio import CancelScope, CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import FastAPI, Request
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES

from ui.doors import Doors, whereabouts
from ui.limits import Limit
from ui.markup import note_page
from ui.records import COOKIE, HTML, JSON, Reply, Route, Turned, Visit
from ui.turnstile import Turnstile, WhoIs, plainly

ASSETS = Path(__file__).parent / "assets"
_BODY_WITHIN_S = 20.0
_MOST_FIELDS = 500
_MOST_WAITING = 64  # questions; more are turned away
_OFFICE = "application/vnd.openxmlformats-officedocument"
_FILES = (  # to be saved as they are, and of a length that a browser is told
    *("application/octet-stream", "application/pdf"),
    *(f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.spreadsheetml.sheet"),
)
_GZIP_FROM_BYTES, _GZIP_LEVEL = 1_500, 5  # what fits a packet is sent as it is; more than 5 costs time and saves little
_log = logging.getLogger(__name__)


def application(
    routes: Sequence[Route],
    who_is: WhoIs = lambda _: None,
    limit: Limit | None = None,
    refused: Callable[[str], None] = lambda _: None,
    at_once: int = 0,
) -> FastAPI:
    """The application with these addresses and the pages' own assets, behind `Doors`.

    `limit` is how often an address may ask, `at_once` how many questions are answered at a time (0: one a processor);
    `refused` hears why somebody was sent away: "limit", "busy".
    """
    app = FastAPI(title="问政", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(
        GZipMiddleware,
        minimum_size=_GZIP_FROM_BYTES,
        compresslevel=_GZIP_LEVEL,
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, *_FILES),
    )
    turned_away = partial(refused, "limit")
    app.add_middleware(Turnstile, routes=routes, limit=limit or Limit(0), who_is=who_is, refused=turned_away)
    app.add_middleware(Doors, routes=routes)  # the last one added is the first to be asked
    few = CapacityLimiter(at_once or max(2, os.cpu_count() or 1))
    for route in routes:
        endpoint = _endpoint(route, who_is, few if route.asks else None, refused)
        methods = [route.method, *(["HEAD"] if route.method == "GET" else [])]  # the server leaves the body out
        app.add_api_route(route.path, endpoint, methods=methods, include_in_schema=False)
    app.mount("/ui", StaticFiles(directory=ASSETS))
    return app


def _endpoint(
    route: Route, who_is: WhoIs, few: CapacityLimiter | None, refused: Callable[[str], None]
) -> Callable[[Request], object]:
    """`few`: only so many of this route are handled at once; None for as many as come."""

    async def endpoint(request: Request) -> Response:
        if few and few.statistics().tasks_waiting >= _MOST_WAITING:
            refused("busy")
            reply = _refused(request, route, 503, "同时提问的人太多，请过几秒再试。急事请拨打 12345。")
            reply.headers["retry-after"] = "5"
            return reply
        try:
            visit = _visit(request, await asyncio.wait_for(request.body(), _BODY_WITHIN_S))
        except TimeoutError:
            return _refused(request, route, 408, "内容没有传完，请再发一次。")
        except (ValueError, RecursionError):
            return _refused(request, route, 400, "发来的内容读不懂。请从本站的页面操作；程序请发 JSON。")
        return await run_sync(_handled, request, route, visit, who_is, few, limiter=few)

    return endpoint


def _handled(
    request: Request, route: Route, visit: Visit, who_is: WhoIs, few: CapacityLimiter | None = None
) -> Response:
    account = who_is(visit.session) if visit.session else None
    if not route.who.admits(account, visit.here):
        if account is None and _is_page(route):
            # back to where one wanted to go, once signed in
            return RedirectResponse(f"/login?next={quote(request.url.path, safe='/')}", 303)
        status, message = (401, "请先登录。") if account is None else (403, "您的账号不能使用这一页。")
        return _refused(request, route, status, message)
    try:
        return _response(route.handler(visit.by(account)), secure=visit.secure, few=few)
    except Turned as exc:
        return _refused(request, route, exc.status, str(exc))
    except Exception as exc:
        # the place tells enough; a message may hold what was asked
        _log.error("%s: %s", request.url.path.split("/")[1] or "page", whereabouts(exc))
        return _refused(request, route, 500, "服务出了问题，请稍后再试。急事请拨打 12345。")


def _visit(request: Request, body: bytes) -> Visit:
    """ValueError where what is sent in is no form and no JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    text = body.decode("utf-8")
    form = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS) if "form" in kind else []
    return Visit(
        parts={name: str(value) for name, value in request.path_params.items()},
        query=dict(request.query_params),
        form=dict(form),
        json=json.loads(text) if kind == JSON and text.strip() else None,
        session=request.cookies.get(COOKIE, ""),
        peer=request.client.host if request.client else "",
        secure=request.url.scheme == "https",
        path=request.url.path,
        accept=request.headers.get("accept", ""),
    )


def _response(reply: Reply, *, secure: bool = False, few: CapacityLimiter | None = None) -> Response:
    response: Response
    kind = f"{reply.kind}; charset=utf-8" if reply.kind.startswith("text/") else reply.kind
    if reply.location:
        response = RedirectResponse(reply.location, 303)
    elif isinstance(reply.body, str | bytes):
        response = Response(reply.body, reply.status, media_type=kind)
    else:
        response = StreamingResponse(_pieces(reply.body, few), reply.status, media_type=kind)
    for name, value in reply.headers.items():
        response.headers[name] = value
    if reply.filename:
        response.headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(reply.filename)}"
    if reply.session is not None:
        if reply.session:
            response.set_cookie(COOKIE, reply.session, httponly=True, samesite="strict", secure=secure, path="/")
        else:
            response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=secure, path="/")
    return response


async def _pieces(body: Iterator[str | bytes], few: CapacityLimiter | None) -> AsyncIterator[str | bytes]:
    """Each piece made on a thread. Who leaves ends the making of them, which stops a model."""
    try:
        while (piece := await run_sync(next, body, None, limiter=few)) is not None:
            yield piece
    finally:
        close = getattr(body, "close", None)
        if close:
            with CancelScope(shield=True):
                await run_sync(close)


def _refused(request: Request, route: Route, status: int, message: str) -> Response:
    """The message as a page where a person looks at it, as JSON where a program or a script asks."""
    if route.refusing:
        return _response(route.refusing(status, message))
    if _is_page(route) or HTML in request.headers.get("accept", ""):
        return Response(note_page(message), status, media_type=HTML)
    return _response(plainly(status, message))


def _is_page(route: Route) -> bool:
    return route.method == "GET" and not route.path.startswith(("/api/", "/v1/")) and not route.summary

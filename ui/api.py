"""Routes → an application; the door to fastapi.

A handler (`ui/records.py`) gets a Visit and gives a Reply; what lies between the network and these two is here: reading
what is sent in, the cookie, who may, what a refusal looks like. Handlers run on threads, so that one slow answer holds
nobody up.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, quote

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

from ui.doors import Doors, whereabouts
from ui.markup import note_page
from ui.records import HTML, JSON, Account, Reply, Route, Turned, Visit

ASSETS = Path(__file__).parent / "assets"
COOKIE = "wenzheng"
VERSION = "1"
_BODY_WITHIN_S = 20.0
_MOST_FIELDS = 500
_log = logging.getLogger(__name__)

WhoIs = Callable[[str], Account | None]
"""The cookie's value → who is signed in."""


def application(routes: Sequence[Route], who_is: WhoIs = lambda _: None) -> FastAPI:
    """The application with these addresses and the pages' own assets, behind `Doors`."""
    app = FastAPI(title="问政", version=VERSION, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Doors, routes=routes)
    for route in routes:
        app.add_api_route(
            route.path,
            _endpoint(route, who_is),
            methods=[route.method],
            include_in_schema=bool(route.summary),
            summary=route.summary or None,
            openapi_extra=dict(route.about) or None,
            response_class=Response,
        )
    app.mount("/ui", StaticFiles(directory=ASSETS))
    return app


def _endpoint(route: Route, who_is: WhoIs) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> Response:
        try:
            visit = _visit(request, await asyncio.wait_for(request.body(), _BODY_WITHIN_S))
        except TimeoutError:
            return _refused(request, route, 408, "内容没有传完，请再发一次。")
        except ValueError:
            return _refused(request, route, 400, "发来的内容读不懂。请从本站的页面操作；程序请发 JSON。")
        return await run_in_threadpool(_handled, request, route, visit, who_is)

    return endpoint


def _handled(request: Request, route: Route, visit: Visit, who_is: WhoIs) -> Response:
    account = who_is(visit.session) if visit.session else None
    if not route.who.admits(account):
        if account is None and _is_page(route):
            # back to where one wanted to go, once signed in
            return RedirectResponse(f"/login?next={quote(request.url.path, safe='/')}", 303)
        status, message = (401, "请先登录。") if account is None else (403, "您的账号不能使用这一页。")
        return _refused(request, route, status, message)
    try:
        return _response(route.handler(visit.by(account)), secure=visit.secure)
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
        key=request.headers.get("authorization", ""),
    )


def _response(reply: Reply, *, secure: bool) -> Response:
    response: Response
    kind = f"{reply.kind}; charset=utf-8" if reply.kind.startswith("text/") else reply.kind
    if reply.location:
        response = RedirectResponse(reply.location, 303)
    elif isinstance(reply.body, str | bytes):
        response = Response(reply.body, reply.status, media_type=kind)
    else:
        response = StreamingResponse(reply.body, reply.status, media_type=kind)
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


def _refused(request: Request, route: Route, status: int, message: str) -> Response:
    """The message as a page where a person looks at it, as JSON where a program or a script asks."""
    if _is_page(route) or HTML in request.headers.get("accept", ""):
        return Response(note_page(message), status, media_type=HTML)
    return Response(json.dumps({"error": message}, ensure_ascii=False), status, media_type=JSON)


def _is_page(route: Route) -> bool:
    return route.method == "GET" and not route.path.startswith(("/api/", "/v1/")) and not route.summary

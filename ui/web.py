"""The service: three desks over one answerer, on one address of this machine."""

from __future__ import annotations

import errno
import os
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from index.errors import WenzhengError
from ui import accounts, login, proposals
from ui.accounts import Accounts
from ui.api import ASSETS, application
from ui.citizen import feedback, kept
from ui.citizen import routes as citizen
from ui.house import House
from ui.reader import routes as reader
from ui.records import Reply, Route, Visit, Who
from ui.store import Store

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.settings import Settings

TABLES = (accounts.TABLES, proposals.TABLES, kept.TABLES, feedback.TABLES)


class PageError(WenzhengError):
    """The page cannot be served at this address."""


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serve the desks until interrupted; port 0 takes a free one. Raises PageError, LibraryError, StoreError."""
    listener = _listen(host, port)
    with listener, open_store(settings) as store:
        from qa.assemble import open_answerer

        app = build_app(House(open_answerer(settings), store, Accounts(store), settings))
        bound = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        print(f"问政已启动：http://{shown}:{bound} （按 Ctrl+C 停止）", file=sys.stderr, flush=True)
        _run(app, listener)


def open_store(settings: Settings) -> Store:
    """What the desks keep, with all their tables. Raises StoreError."""
    return Store(settings.desk, TABLES)


def build_app(house: House) -> FastAPI:
    """The whole application: our own addresses behind guarded doors, and the citizen's page at /."""
    from ui.citizen.page import mount

    app = application(routes(house), house.accounts.of_session)
    mount(app, house)
    return app


def routes(house: House) -> tuple[Route, ...]:
    """Every address of ours, with its rule."""
    return (
        *reader.routes(lambda: house.catalogue),
        *login.routes(house.accounts),
        *citizen.routes(house),
        Route("GET", "/favicon.ico", Who.ANYONE, _favicon),
    )


def _favicon(_: Visit) -> Reply:
    return Reply((ASSETS / "favicon.svg").read_text("utf-8"), kind="image/svg+xml")


# ── the address ─────────────────────────────────────────────────────────────────────────────────────────────────


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there and nowhere else. Raises PageError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError, OverflowError) as exc:
        raise PageError(f"找不到地址 {host}:{port}。只在本机使用请写 --host 127.0.0.1。") from exc
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as exc:
        listener.close()
        raise PageError(_why_not(exc, host, port)) from exc
    return listener


def _why_not(exc: OSError, host: str, port: int) -> str:
    other = f"请换一个端口，例如 wenzheng serve --port {port + 1 if 1023 < port < 65535 else 7861}"
    if exc.errno == errno.EADDRINUSE:
        return f"{host} 的端口 {port} 已被别的程序占用。{other}，或先停掉那个程序。"
    if exc.errno == errno.EACCES:
        return f"没有权限使用 {host} 的端口 {port}。{other}。"
    return f"不能在 {host}:{port} 上提供服务：本机没有这个地址。只在本机使用请写 --host 127.0.0.1。"


def _run(app: FastAPI, listener: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=3,  # an open page holds a connection; it must not hold up Ctrl+C
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])

"""The socket that the service listens on, and the server behind it; the door to uvicorn.

What one client does slowly holds nobody else up: a request's head has a time to come in, and who reads nothing of a
reply is let go.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from index.errors import WenzhengError

if TYPE_CHECKING:
    from fastapi import FastAPI

HEAD_WITHIN_S = 15.0  # the head of a request is there after so long, or at most twice that
UNREAD_AT_MOST_S = 60.0  # who reads nothing for so long has left
MOST_CONNECTIONS = 16_384
_STOPPED_WITHIN_S = 3  # an open page holds a connection; it must not hold up Ctrl+C


class PageError(WenzhengError):
    """The page cannot be served at this address."""


def listen(host: str, port: int, unread_s: float = UNREAD_AT_MOST_S) -> socket.socket:
    """A socket that listens there and nowhere else. Raises PageError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError, OverflowError) as exc:
        raise PageError(f"找不到地址 {host}:{port}。只在本机使用请写 --host 127.0.0.1。") from exc
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; each connection has it from here
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(unread_s * 1000))
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


def run(app: FastAPI, listener: socket.socket, ready: Callable[[], object]) -> None:
    """Serve until Ctrl+C or SIGTERM, then let end what is under way. `ready` is called when requests may come."""
    make_room()
    # uvicorn ends what is under way and then raises the signal once more, for whoever it belongs to: us
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server_of(app, ready).run(sockets=[listener])


def make_room() -> None:
    """Room for MOST_CONNECTIONS, where the system gives a process more than it has at first: each one is a file, and
    a thousand that never speak would else keep out all others until they are let go.
    """
    with suppress(ImportError, ValueError, OSError):  # not POSIX; more is not allowed
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MOST_CONNECTIONS if hard == resource.RLIM_INFINITY else min(hard, MOST_CONNECTIONS)
        if soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def server_of(app: FastAPI, ready: Callable[[], object] = lambda: None) -> uvicorn.Server:
    """A server that logs no address and no visitor."""
    config = uvicorn.Config(
        app,
        http=_Patient,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_STOPPED_WITHIN_S,
    )
    return _Announced(config, ready)


class _Announced(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


class _Patient(H11Protocol):
    """A connection on which requests have to come in: uvicorn itself waits for ever once the first byte is there."""

    _last: RequestResponseCycle | None = None  # the request that had begun when it was looked at
    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look = self.loop.call_later(HEAD_WITHIN_S, self._look_again)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._look:
            self._look.cancel()
        super().connection_lost(exc)

    def _look_again(self) -> None:
        under_way = self.cycle is not None and not self.cycle.response_complete
        if not under_way and self.cycle is self._last:
            self.transport.close()
            return
        self._last = self.cycle
        self._look = self.loop.call_later(HEAD_WITHIN_S, self._look_again)

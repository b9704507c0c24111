"""The real server and its bad clients: who is slow, who never reads, who leaves, who stops it. By raw sockets."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from uvicorn import Server

from tests.page_samples import house
from tests.program_samples import WritingAnswerer
from ui import listening
from ui.api import application
from ui.listening import listen, server_of
from ui.records import Reply, Route, Visit, Who
from ui.web import routes

HEAD_S = 0.5
UNREAD_S = 1.0
LET_GO = threading.Event()  # nobody reads the endless page any more


def endless(_: Visit) -> Reply:
    def pieces() -> Iterator[str]:
        try:
            while True:
                yield "x" * 65_536
        finally:
            LET_GO.set()

    return Reply(pieces())


@pytest.fixture(scope="module")
def answerer() -> WritingAnswerer:
    return WritingAnswerer.of_corpus()


@pytest.fixture(scope="module")
def server(answerer: WritingAnswerer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    asked = house(answerer, tmp_path_factory.mktemp("desk"))
    app = application((*routes(asked), Route("GET", "/endless", Who.ANYONE, endless)), at_once=2)
    with pytest.MonkeyPatch.context() as patch, listen("127.0.0.1", 0, unread_s=UNREAD_S) as listener:
        patch.setattr(listening, "HEAD_WITHIN_S", HEAD_S)
        server = server_of(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield server
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def address(server: Server) -> tuple[str, int]:
    while not server.started:
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    return host, port


def connected(address: tuple[str, int]) -> socket.socket:
    return socket.create_connection(address, timeout=20)


def posted(path: str, body: object, more: str = "") -> bytes:
    sent = json.dumps(body, ensure_ascii=False).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}\r\n{more}"
    )
    return f"{head}\r\n".encode() + sent


def asked(address: tuple[str, int]) -> float:
    """Seconds until somebody who asks properly is answered."""
    began = time.perf_counter()
    with closing(connected(address)) as client:
        client.sendall(posted("/api/ask", {"question": "火化费"}, "Connection: close\r\n"))
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
    assert "400元/具".encode() in answer
    return time.perf_counter() - began


def deaf(address: tuple[str, int]) -> closing[socket.socket]:
    """A client with little room for what it does not read."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.settimeout(20)
    client.connect(address)
    return closing(client)


def is_closed(client: socket.socket, within_s: float) -> bool:
    """Is the connection ended by the other side, soon?"""
    client.settimeout(within_s)
    try:
        while client.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


def test_many_who_never_finish_hold_nobody_up(address: tuple[str, int]) -> None:
    heads = (b"", b"P", b"POST /api/ask HTTP/1.1\r\nHost: here\r\n", posted("/api/ask", {"question": "问"})[:-5])
    with ExitStack() as stack:
        for head in heads * 75:
            stack.enter_context(closing(connected(address))).sendall(head)
        assert asked(address) < 5


@pytest.mark.parametrize("head", [b"", b"GET", b"GET / HTTP/1.1\r\nHost: here\r\nX: "])
def test_a_head_that_does_not_end_is_not_waited_for(address: tuple[str, int], head: bytes) -> None:
    with closing(connected(address)) as client:
        client.sendall(head)
        began = time.monotonic()
        for _ in range(3):  # a byte now and then changes nothing
            time.sleep(HEAD_S / 4)
            client.sendall(b"x" if head else b"")
        assert is_closed(client, 4 * HEAD_S + 4)
        assert time.monotonic() - began >= HEAD_S * 0.9


def test_a_second_request_on_a_connection_has_to_come_in_too(address: tuple[str, int]) -> None:
    with closing(connected(address)) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        client.sendall(b"GET /heal")
        assert is_closed(client, 4 * HEAD_S + 4)


def test_a_long_answer_is_not_cut_by_the_look_at_heads(address: tuple[str, int], answerer: WritingAnswerer) -> None:
    answerer.may_end.clear()
    with closing(connected(address)) as client:
        client.sendall(posted("/api/ask", {"question": "写一写火化费", "stream": True}, "Connection: close\r\n"))
        time.sleep(4 * HEAD_S)
        answerer.may_end.set()
        said = b"".join(iter(lambda: client.recv(65536), b""))
    assert b"event: answer" in said


def test_who_reads_nothing_of_a_stream_holds_nobody_up(address: tuple[str, int], answerer: WritingAnswerer) -> None:
    answerer.may_end.clear()
    with ExitStack() as stack:
        for _ in range(4):  # more than are answered at a time
            client = stack.enter_context(deaf(address))
            client.sendall(posted("/api/ask", {"question": f"写一写{'火化费' * 300}", "stream": True}))
        assert asked(address) < 5
    answerer.may_end.set()


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_USER_TIMEOUT is Linux's")
def test_who_reads_nothing_is_let_go(address: tuple[str, int]) -> None:
    with deaf(address) as client:
        client.sendall(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")
        assert asked(address) < 5
        assert LET_GO.wait(30)


def test_who_closes_the_connection_stops_the_model(address: tuple[str, int], answerer: WritingAnswerer) -> None:
    answerer.may_end.clear()
    answerer.left.clear()
    client = connected(address)
    client.sendall(posted("/api/ask", {"question": "写一写火化费", "stream": True}))
    assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
    client.close()
    assert answerer.left.wait(10)
    answerer.may_end.set()


@pytest.mark.parametrize(
    "said",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http://elsewhere/ HTTP/1.1\r\n\r\n",
        b"POST /api/ask HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/ask HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\n{}",
        b"GET /healthz HTTP/1.1\r\nHost: here\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n",
        b"GET /%ff%fe HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
        b"GET /healthz\x00 HTTP/1.1\r\nHost: here\r\n\r\n",
    ],
)
def test_nonsense_is_refused(address: tuple[str, int], said: bytes) -> None:
    with closing(connected(address)) as client:
        client.sendall(said)
        client.settimeout(10)
        try:
            reply = client.recv(65536)
        except ConnectionError:
            reply = b""
    assert reply[:12] in (b"", b"HTTP/1.1 400", b"HTTP/1.1 404")
    assert asked(address) < 5


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
def test_there_is_room_for_many_connections() -> None:
    script = (
        "import resource\nfrom ui.listening import make_room\n"
        "kind, hard = resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(kind, (256, hard))\nmake_room()\nprint(resource.getrlimit(kind)[0], hard)\n"
        "resource.setrlimit(kind, (64, 64))\nmake_room()\nprint(resource.getrlimit(kind)[0])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    first, hard, second = map(int, done.stdout.split())
    assert (first, second) == (min(hard, 16_384) if hard > 0 else 16_384, 64)

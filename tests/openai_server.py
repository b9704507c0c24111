"""A server that speaks OpenAI's protocol as far as a chat needs it, well or badly, on a free port of this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


class ChatServer(ThreadingHTTPServer):
    """Replies with `pieces`, one an event; `manner` says how, `seen` keeps the requests."""

    daemon_threads = True

    def __init__(self, *pieces: str, manner: str = "well") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pieces = pieces
        self.manner = manner
        self.seen: list[dict[str, Any]] = []
        self.gone = Event()  # the client has closed the connection while it was still being written to

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.seen.append(asked)
        manner = self.server.manner
        if manner == "fails":
            self._whole(500, "application/json", json.dumps({"error": {"message": asked["messages"][-1]["content"]}}))
        elif manner == "nonsense":
            self._whole(200, "text/html", "<html><body>502 Bad Gateway</body></html>")
        elif manner == "silent":
            self.server.gone.wait(5)
        else:
            self._stream(manner)

    def _whole(self, status: int, kind: str, body: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def _stream(self, manner: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        pieces = self._endless() if manner == "endless" else iter(self.server.pieces)
        try:
            for piece in pieces:
                self._event(json.dumps(_chunk({"role": "assistant", "content": piece}, None)))
            if manner == "breaks":
                self.close_connection = True  # in the middle: no end of the stream
                return
            if manner == "garbles":
                self._event('{"choices": [{"delta"')
            self._event(json.dumps(_chunk({}, "stop")))
            self._event("[DONE]")
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.server.gone.set()

    def _endless(self) -> Iterator[str]:
        yield from self.server.pieces
        while not self.server.gone.wait(0.05):
            yield "。"

    def _event(self, data: str) -> None:
        line = f"data: {data}\n\n".encode()
        self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


def _chunk(delta: dict[str, str], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 0, "model": "tiny", "choices": [choice]}


@contextmanager
def serving(server: ChatServer) -> Iterator[ChatServer]:
    """The server, listening for as long as the block lasts."""
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.gone.set()
        server.shutdown()
        server.server_close()

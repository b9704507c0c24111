"""What lies on a machine is found where it lies, and nothing else is taken for a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from qa.inventory import Held, held_models, memory_bytes

NOBODY = "http://127.0.0.1:9"


def put(folder: Path, architecture: str, size: int) -> None:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}), "utf-8")
    (folder / "model.safetensors").write_bytes(b"\0" * size)


def test_models_of_the_hub_and_beside_the_one_that_is_set(tmp_path: Path) -> None:
    put(tmp_path / "hub/models--Qwen--Qwen3-0.6B/snapshots/abc", "Qwen3ForCausalLM", 300)
    put(tmp_path / "hub/models--BAAI--bge-m3/snapshots/abc", "XLMRobertaModel", 200)
    (tmp_path / "hub/models--half--loaded/snapshots").mkdir(parents=True)
    put(tmp_path / "models/a", "LlamaForCausalLM", 100)
    (tmp_path / "models/b").mkdir()
    (tmp_path / "models/b/config.json").write_text("[", "utf-8")
    assert held_models(str(tmp_path / "models/gone"), tmp_path / "hub", NOBODY) == [
        Held("Qwen/Qwen3-0.6B", 300, "下载缓存"),
        Held(str(tmp_path / "models/a"), 100, "文件夹"),
    ]
    assert held_models("ollama:qwen3", tmp_path / "none", NOBODY) == []


class Ollama(BaseHTTPRequestHandler):
    """Says what the test wants it to."""

    body = b""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/tags" else 404)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def ollama() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Ollama)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_an_ollama_that_answers_is_asked(ollama: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ollama, "body", b'{"models": [{"name": "qwen3:8b", "size": 5200000000}]}')
    assert held_models("", tmp_path, ollama) == [Held("ollama:qwen3:8b", 5_200_000_000, "Ollama")]
    for nonsense in (b"", b"<html>", b"[]", b'{"models": [{"name": "x"}]}', b'{"models": 3}'):
        monkeypatch.setattr(Ollama, "body", nonsense)
        assert held_models("", tmp_path, ollama) == []


def test_weights_and_a_fifth_must_fit() -> None:
    assert Held("m", 100, "").fits(120)
    assert not Held("m", 100, "").fits(119)
    assert memory_bytes() > 10**8

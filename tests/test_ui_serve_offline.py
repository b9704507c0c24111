"""`wenzheng serve` as a whole process on a machine without a network: it starts, answers, and ends when it is told to.

A sitecustomize module stands before every import and refuses, and notes, whatever would leave the machine; where Linux
lets us, the process has no network device at all but its own loopback.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GUARD = """
import atexit, ipaddress, os, socket

def _refuse(what):
    with open(os.environ["WENZHENG_CALLED"], "a") as notes:
        notes.write(f"{what!r}\\n")
    raise OSError(101, "Network is unreachable")

def _is_here(address):
    if not isinstance(address, tuple):
        return True  # a socket of the file system
    try:
        return ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback
    except ValueError:
        return address[0] in ("", "localhost")

def _guarded(name, where):
    plain = getattr(socket.socket, name)
    def guarded(self, *args):
        address = args[where]
        return plain(self, *args) if _is_here(address) else _refuse(address)
    setattr(socket.socket, name, guarded)

_guarded("connect", 0)
_guarded("connect_ex", 0)
_guarded("sendto", -1)
_plain = socket.getaddrinfo

def _looked_up(host, *args, **more):
    name = host.decode() if isinstance(host, bytes) else host
    return _plain(host, *args, **more) if name is None or _is_here((name,)) else _refuse(name)

socket.getaddrinfo = _looked_up
"""
ASKING = """
import json, sys, urllib.request
address, sent = sys.argv[1], json.dumps({"question": "火化费能减免多少？"}).encode()
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
pages = [opener.open(address + path, timeout=60).read().decode() for path in ("/", "/api", "/healthz")]
request = urllib.request.Request(address + "/api/ask", sent, {"content-type": "application/json"})
print(json.dumps([json.loads(opener.open(request, timeout=60).read()), *pages]))
"""


@dataclass
class Serving:
    """A running `wenzheng serve`."""

    process: subprocess.Popen[str]
    address: str
    within: list[str]  # what a command has to be preceded by to see its address


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offline")
    (folder / "sitecustomize.py").write_text(GUARD, "utf-8")
    run("index", folder=folder)
    return folder


def surroundings(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (folder, ROOT))),
        "WENZHENG_LIBRARY": str(folder / "library"),
        "WENZHENG_DESK": str(folder / "desk"),
        "WENZHENG_CALLED": str(folder / "called.txt"),
    }


NO_DEVICE = ("unshare", "--user", "--map-root-user", "--net", "--")
INSIDE = ("nsenter", "--preserve-credentials", "--user", "--net", "--target")
COMMAND = (sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())")


def run(*arguments: str, folder: Path) -> None:
    subprocess.run([*COMMAND, *arguments], env=surroundings(folder), cwd=folder, check=True, capture_output=True)


@pytest.fixture(params=["refused", "no device"])
def served(folder: Path, request: pytest.FixtureRequest) -> Iterator[Serving]:
    before: list[str] = []
    if request.param == "no device":
        before = [
            "unshare",
            "--user",
            "--map-root-user",
            "--net",
            "--",
            "sh",
            "-c",
            'ip link set lo up && exec "$0" "$@"',
        ]
        tools = all(map(shutil.which, ("unshare", "nsenter", "ip")))
        if not tools or subprocess.run([*before, "true"], capture_output=True).returncode:
            pytest.skip("no network namespace can be made here")
    command = [*before, *COMMAND, "serve", "--port", "0"]
    process = subprocess.Popen(command, env=surroundings(folder), cwd=folder, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"http://\S+", line):
            break
    assert found, said
    within = (
        ["nsenter", "--preserve-credentials", "--user", "--net", "--target", str(process.pid), "--"] if before else []
    )
    yield Serving(process, found[0], within)
    process.kill()
    process.wait()


def test_it_answers_lets_nothing_leave_the_machine_and_ends_in_order(served: Serving, folder: Path) -> None:
    asking = [*served.within, sys.executable, "-c", ASKING, served.address]
    done = subprocess.run(asking, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer, first, manual, health = json.loads(done.stdout)
    assert answer["status"] == "answered"
    assert "400元/具" in answer["answer"]
    assert "问政" in first
    assert "程序接口" in manual
    assert json.loads(health)["library"] == answer["library"]
    called = folder / "called.txt"
    assert not called.exists(), called.read_text("utf-8")
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(15) == 0
    assert served.process.stderr is not None
    assert served.process.stderr.read() == ""


def test_the_guard_itself_refuses(folder: Path) -> None:
    script = "import socket; socket.create_connection(('203.0.113.9', 80), timeout=1)"
    env = {**surroundings(folder), "WENZHENG_CALLED": str(folder / "tried.txt")}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False)
    assert "Network is unreachable" in done.stderr
    assert "203.0.113.9" in (folder / "tried.txt").read_text("utf-8")

"""One peer in a process of its own: `python -m eval.peers.worker JOB.json RESULT.json`.

A fresh process, so that a peer's memory and load times are its own and a crash costs it alone. `compare.py` writes the
job and reads the result; what libraries print goes nowhere near either.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from eval.peers.peer import Peer, PeerQuestion, PeerText

_OURS = ("index", "qa", "eval", "ui", "tests")


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is to do."""

    door: str  # module:class
    texts: tuple[PeerText, ...]
    questions: tuple[PeerQuestion, ...]
    k: int

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")

    @classmethod
    def read(cls, path: Path) -> Job:
        row = json.loads(path.read_text("utf-8"))
        questions = tuple(PeerQuestion(each["text"], tuple(each["history"])) for each in row["questions"])
        return cls(row["door"], tuple(PeerText(**each) for each in row["texts"]), questions, row["k"])


def main(argv: Sequence[str]) -> int:
    """Do the job and write its result: that of `measure` with "peak_mb" and "grown_mb", or {"absent": module}.

    Any other error goes up, and the process ends with its trace on stderr.
    """
    before = peak_mb()
    job = Job.read(Path(argv[0]))
    try:
        result = measure(job)
        after = peak_mb()
        result |= {"peak_mb": after, "grown_mb": after - before}
    except ModuleNotFoundError as exc:
        if not exc.name or exc.name.split(".")[0] in _OURS:
            raise
        result = {"absent": exc.name}
    Path(argv[1]).write_text(json.dumps(result), "utf-8")
    return 0


def measure(job: Job) -> dict[str, Any]:
    """{"settings", "build_s", "ms": [0.0, …], "found": [[[source, start, end], …], …], "passages": 0, "mean_chars"}.

    "ms" and "found" hold one entry a question; each is asked once, in order. Building includes loading the library:
    whoever starts it waits for that, too.
    """
    began = perf_counter()
    peer = load(job.door)
    peer.build(job.texts)
    build_s = perf_counter() - began
    found, ms = [], []
    for question in job.questions:
        began = perf_counter()
        places = peer.search(question, job.k)
        ms.append((perf_counter() - began) * 1000)
        found.append([[place.source, place.span.start, place.span.end] for place in places])
    lengths = [len(place.span) for place in peer.passages()]
    return {
        "settings": peer.settings,
        "build_s": build_s,
        "ms": ms,
        "found": found,
        "passages": len(lengths),
        "mean_chars": sum(lengths) / len(lengths) if lengths else 0.0,
    }


def load(door: str) -> Peer:
    """The peer behind `module:class`."""
    module, _, name = door.partition(":")
    peer: Peer = getattr(import_module(module), name)()
    return peer


def peak_mb() -> float:
    """The most memory that this process has held so far, in MiB.

    On Linux from /proc: there ru_maxrss begins with what the parent held when it started this process.
    """
    status = Path("/proc/self/status")
    if status.exists():
        fields: Mapping[str, str] = dict(
            line.split(":", 1) for line in status.read_text("utf-8").splitlines() if ":" in line
        )
        if "VmHWM" in fields:
            return int(fields["VmHWM"].split()[0]) / 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Speed and memory on this machine: `make bench`, or `python -m eval.speed [--runs N]`.

Builds the bundled library into a temporary folder and asks it the dev questions. Figures are medians; cold ones are
whole processes, as a person at a terminal meets them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from eval.statistics import percentile

QUESTION = "去世火化能减免多少钱？"
TARGETS = {  # what the project holds itself to, on two cores
    "index_s": 8.0,
    "cold_ask_s": 1.5,
    "cold_search_s": 1.2,
    "search_p50_ms": 20.0,
    "search_p95_ms": 50.0,
    "warm_p50_ms": 40.0,
    "warm_p95_ms": 100.0,
    "resident_mb": 500.0,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a table and one JSON line; 0 also where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m eval.speed", description="测建库、冷启动、答题用时与内存")
    parser.add_argument("--runs", type=int, default=5, help="整个进程的测量各做几次（默认 5）")
    runs = max(1, parser.parse_args(argv).runs)
    with tempfile.TemporaryDirectory() as folder:
        figures = {"index_s": median(_indexing_s(Path(folder, str(i))) for i in range(runs))}
        library = Path(folder, "0")
        for name in ("ask", "search"):
            cold = (_process_s(name, QUESTION, "--library", str(library)) for _ in range(runs))
            figures[f"cold_{name}_s"] = median(cold)
        figures |= _warm(library)
    print(f"{platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}，各 {runs} 次取中位数")
    for name, value in figures.items():
        target = TARGETS.get(name)
        print(f"{name:16} {value:10.2f}" + (f"   目标 ≤ {target:g}" if target else ""))
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0


def _indexing_s(folder: Path) -> float:
    return _process_s("index", "--library", str(folder))


def _process_s(*arguments: str) -> float:
    """Wall-clock seconds of one `wenzheng …` process."""
    started = time.perf_counter()
    command = Path(sys.executable).with_name("wenzheng")  # the console command of the same environment
    subprocess.run([command, *arguments], check=True, capture_output=True)  # noqa: S603
    return time.perf_counter() - started


def _warm(library: Path) -> dict[str, float]:
    """Question latencies and resident memory of a process of its own that answers the dev questions twice."""
    command = [sys.executable, "-c", _WARM, str(library)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    measured = json.loads(done.stdout)
    times, searches = measured["elapsed_ms"], measured["search_ms"]
    return {
        "search_p50_ms": percentile(searches, 0.5) or 0.0,
        "search_p95_ms": percentile(searches, 0.95) or 0.0,
        "warm_p50_ms": percentile(times, 0.5) or 0.0,
        "warm_p95_ms": percentile(times, 0.95) or 0.0,
        "resident_mb": measured["resident_mb"],
        "questions": float(len(times)),
    }


_WARM = """
import json, sys, time
from pathlib import Path
from eval.run import choose_cases
from qa.assemble import open_answerer
from qa.records import Question
from qa.settings import Settings

answerer = open_answerer(Settings.load(Path(sys.argv[1])))
cases = choose_cases((), "dev")
elapsed, searches = [], []
for turn in range(2):
    for case in cases:  # one after the other: an answer would find what its search has just read
        started = time.perf_counter()
        answerer.retriever.retrieve(case.question)
        if turn:
            searches.append((time.perf_counter() - started) * 1000)
    for case in cases:
        started = time.perf_counter()
        answerer.answer(Question(case.question, case.history, case.asked_on))
        if turn:
            elapsed.append((time.perf_counter() - started) * 1000)
pages = int(Path("/proc/self/statm").read_text().split()[1])
print(json.dumps({"elapsed_ms": elapsed, "search_ms": searches, "resident_mb": pages * 4096 / 2**20}))
"""


if __name__ == "__main__":
    sys.exit(main())

"""Many people asking at once: `python -m eval.load [--people 20] [--seconds 60]`. Needs wrk (`apt-get install wrk`).

A server of its own with the dev questions over the bundled library, asked by wrk in a closed loop: each person asks
again as soon as there is an answer. wrk is small and written in C: what is measured on two cores is the service, not
the asking.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from eval.records import Case
from eval.run import choose_cases

P95_MS = 1_500  # what the service holds itself to, for 20 people on two cores
_SCRIPT = Path(__file__).with_suffix(".lua")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print a sentence and one JSON line; 0 also where the target is missed, 2 without wrk."""
    parser = argparse.ArgumentParser(prog="python -m eval.load", description="许多人同时提问时，答案要等多久")
    parser.add_argument("--people", type=int, default=20, help="同时有几个人（默认 20）")
    parser.add_argument("--seconds", type=int, default=60, help="问多久（默认 60 秒）")
    args = parser.parse_args(argv)
    wrk = shutil.which("wrk")
    if wrk is None:
        print("没有 wrk。请先安装：apt-get install wrk", file=sys.stderr)
        return 2
    busy = os.getloadavg()[0]  # by others: what is measured beside them is slower
    with tempfile.TemporaryDirectory() as folder, _serving(Path(folder)) as address:
        questions = Path(folder, "questions.jsonl")
        questions.write_text("".join(map(_line, choose_cases((), "dev"))), "utf-8")
        command = [wrk, "-t1", f"-c{args.people}", "--timeout", "30s", "-s", str(_SCRIPT)]
        asking = [f"{address}/api/ask", "--", str(questions)]
        _run([*command, "-d5s", *asking])  # what the first questions open
        figures = json.loads(_run([*command, f"-d{args.seconds}s", *asking]).splitlines()[-1])
    print(
        f"{args.people} 人同时提问，{os.cpu_count()} 核（测前负载 {busy:.1f}）："
        f"每秒 {figures['answers'] / figures['seconds']:.1f} 个答案，半数在 {figures['p50_ms']} 毫秒内，"
        f"95% 在 {figures['p95_ms']} 毫秒内（目标 ≤ {P95_MS}），出错 {figures['errors']}"
    )
    print(json.dumps({"people": args.people, **figures, "load_average": round(busy, 2)}))
    return 0


def _line(case: Case) -> str:
    asked = {"question": case.question, "history": list(case.history), "asked_on": case.asked_on.isoformat()}
    return json.dumps(asked, ensure_ascii=False) + "\n"


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """The address of a service that anyone may ask as often as they like, over the bundled gazettes."""
    config = folder / "wenzheng.toml"
    config.write_text("asks_per_minute = 0\n", "utf-8")
    surroundings = {**os.environ, "WENZHENG_CONFIG": str(config), "WENZHENG_DESK": str(folder / "desk")}
    command = [sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())"]
    arguments = ["serve", "--port", "0", "--library", str(folder / "library")]
    server = subprocess.Popen([*command, *arguments], env=surroundings, stderr=subprocess.PIPE, text=True)  # noqa: S603
    assert server.stderr is not None
    try:
        found = next(filter(None, (re.search(r"http://\S+", line) for line in server.stderr)))
        yield found[0]
    finally:
        server.terminate()
        server.wait()


def _run(command: Sequence[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())

"""Evaluations that were started from the page: one at a time, in a process of its own that gives way to the others.

The table is all that server and process share. The process writes there how far it is, once a second; whoever cancels
writes that, and the process stops. One that has gone silent was killed: asked for again, it goes on where it stopped,
since the run folder keeps what was answered (eval/runs.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import active_children, get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Lock

from eval.noise import KINDS
from qa.settings import Settings
from ui.evaluator.worker import prepare, work
from ui.records import Account, Turned
from ui.store import Row, Store, now_s

SILENT_S = 20.0  # a process starts, or writes, well within it
_LEAST_ANSWERED = 10  # before it is told how long the others will take: the first are slow
SOURCES = {"dev": "随附的题，dev", "test": "随附的题，test（只看成绩）", "own": "采纳的题"}
PROBES = {"": "照原题问", "swaps": "换地来问", **{name: f"改着问：{kind}" for name, kind in KINDS.items()}}
TABLES = """
CREATE TABLE IF NOT EXISTS evaluations (
  id INTEGER PRIMARY KEY, made_s REAL NOT NULL, account INTEGER NOT NULL REFERENCES accounts, source TEXT NOT NULL,
  probe TEXT NOT NULL, state TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0, n INTEGER NOT NULL DEFAULT 0,
  first INTEGER NOT NULL DEFAULT 0, asking_s REAL, seen_s REAL NOT NULL, run TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT ''
);
"""


class Stage(StrEnum):
    """How far an evaluation is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SILENT = "silent"  # it was killed, or the machine was


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask: a key of SOURCES and one of PROBES. Raises Turned for any other."""

    source: str
    probe: str = ""

    def __post_init__(self) -> None:
        if self.source not in SOURCES or self.probe not in PROBES:
            raise Turned(400, "没有这样的题或问法。请从评测台的单子里选。")

    @property
    def words(self) -> str:
        return f"{SOURCES[self.source]}，{PROBES[self.probe]}"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One of them, as it stands now."""

    id: int
    plan: Plan
    by: str
    made_s: float
    stage: Stage
    done: int
    n: int  # 0 before the questions are known
    left_s: float | None  # how long it will still take; None before that can be told
    run: str  # the name of the run folder, once it is done
    message: str  # why it failed


@dataclass(frozen=True, slots=True)
class Evaluations:
    """Those of a store. Safe to share by threads."""

    store: Store
    settings: Settings
    clock: Callable[[], float] = now_s

    def start(self, plan: Plan, by: Account) -> int:
        """Begin, or go on with what was begun under the same plan. Raises Turned while another one is running."""
        now = self.clock()
        with self.store.change():
            running = self.store.row(
                "SELECT id FROM evaluations WHERE state = ? AND seen_s > ?", Stage.RUNNING, now - SILENT_S
            )
            if running:
                raise Turned(409, "已有一次评测在进行，一次只做一个。请等它做完，或先取消它。")
            # one that is silent, but wakes up again, must not run beside the new one
            self.store.run("UPDATE evaluations SET state = ? WHERE state = ?", Stage.SILENT, Stage.RUNNING)
            number = self.store.run(
                "INSERT INTO evaluations (made_s, account, source, probe, state, seen_s) VALUES (?, ?, ?, ?, ?, ?)",
                *(now, by.id, plan.source, plan.probe, Stage.RUNNING, now),
            )
        # started fresh, not forked: the libraries behind an answerer have threads of their own
        get_context("spawn").Process(target=work, args=(self.settings, number), daemon=True).start()
        return number

    def cancel(self, number: int) -> None:
        """Stop it within a second or two. What was answered stays, and is not asked again."""
        with self.store.change():
            self.store.run(
                "UPDATE evaluations SET state = ? WHERE id = ? AND state = ?",
                *(Stage.CANCELLED, number, Stage.RUNNING),
            )

    def latest(self, most: int = 5) -> Sequence[Evaluation]:
        """The newest first."""
        active_children()  # takes leave of those that have ended
        rows = self.store.rows(
            "SELECT evaluations.*, name FROM evaluations JOIN accounts ON accounts.id = account"
            " ORDER BY evaluations.id DESC LIMIT ?",
            most,
        )
        return [self._evaluation(row) for row in rows]

    def _evaluation(self, row: Row) -> Evaluation:
        stage = Stage(row["state"])
        if stage is Stage.RUNNING and row["seen_s"] <= self.clock() - SILENT_S:
            stage = Stage.SILENT
        return Evaluation(
            id=row["id"],
            plan=Plan(row["source"], row["probe"]),
            by=row["name"],
            made_s=row["made_s"],
            stage=stage,
            done=row["done"],
            n=row["n"],
            left_s=_left_s(row),
            run=row["run"],
            message=row["message"],
        )


def _left_s(row: Row) -> float | None:
    """As many questions as are left, each as long as those since it began took."""
    answered = row["done"] - row["first"]
    if not row["n"] or row["asking_s"] is None or answered < _LEAST_ANSWERED:
        return None
    return float((row["n"] - row["done"]) * (row["seen_s"] - row["asking_s"]) / answered)


class Preparing:
    """Runs that were made elsewhere are made ready for their pages, in a process of its own, one process at a time."""

    def __init__(self, desk: Path) -> None:
        self._desk = desk
        self._lock = Lock()
        self._process: SpawnProcess | None = None

    def want(self, folders: Sequence[Path]) -> None:
        """Have these made ready. While others are, nothing happens: whoever waits asks again."""
        with self._lock:
            if folders and not (self._process and self._process.is_alive()):
                self._process = get_context("spawn").Process(target=prepare, args=(self._desk, folders), daemon=True)
                self._process.start()

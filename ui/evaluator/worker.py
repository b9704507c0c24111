"""The process of one evaluation: asks, scores, and makes the run ready for its page."""

from __future__ import annotations

import os
import threading
from _thread import interrupt_main
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import WenzhengError
from ui.doors import whereabouts
from ui.proposals import State, proposals
from ui.store import Store, StoreError, now_s

if TYPE_CHECKING:
    from qa.settings import Settings

_GIVES_WAY = 10  # of `nice`
_BEAT_S = 1.0
_ONE_CORE = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")  # the others are for those who ask


def work(settings: Settings, number: int) -> None:
    """Do the evaluation of this number, as its row says, and write there how it ends. Runs until it is done, it is
    cancelled, or whoever started it has gone.
    """
    _give_way()
    with Store(settings.desk, ()) as store:
        row = store.row("SELECT source, probe FROM evaluations WHERE id = ?", number)
        if row is None:
            return
        try:
            with _reported(Progress(store, number)) as progress:
                run = _evaluate(settings, store, row["source"], row["probe"], progress)
            _end(store, number, "done", run=run)
        except KeyboardInterrupt:  # cancelled, or left alone: what was answered stays
            return
        except WenzhengError as exc:
            _end(store, number, "failed", message=str(exc))
        except Exception as exc:
            # the place tells enough; a message may hold a question
            _end(store, number, "failed", message=f"程序出错（{whereabouts(exc)}）。")


def _evaluate(settings: Settings, store: Store, source: str, probe: str, progress: Progress) -> str:
    """The name of the run. Raises WenzhengError."""
    from eval.run import run_eval
    from ui.evaluator.glance import Glances

    own = source == "own"
    run = run_eval(
        settings,
        [write_accepted(store, settings.desk)] if own else (),
        None if own else source,
        jobs=1,
        swaps=probe == "swaps",
        noise="" if probe == "swaps" else probe,
        progress=progress.tell,
    )
    assert run.folder is not None
    Glances(settings.desk).make(run.folder)
    return run.folder.name


def _give_way() -> None:
    """The served pages come first. Before numpy is imported, which reads how many cores it may have."""
    os.nice(_GIVES_WAY)
    for name in _ONE_CORE:
        os.environ.setdefault(name, "1")


def write_accepted(store: Store, desk: Path) -> Path:
    """The accepted cases as a file of questions."""
    path = desk / "accepted.jsonl"
    path.write_text(accepted_lines(store), encoding="utf-8", newline="\n")
    return path


def accepted_lines(store: Store) -> str:
    """The accepted cases as JSONL, oldest first."""
    return "".join(f"{each.case}\n" for each in reversed(proposals(store, State.ACCEPTED)))


def prepare(desk: Path, folders: Sequence[Path]) -> None:
    """Make these runs ready for their pages, one after another; what is wrong with one is kept in its place."""
    from ui.evaluator.glance import Glances

    _give_way()
    for folder in folders:
        with suppress(WenzhengError, OSError):
            Glances(desk).make(folder)


# ── telling how far it is ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Progress:
    """How far one evaluation is: told by the one thread that asks, written down by another."""

    store: Store
    number: int
    done: int = 0
    n: int = 0
    first: int = 0  # answered before, by a run that was cut short
    asking_s: float | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    parent: int = field(default_factory=os.getppid)

    def tell(self, done: int, n: int, _: str) -> None:
        """Called after each question."""
        if self.asking_s is None:
            self.first, self.asking_s = done, now_s()
        self.done, self.n = done, n

    def write(self) -> bool:
        """Write it down; False where the evaluation was cancelled meanwhile."""
        with self.store.change():
            changed = self.store.changed(
                "UPDATE evaluations SET done = ?, n = ?, first = ?, asking_s = ?, seen_s = ?"
                " WHERE id = ? AND state = 'running'",
                *(self.done, self.n, self.first, self.asking_s, now_s(), self.number),
            )
        return changed == 1

    def beat(self) -> None:
        """Once a second, until it ends; stops the asking thread where nobody waits for it any more."""
        wanted = True
        while wanted and not self.ended.wait(_BEAT_S):
            try:
                wanted = self.write() and os.getppid() == self.parent
            except StoreError:
                continue  # a full disk, a busy file: told when it is done
        if not self.ended.is_set():
            interrupt_main()


@contextmanager
def _reported(progress: Progress) -> Iterator[Progress]:
    """Beats for as long as the block lasts."""
    thread = threading.Thread(target=progress.beat, daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        progress.ended.set()
        thread.join()
        with suppress(StoreError):
            progress.write()


def _end(store: Store, number: int, state: str, *, run: str = "", message: str = "") -> None:
    with store.change():
        store.run(
            "UPDATE evaluations SET state = ?, run = ?, message = ?, seen_s = ? WHERE id = ? AND state = 'running'",
            *(state, run, message, now_s(), number),
        )

"""What is done again and again while the service runs, also when nobody comes: what was kept long enough is deleted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from ui.store import HOUR_S


class Upkeep:
    """The chores of one application; none knows of the others. Chores are added before it runs."""

    def __init__(self, every_s: float = HOUR_S) -> None:
        self._every_s = every_s
        self._chores: list[Callable[[], object]] = []

    def add(self, chore: Callable[[], object]) -> None:
        """Safe to be done by a thread of its own."""
        self._chores.append(chore)

    def do(self) -> None:
        """Each chore once. One that fails is told of, by the kind of fault alone, and tried again the next time."""
        for chore in self._chores:
            try:
                chore()
            except Exception as exc:  # whatever it is, the service goes on
                print(f"到期的记录这次没有删成（{type(exc).__name__}），过一会儿再试。", file=sys.stderr, flush=True)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Inside, the chores are done at every interval; leaving waits for the one that is being done."""
        left = Event()

        def again() -> None:
            while not left.wait(self._every_s):
                self.do()

        thread = Thread(target=again, name="upkeep", daemon=True)
        thread.start()
        try:
            yield
        finally:
            left.set()
            thread.join()

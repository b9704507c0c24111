"""How far a stage of learning has come, and how fast it goes on. Pure, but for the clock."""

from __future__ import annotations

import time


def pace(done: float, warm: float, cool: float) -> float:
    """Share of the rate: up, level, down in a line to nothing."""
    return min(1.0, done / warm, max(0.0, (1 - done) / cool))


class Way:
    """How far a stage has come, in steps or by the clock, whichever is further."""

    def __init__(self, steps: int, seconds: float) -> None:
        self._steps, self._seconds, self._started = steps, seconds, time.monotonic()

    def gone(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._started

    def done(self, step: int) -> float:
        """The share of the way when this step (from 0) is taken."""
        return max((step + 1) / self._steps, self.gone() / self._seconds if self._seconds else 0.0)

    def ends(self, step: int) -> bool:
        return self.done(step) >= 1

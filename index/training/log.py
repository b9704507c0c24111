"""What a training says: on the terminal, and in a file of its work folder."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

NAME = "log.txt"


@dataclass(frozen=True, slots=True)
class Log:
    """Goes on with the file of a run that was killed."""

    path: Path

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")

    def lines(self) -> list[str]:
        """All that has been said, of all runs over the folder."""
        return self.path.read_text("utf-8").splitlines()

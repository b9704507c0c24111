"""Documents laid aside in a file while a build decides which of them it takes: one text at a time is in memory."""

from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path
from tempfile import TemporaryFile

from index.records import Document


class Spool:
    """A file without a name, which goes when the process does. OSError where the disk is full."""

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 (open as long as this is)

    def put(self, document: Document) -> int:
        """Lay it aside; the place to ask for it."""
        place = self._file.seek(0, 2)
        self._file.write(json.dumps(astuple(document)).encode("ascii") + b"\n")  # escapes: half a character survives
        return place

    def get(self, place: int) -> Document:
        """What was laid aside there."""
        self._file.seek(place)
        source, text, sha256, form, pages, title, one_notice, path = json.loads(self._file.readline())
        return Document(source, text, sha256, form, tuple(pages), title, one_notice, path)

    def close(self) -> None:
        self._file.close()

"""The bytes of what was indexed, kept in the library folder, so that a reader can have the file itself.

    library/
      originals/3f/3f26…       a copy of each file, named by its sha256; beside the generations, shared by them

A copy is made while the index is built and goes when no document of the library is that file any more. It is no part of
a generation: a build that is killed, or a disk without room, costs copies and nothing else. Nothing waits for the disk
either, since whatever is given out is compared with its hash first, and the next build mends what is broken.

The lines of a .jsonl file are notices by themselves and the file is up to a gigabyte large: of it no copy is kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from index.errors import LibraryDamaged

SPARE_BYTES = 2**30  # a copy is not made where less than this would stay free
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".new"
_AT_ONCE = 2**20  # bytes


class Originals:
    """The copies in one folder. Reading needs no lock: a copy appears whole, and never changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def size(self, sha256: str) -> int | None:
        """How many bytes the file has; None where no copy is kept."""
        try:
            return self._path(sha256).stat().st_size
        except (OSError, ValueError):
            return None

    def open(self, sha256: str) -> BinaryIO:
        """The copy, its hash compared, to be read from its start; the caller closes it.

        KeyError where none is kept; LibraryDamaged where it is not what it was.
        """
        try:
            file = self._path(sha256).open("rb")
        except (OSError, ValueError) as exc:
            raise KeyError(sha256) from exc
        try:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            found = ""
        if found != sha256:
            file.close()
            raise LibraryDamaged("留存的原件副本不完整或被改动。请再运行一次 `wenzheng index`，会从原文件重新留存。")
        file.seek(0)
        return file

    def keep(self, sha256: str, path: Path, *, again: bool) -> bool:
        """Have a copy of the file at `path`, if that is still the file with this hash. Is there one now?

        A copy that is there is enough, but with `again` it is looked into, and replaced where it is broken.
        """
        kept = self._path(sha256)
        try:
            if kept.is_file() and not (again and _hash(kept) != sha256):
                return True
            return self._copy(path, kept, sha256)
        except OSError:  # the file is gone, may not be read, or the disk is full
            return False

    def retain(self, wanted: Collection[str]) -> None:
        """Only these stay. For the one build that may write."""
        for folder in _inside(self._folder):
            for file in _inside(folder):
                if file.name not in wanted:
                    with suppress(OSError):
                        file.unlink()
            _drop_if_empty(folder)
        _drop_if_empty(self._folder)

    def _copy(self, path: Path, kept: Path, sha256: str) -> bool:
        """Through a file beside it, so that none is ever seen half written."""
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # to open a pipe would wait for ever
            return False
        kept.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(kept.parent).free - status.st_size < SPARE_BYTES:
            return False
        unfinished = kept.with_suffix(_UNFINISHED)
        try:
            seen = hashlib.sha256()
            with path.open("rb") as source, unfinished.open("wb") as copy:
                for part in _parts(source):
                    seen.update(part)
                    copy.write(part)
            if seen.hexdigest() != sha256:  # changed since it was read
                return False
            os.replace(unfinished, kept)
        finally:
            unfinished.unlink(missing_ok=True)
        return True

    def _path(self, sha256: str) -> Path:
        """ValueError for what is no hash: nothing else ever becomes part of a path."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(sha256)
        return self._folder / sha256[:2] / sha256


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """What is left of an open file, piece by piece; closed at the end."""
    with file:
        yield from _parts(file)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(_AT_ONCE):
        yield part


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _inside(folder: Path) -> list[Path]:
    """Nothing where it is no folder, or may not be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _drop_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()

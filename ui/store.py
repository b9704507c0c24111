"""What the faces keep between questions, in one file; the door to sqlite.

    desk/
      desk.sqlite3     accounts, sessions, tickets, feedback, kept answers, proposed cases; write-ahead log beside it

It lies outside the library: a new generation changes nothing here. Each change is on the disk before it is answered
(synchronous=FULL), so that a power cut loses no ticket. Whoever keeps something says with which tables (`TABLES` of
accounts.py and others); this file knows no table by name.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock

from index.errors import WenzhengError, system_reason

HOUR_S, DAY_S = 3_600, 86_400
FORMAT = 1  # of the file; raised when this program cannot read older ones
FILE = "desk.sqlite3"
_PATIENCE_S = 5.0  # for another process that writes: `wenzheng user add` beside a page that is served

Row = sqlite3.Row


class StoreError(WenzhengError):
    """The desk's file cannot be opened, read or written."""


class Store:
    """The open file. Safe to share by threads: one at a time reads or writes, each for milliseconds."""

    def __init__(self, folder: Path, tables: Sequence[str]) -> None:
        """Open it, or make it with these tables. Raises StoreError, which names the file and the way out."""
        self.path = folder / FILE
        self._lock = RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = sqlite3.connect(
                self.path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            with suppress(OSError):
                os.chmod(self.path, 0o600)  # it holds what callers said
            self._prepare(tables)
        except OSError as exc:
            raise StoreError(f"坐席台的文件夹 {folder} 用不了：{system_reason(exc)}。请换一个（设置 desk）。") from exc
        except sqlite3.Error as exc:
            raise self._broken(exc) from exc

    def _prepare(self, tables: Sequence[str]) -> None:
        run = self._connection.execute
        found = run("PRAGMA user_version").fetchone()[0]
        if found > FORMAT:
            raise StoreError(f"{self.path} 是更新版本的 wenzheng 写的，本程序读不了。请更新 wenzheng。")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("PRAGMA foreign_keys = ON")
        run("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        for each in tables:
            self._connection.executescript(each)
        run(f"PRAGMA user_version = {FORMAT}")

    @contextmanager
    def change(self) -> Iterator[None]:
        """What is written within is written whole or not at all, and on the disk at the end. Raises StoreError."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as exc:
                raise self._broken(exc) from exc
            try:
                yield
            except BaseException:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            try:
                self._connection.execute("COMMIT")
            except sqlite3.Error as exc:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise self._broken(exc) from exc

    def run(self, sql: str, *values: object) -> int:
        """One statement within `change`; the number of the row it made, where it made one. Raises StoreError."""
        with self._lock:
            try:
                return self._connection.execute(sql, values).lastrowid or 0
            except sqlite3.Error as exc:
                raise self._broken(exc) from exc

    def changed(self, sql: str, *values: object) -> int:
        """One statement within `change`; how many rows it changed. Raises StoreError."""
        with self._lock:
            try:
                return self._connection.execute(sql, values).rowcount
            except sqlite3.Error as exc:
                raise self._broken(exc) from exc

    def rows(self, sql: str, *values: object) -> list[Row]:
        """What a SELECT finds; a row is read by the names of its columns. Raises StoreError."""
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.Error as exc:
                raise self._broken(exc) from exc

    def row(self, sql: str, *values: object) -> Row | None:
        """The first of them."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _broken(self, exc: Exception) -> StoreError:
        return StoreError(
            f"坐席台的记录 {self.path} 读写不了（{exc}）。请查看磁盘空间和权限；"
            "文件若已损坏，请用备份替换，或把它移开后重新启动。"
        )


def now_s() -> float:
    """Seconds since 1970; what the tables count in."""
    return time.time()

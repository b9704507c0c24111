"""The desk's file: whole changes, on the disk, shared by threads and processes."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ui.store import FILE, FORMAT, Store, StoreError

TABLES = ("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)",)


def test_a_change_is_there_after_the_process_was_killed(tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom ui.store import Store\n"
        f"store = Store(Path(sys.argv[1]), {TABLES!r})\n"
        "with store.change():\n    store.run('INSERT INTO notes (text) VALUES (?)', '记下')\n"
        "store.run('BEGIN')\nstore.run('INSERT INTO notes (text) VALUES (?)', '没写完')\nos.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=Path(__file__).parent.parent, check=False)
    assert done.returncode == -9
    with Store(tmp_path, TABLES) as store:
        assert [row["text"] for row in store.rows("SELECT text FROM notes")] == ["记下"]


def test_a_change_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with Store(tmp_path, TABLES) as store:

        def fail() -> None:
            with store.change():
                store.run("INSERT INTO notes (text) VALUES ('甲')")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        with pytest.raises(StoreError, match=FILE), store.change():
            store.run("INSERT INTO notes (text) VALUES (NULL)")
        assert store.rows("SELECT * FROM notes") == []
        assert store.row("SELECT * FROM notes") is None


def test_threads_write_one_after_the_other(tmp_path: Path) -> None:
    with Store(tmp_path, TABLES) as store:

        def write() -> None:
            for _ in range(20):
                with store.change():
                    count = store.rows("SELECT COUNT(*) AS n FROM notes")[0]["n"]
                    store.run("INSERT INTO notes (text) VALUES (?)", str(count))

        threads = [threading.Thread(target=write) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [int(row["text"]) for row in store.rows("SELECT text FROM notes ORDER BY id")] == list(range(160))


def test_two_processes_may_have_it_open(tmp_path: Path) -> None:
    with Store(tmp_path, TABLES) as served, Store(tmp_path, TABLES) as command:
        with command.change():
            command.run("INSERT INTO notes (text) VALUES ('甲')")
        assert len(served.rows("SELECT * FROM notes")) == 1


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    with Store(tmp_path / "desk", TABLES):
        assert (tmp_path / "desk" / FILE).stat().st_mode & 0o077 == 0


def test_a_file_of_a_newer_program_or_no_database_is_named(tmp_path: Path) -> None:
    with Store(tmp_path, TABLES) as store:
        store.run(f"PRAGMA user_version = {FORMAT + 1}")
    with pytest.raises(StoreError, match="更新版本"):
        Store(tmp_path, TABLES)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / FILE).write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(StoreError, match="用备份替换"):
        Store(tmp_path / "broken", TABLES)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="设置 desk"):
        Store(tmp_path / "file", TABLES)

"""Answers that a person has asked a lasting link for; and the key under which receipts are sealed.

Question and answer as they were shown, personal data masked, nothing of who asked. Deleted after a settable time.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from ui.citizen.receipts import Receipt
from ui.shown import Shown
from ui.store import DAY_S, HOUR_S, Row, Store, now_s

TABLES = """
CREATE TABLE IF NOT EXISTS seal (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS answers (
  id TEXT PRIMARY KEY, made_s REAL NOT NULL, question TEXT NOT NULL, place TEXT NOT NULL, shown TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS answers_made ON answers (made_s);
"""
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Kept:
    """One of them."""

    id: str
    made_on: date
    question: str
    place: str
    shown: Shown

    def until(self, days: int) -> date | None:
        """The last day on which it can be read; None where `days` is 0: there is none."""
        return self.made_on + timedelta(days) if days else None


def seal_key(store: Store) -> bytes:
    """The key of this store, made when it is first wanted: receipts hold after a restart."""
    with store.change():
        store.run("INSERT OR IGNORE INTO seal (id, key) VALUES (1, ?)", secrets.token_bytes(_KEY_BYTES))
        row = store.row("SELECT key FROM seal")
    assert row is not None
    return bytes(row["key"])


def keep(store: Store, receipt: Receipt, at_s: float | None = None) -> None:
    """Keep what a receipt says was answered. Once is as good as twice. Call it within `store.change()`."""
    store.run(
        "INSERT OR IGNORE INTO answers (id, made_s, question, place, shown) VALUES (?, ?, ?, ?, ?)",
        *(receipt.id, now_s() if at_s is None else at_s, receipt.question, receipt.place),
        json.dumps(receipt.shown.to_json(), ensure_ascii=False),
    )


def kept(store: Store, id: str) -> Kept | None:
    """The answer with this id; None where there is none, or none any more."""
    row = store.row("SELECT * FROM answers WHERE id = ?", id)
    return _kept(row) if row else None


def kept_last_hour(store: Store) -> int:
    """How many have come to be kept within an hour."""
    row = store.row("SELECT count(*) AS n FROM answers WHERE made_s > ?", now_s() - HOUR_S)
    return int(row["n"]) if row else 0


def forget(store: Store, days: int, at_s: float | None = None) -> int:
    """Delete those that are older, and say how many; none where `days` is 0. Call it within `store.change()`."""
    if not days:
        return 0
    now = now_s() if at_s is None else at_s
    return store.changed("DELETE FROM answers WHERE made_s < ?", now - days * DAY_S)


def _kept(row: Row) -> Kept:
    shown = Shown.from_json(json.loads(row["shown"]))
    return Kept(row["id"], date.fromtimestamp(row["made_s"]), row["question"], row["place"], shown)

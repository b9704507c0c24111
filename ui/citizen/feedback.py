"""有用 or 没用: what a person says of an answer, once an answer. 没用 is also proposed as an evaluation case.

Counted by the receipt's id, so that a second click changes what was said and counts nothing twice. Of an answer that
was of use nothing is kept but that, by which library and which answerer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qa.privacy import mask
from ui.citizen.receipts import Receipt
from ui.proposals import Origin, amend, propose, withdraw
from ui.store import DAY_S, HOUR_S, Store, now_s

TABLES = """
CREATE TABLE IF NOT EXISTS feedback (
  id TEXT PRIMARY KEY, made_s REAL NOT NULL, useful INTEGER NOT NULL, reasons TEXT NOT NULL, words TEXT NOT NULL,
  status TEXT NOT NULL, answerer TEXT NOT NULL, library TEXT NOT NULL,
  proposal INTEGER REFERENCES proposals ON DELETE SET NULL
);
CREATE INDEX IF NOT EXISTS feedback_made ON feedback (made_s);
"""
MAX_WORDS_CHARS = 200


class Reason(StrEnum):
    """Why an answer is of no use, as the buttons say it."""

    BESIDE = "答非所问"
    WRONG = "内容不对"
    OUTDATED = "已经过时"
    MISSING = "没找到该有的"
    OBSCURE = "看不懂"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person says of an answer; reasons and words only where it is of no use."""

    useful: bool
    reasons: tuple[Reason, ...] = ()
    words: str = ""

    @property
    def said(self) -> str:
        """答非所问、看不懂：……; 没用 where no reason is given."""
        reasons = "、".join(self.reasons) or "没用"
        return f"{reasons}：{self.words}" if self.words else reasons


def give(store: Store, receipt: Receipt, opinion: Opinion) -> None:
    """Keep it in place of what was said of the same answer before. Call it within `store.change()`."""
    row = store.row("SELECT proposal FROM feedback WHERE id = ?", receipt.id)
    before = row["proposal"] if row else None
    proposal = _proposed(store, receipt, opinion, before)
    store.run(
        "INSERT OR REPLACE INTO feedback (id, made_s, useful, reasons, words, status, answerer, library, proposal)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(receipt.id, now_s(), opinion.useful, "、".join(opinion.reasons), mask(opinion.words).text),
        *(receipt.shown.status.value, receipt.shown.answerer, receipt.shown.library, proposal),
    )


def _proposed(store: Store, receipt: Receipt, opinion: Opinion, before: int | None) -> int | None:
    """The number of the proposal that now stands for this answer; None where there is none."""
    if opinion.useful:
        if before is not None:
            withdraw(store, before)
        return None
    if before is not None:
        amend(store, before, opinion.said)
        return before
    return propose(
        *(store, Origin.FEEDBACK, receipt.question, receipt.shown, opinion.said),
        place=receipt.place,
        history=receipt.history,
    )


def given_last_hour(store: Store) -> int:
    """How many answers were spoken of within an hour."""
    row = store.row("SELECT count(*) AS n FROM feedback WHERE made_s > ?", now_s() - HOUR_S)
    return int(row["n"]) if row else 0


def forget(store: Store, days: int) -> int:
    """Delete what is older, and say how much; nothing where `days` is 0. Call it within `store.change()`."""
    if not days:
        return 0
    return store.changed("DELETE FROM feedback WHERE made_s < ?", now_s() - days * DAY_S)

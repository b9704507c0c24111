"""What people found wrong, kept for an evaluator to look at: proposed evaluation cases.

A citizen's 没用, and an agent's reply that was sent with changes, each become one proposal. What was typed is masked
before it is kept. An evaluator accepts it as a case, edited or not, or rejects it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from qa.privacy import mask
from ui.shown import Shown
from ui.store import Row, Store, now_s

TABLES = """
CREATE TABLE IF NOT EXISTS proposals (
  id INTEGER PRIMARY KEY, made_s REAL NOT NULL, origin TEXT NOT NULL, question TEXT NOT NULL, place TEXT NOT NULL,
  history TEXT NOT NULL, asked_on TEXT NOT NULL, shown TEXT NOT NULL, said TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open', decided_s REAL, decided_by INTEGER REFERENCES accounts, made_case TEXT
);
CREATE INDEX IF NOT EXISTS proposals_state ON proposals (state, id);
"""


class Origin(StrEnum):
    """Where a proposal comes from."""

    FEEDBACK = "feedback"  # a citizen's 没用; `said` is the reason
    EDITED = "edited"  # an agent's reply; `said` is what was sent instead


class State(StrEnum):
    """What an evaluator has decided."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One of them. `case` is the accepted case as a line of JSONL, "" before."""

    id: int
    made_s: float
    origin: Origin
    question: str
    place: str
    history: tuple[str, ...]
    shown: Shown
    said: str
    state: State
    case: str = ""


def propose(
    store: Store,
    origin: Origin,
    question: str,
    shown: Shown,
    said: str,
    *,
    place: str = "",
    history: tuple[str, ...] = (),
) -> int:
    """Keep a proposal and give its number. Call it within `store.change()`."""
    asked_on = shown.asked_on.isoformat() if shown.asked_on else ""
    return store.run(
        "INSERT INTO proposals (made_s, origin, question, place, history, asked_on, shown, said)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        *(now_s(), origin.value, mask(question).text, place),
        json.dumps([mask(each).text for each in history], ensure_ascii=False),
        *(asked_on, json.dumps(shown.to_json(), ensure_ascii=False), mask(said).text),
    )


def amend(store: Store, number: int, said: str) -> None:
    """Who proposed it says more, or says it otherwise; nothing once it is decided. Call it within `store.change()`."""
    store.run("UPDATE proposals SET said = ? WHERE id = ? AND state = ?", mask(said).text, number, State.OPEN.value)


def withdraw(store: Store, number: int) -> None:
    """Who proposed it takes it back; nothing once it is decided. Call it within `store.change()`."""
    store.run("DELETE FROM proposals WHERE id = ? AND state = ?", number, State.OPEN.value)


def proposals(store: Store, state: State = State.OPEN) -> list[Proposal]:
    """Those in this state, newest first."""
    return [
        _proposal(row) for row in store.rows("SELECT * FROM proposals WHERE state = ? ORDER BY id DESC", state.value)
    ]


def proposal(store: Store, number: int) -> Proposal | None:
    """One of them; None where there is none of this number."""
    row = store.row("SELECT * FROM proposals WHERE id = ?", number)
    return _proposal(row) if row else None


def decide(store: Store, number: int, state: State, account: int, case: str = "") -> None:
    """What an evaluator has decided, with the case that was made of it. Call it within `store.change()`."""
    store.run(
        "UPDATE proposals SET state = ?, decided_s = ?, decided_by = ?, made_case = ? WHERE id = ?",
        *(state.value, now_s(), account, case or None, number),
    )


def _proposal(row: Row) -> Proposal:
    return Proposal(
        id=row["id"],
        made_s=row["made_s"],
        origin=Origin(row["origin"]),
        question=row["question"],
        place=row["place"],
        history=tuple(json.loads(row["history"])),
        shown=Shown.from_json(json.loads(row["shown"])),
        said=row["said"],
        state=State(row["state"]),
        case=row["made_case"] or "",
    )

"""What evaluators think of an answer, 对 or 错 with a reason, and how far the automatic score agrees with them.

A mark belongs to an answer, not to a folder: it is kept under the run's fingerprint, the case and what was said, so
that it counts wherever the same was answered, and no longer where a model has answered otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.statistics import Interval, Mean, bootstrap_of, cohen_kappa
from qa.privacy import mask
from ui.evaluator.glance import Glance, Line
from ui.records import Account
from ui.store import Store, now_s

MAX_REASON_CHARS = 500
TABLES = """
CREATE TABLE IF NOT EXISTS case_marks (
  run TEXT NOT NULL, case_id TEXT NOT NULL, said TEXT NOT NULL, account INTEGER NOT NULL REFERENCES accounts,
  is_right INTEGER NOT NULL, reason TEXT NOT NULL, made_s REAL NOT NULL,
  PRIMARY KEY (run, case_id, said, account)
);
CREATE TABLE IF NOT EXISTS case_openings (
  run TEXT NOT NULL, account INTEGER NOT NULL REFERENCES accounts, made_s REAL NOT NULL, PRIMARY KEY (run, account)
);
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """One evaluator's word on one answer."""

    by: str  # the account's name
    account: int
    right: bool
    reason: str
    made_s: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A mark beside the automatic score of the same answer."""

    line: Line
    mark: Mark

    @property
    def agreed(self) -> bool:
        return self.mark.right == self.line.right


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one evaluator, or of all, with the automatic score."""

    who: str
    share: Mean
    kappa: float | None  # None without marks, or where chance alone must agree
    kappa_interval: Interval | None


def mark_case(store: Store, glance: Glance, line: Line, by: Account, right: bool, reason: str) -> None:
    """Keep a mark, in place of an earlier one of the same evaluator. Raises StoreError."""
    with store.change():
        store.run(
            "INSERT OR REPLACE INTO case_marks VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(glance.card.fingerprint, line.case.id, line.said, by.id, int(right)),
            *(mask(reason.strip()[:MAX_REASON_CHARS]).text, now_s()),
        )


def unmark_case(store: Store, glance: Glance, line: Line, by: Account) -> None:
    """Take one's mark back. Raises StoreError."""
    with store.change():
        store.run(
            "DELETE FROM case_marks WHERE run = ? AND case_id = ? AND said = ? AND account = ?",
            *(glance.card.fingerprint, line.case.id, line.said, by.id),
        )


def marks(store: Store, glance: Glance) -> Mapping[int, Sequence[Mark]]:
    """The marks of a run by the number of the case, each case's oldest first."""
    rows = store.rows(
        "SELECT case_marks.*, name FROM case_marks JOIN accounts ON accounts.id = account WHERE run = ?"
        " ORDER BY case_marks.made_s",
        glance.card.fingerprint,
    )
    numbers = {(line.case.id, line.said): line.number for line in glance.lines}
    found: dict[int, list[Mark]] = {}
    for row in rows:
        number = numbers.get((row["case_id"], row["said"]))
        if number:
            mark = Mark(row["name"], row["account"], bool(row["is_right"]), row["reason"], row["made_s"])
            found.setdefault(number, []).append(mark)
    return found


def judged(glance: Glance, marked: Mapping[int, Sequence[Mark]]) -> Sequence[Judged]:
    """Every mark on a case that the automatic score judges, too."""
    return [
        Judged(line, mark) for line in glance.lines if line.right is not None for mark in marked.get(line.number, ())
    ]


def agreements(pairs: Sequence[Judged]) -> Sequence[Agreement]:
    """Of all evaluators together, then of each by name; [] without marks."""
    names = sorted({pair.mark.by for pair in pairs})
    of_each = [(name, [pair for pair in pairs if pair.mark.by == name]) for name in names]
    parts = [("全部", list(pairs)), *of_each] if len(names) != 1 else of_each
    return [_agreement(who, members) for who, members in parts if members]


def _agreement(who: str, pairs: Sequence[Judged]) -> Agreement:
    sides = [(pair.mark.right, pair.line.right is True) for pair in pairs]
    return Agreement(
        who,
        Mean.of((float(pair.agreed) for pair in pairs), interval=True),
        cohen_kappa(sides),
        bootstrap_of(sides, cohen_kappa),
    )


# ── who has looked ──────────────────────────────────────────────────────────────────────────────────────────────


def may_read(store: Store, glance: Glance, account: Account) -> bool:
    """May the cases of this run be shown: always, but those of the test split after a clear word only."""
    asked = "SELECT 1 FROM case_openings WHERE run = ? AND account = ?"
    return not glance.card.guarded or store.row(asked, glance.card.fingerprint, account.id) is not None


def open_cases(store: Store, glance: Glance, account: Account) -> None:
    """Note that somebody wants to read the cases of a test run. Raises StoreError."""
    with store.change():
        store.run("INSERT OR IGNORE INTO case_openings VALUES (?, ?, ?)", glance.card.fingerprint, account.id, now_s())


def readers(store: Store, glance: Glance) -> Sequence[tuple[str, float]]:
    """Who has opened them, and when (seconds since 1970)."""
    rows = store.rows(
        "SELECT name, case_openings.made_s AS at_s FROM case_openings JOIN accounts ON accounts.id = account"
        " WHERE run = ? ORDER BY at_s",
        glance.card.fingerprint,
    )
    return [(row["name"], row["at_s"]) for row in rows]

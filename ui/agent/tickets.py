"""Tickets in the desk's store: made, written on, passed on, closed, found again, and deleted for good.

Whoever changes a ticket says which version was seen; where another tab has gone on meanwhile, nothing is overwritten:
what came too late is kept aside (`Moment.LOST`) and `Conflict` holds the ticket as it is. Every text that is given here
has been masked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from index.query import FRAMES
from index.records import Span
from index.tokens import present
from ui.agent.records import Edit, Moment, Near, State, Ticket, Tone, Unit
from ui.badges import Badge
from ui.records import Account, Role, Turned
from ui.shown import Shown
from ui.store import DAY_S, Row, Store, now_s

TABLES = """
CREATE TABLE IF NOT EXISTS tickets (
  id INTEGER PRIMARY KEY AUTOINCREMENT, agent INTEGER NOT NULL REFERENCES accounts,
  made_s REAL NOT NULL, changed_s REAL NOT NULL, done_s REAL, closed_s REAL,
  state TEXT NOT NULL, version INTEGER NOT NULL,
  story TEXT NOT NULL, masked TEXT NOT NULL, question TEXT NOT NULL, context TEXT NOT NULL, place TEXT NOT NULL,
  shown TEXT NOT NULL DEFAULT '', near TEXT NOT NULL DEFAULT '[]', units TEXT NOT NULL DEFAULT '[]',
  cited TEXT NOT NULL DEFAULT '', lines TEXT NOT NULL DEFAULT '[]',
  tone TEXT NOT NULL, unit TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', reply TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS tickets_agent ON tickets (agent, done_s);
CREATE INDEX IF NOT EXISTS tickets_closed ON tickets (closed_s);
CREATE TABLE IF NOT EXISTS ticket_edits (
  id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES tickets ON DELETE CASCADE,
  at_s REAL NOT NULL, moment TEXT NOT NULL, account INTEGER NOT NULL REFERENCES accounts, lines TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ticket_edits_ticket ON ticket_edits (ticket);
CREATE VIRTUAL TABLE IF NOT EXISTS ticket_words USING fts5(words);
"""
SAME_EDIT_S = 60.0  # saved again within a minute it is one edit
PAGE = 20  # tickets
_BATCH, _NO_ID = 200, 2**62
_LEAST_ALIKE = 0.34  # of the words of a question that an earlier one shares
_LOOKED_AT, _MOST_ALIKE = 30, 5
_WITH_AGENT = "SELECT tickets.*, accounts.name, accounts.role FROM tickets JOIN accounts ON accounts.id = tickets.agent"


class Conflict(Exception):
    """Another tab has changed the ticket meanwhile; `ticket` is as it stands."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(f"ticket {ticket.id} is at version {ticket.version}")
        self.ticket = ticket


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets are looked for; "" and None stand for any."""

    words: str = ""  # each of them stands in story, question, draft, reply, unit or note
    number: str = ""  # a 文号 that is cited, or a part of one
    place: str = ""  # chosen, or that of a cited notice
    state: State | None = None
    agent: str = ""  # name of the account
    first_on: date | None = None  # days on which it was made, local time
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tickets:
    """The tickets of a store. `clock` gives seconds since 1970."""

    store: Store
    clock: Callable[[], float] = now_s

    # ── one ticket ──

    def get(self, number: int) -> Ticket:
        """Raises Turned (404) where there is none."""
        row = self.store.row(f"{_WITH_AGENT} WHERE tickets.id = ?", number)
        if row is None:
            raise Turned(404, "没有这张工单，可能已到期删除。")
        return _ticket(row)

    def begin(
        self,
        agent: Account,
        story: str,
        masked: Mapping[str, int],
        question: str,
        context: str,
        place: str,
        tone: Tone = Tone.WRITTEN,
    ) -> Ticket:
        """A new one, still without an answer."""
        now = self.clock()
        with self.store.change():
            made = self.store.run(
                "INSERT INTO tickets (version, agent, made_s, changed_s, state, story, masked, question, context,"
                " place, tone) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *(agent.id, now, now, State.WAITING.value, story, _json(masked), question, context),
                *(place, tone.value),
            )
        return self.get(made)

    def ask_again(
        self, seen: Ticket, by: Account, story: str, masked: Mapping[str, int], question: str, context: str, place: str
    ) -> Ticket:
        """The same call with another story, question or place; the draft stays until there is an answer."""
        changes = {"story": story, "masked": _json(masked), "question": question, "context": context, "place": place}
        return self._change(seen, by, changes)

    def answered(
        self,
        seen: Ticket,
        by: Account,
        shown: Shown,
        lines: Sequence[str],
        near: Iterable[Near] = (),
        units: Iterable[Unit] = (),
    ) -> Ticket:
        """Keep the answer, and its lines as the draft; an earlier draft stays among the edits."""
        changes = {
            "state": (State.ANSWERED if seen.state is State.WAITING else seen.state).value,
            "shown": _json(shown.to_json()),
            "near": _json([_near_json(each) for each in near]),
            "units": _json([_unit_json(each) for each in units]),
            "cited": "\n".join(dict.fromkeys(word for s in shown.sources for word in (s.document_number, s.place))),
        }
        return self._change(seen, by, changes, lines, Moment.ASKED)

    def save(self, seen: Ticket, by: Account, lines: Sequence[str], tone: Tone, note: str) -> Ticket:
        """Keep a draft as it is edited. Raises Conflict."""
        changes = {"tone": tone.value, "note": note}
        return self._change(seen, by, changes, lines, Moment.SAVED)

    def pass_on(self, seen: Ticket, by: Account, unit: str, note: str) -> Ticket:
        """Pass it on to a unit. Raises Conflict."""
        changes = {"state": State.PASSED.value, "unit": unit, "note": note, "done_s": seen.done_s or self.clock()}
        return self._change(seen, by, changes)

    def close(
        self, seen: Ticket, by: Account, reply: str, lines: Sequence[str], also: Callable[[], object] = lambda: None
    ) -> Ticket:
        """Close it with the reply as it was sent; from then on it does not change. Raises Conflict.

        `also` writes what follows from it: kept with it, or not at all.
        """
        now = self.clock()
        changes = {"state": State.CLOSED.value, "reply": reply, "closed_s": now, "done_s": seen.done_s or now}
        words = " ".join(sorted(_words(f"{seen.question}\n{seen.story}")))
        with self.store.change():
            self._write(seen, by, changes, lines, Moment.SENT)
            self.store.run("INSERT INTO ticket_words (rowid, words) VALUES (?, ?)", seen.id, words)
            also()
        return self.get(seen.id)

    def edits(self, number: int) -> tuple[Edit, ...]:
        """The drafts that were kept, oldest first."""
        rows = self.store.rows(
            "SELECT ticket_edits.*, name FROM ticket_edits JOIN accounts ON accounts.id = account WHERE ticket = ?"
            " ORDER BY ticket_edits.id",
            number,
        )
        return tuple(
            Edit(row["at_s"], Moment(row["moment"]), row["name"], tuple(json.loads(row["lines"]))) for row in rows
        )

    def lost(self, number: int, by: Account, lines: Sequence[str]) -> None:
        """Keep aside what came too late."""
        with self.store.change():
            self._keep(number, by, lines, Moment.LOST)

    def _change(
        self,
        seen: Ticket,
        by: Account,
        changes: Mapping[str, object],
        lines: Sequence[str] | None = None,
        moment: Moment = Moment.SAVED,
    ) -> Ticket:
        with self.store.change():
            self._write(seen, by, changes, lines, moment)
        return self.get(seen.id)

    def _write(
        self, seen: Ticket, by: Account, changes: Mapping[str, object], lines: Sequence[str] | None, moment: Moment
    ) -> None:
        """One more version, if `seen` is the last; within `store.change()`. A closed one is refused (Turned, 409)."""
        if seen.state is State.CLOSED:
            raise Turned(409, "工单已经办结，不能再改。")
        if lines is not None:
            changes = {**changes, "lines": _json(list(lines))}
        columns = "".join(f", {name} = ?" for name in changes)
        done = self.store.changed(
            f"UPDATE tickets SET version = version + 1, changed_s = ?{columns} WHERE id = ? AND version = ?",
            *(self.clock(), *changes.values(), seen.id, seen.version),
        )
        if not done:
            raise Conflict(self.get(seen.id))
        if lines is not None:
            self._keep(seen.id, by, lines, moment)

    def _keep(self, number: int, by: Account, lines: Sequence[str], moment: Moment) -> None:
        now = self.clock()
        last = self.store.row("SELECT * FROM ticket_edits WHERE ticket = ? ORDER BY id DESC LIMIT 1", number)
        goes_on = last is not None and last["moment"] == moment.value == Moment.SAVED.value
        if last is not None and goes_on and now - last["at_s"] < SAME_EDIT_S and last["account"] == by.id:
            self.store.run("UPDATE ticket_edits SET lines = ? WHERE id = ?", _json(list(lines)), last["id"])
            return
        self.store.run(
            "INSERT INTO ticket_edits (ticket, at_s, moment, account, lines) VALUES (?, ?, ?, ?, ?)",
            *(number, now, moment.value, by.id, _json(list(lines))),
        )

    # ── many ──

    def find(self, reader: Account, wanted: Wanted, page: int = 0) -> tuple[list[Ticket], int]:
        """A page of those that this account may read (`records.may_read`), newest first; and how many there are."""
        where, values = _conditions(reader, wanted)
        counted = self.store.row(
            f"SELECT count(*) AS n FROM tickets JOIN accounts ON accounts.id = agent WHERE {where}", *values
        )
        rows = self.store.rows(
            f"{_WITH_AGENT} WHERE {where} ORDER BY tickets.id DESC LIMIT ? OFFSET ?", *values, PAGE, page * PAGE
        )
        return [_ticket(row) for row in rows], counted["n"] if counted else 0

    def each(self, reader: Account, wanted: Wanted) -> Iterator[Ticket]:
        """All of them, newest first; read batch by batch, so that nobody waits for a long list."""
        where, values = _conditions(reader, wanted)
        below = _NO_ID
        while rows := self.store.rows(
            f"{_WITH_AGENT} WHERE {where} AND tickets.id < ? ORDER BY tickets.id DESC LIMIT {_BATCH}", *values, below
        ):
            yield from map(_ticket, rows)
            below = rows[-1]["id"]

    def similar(self, question: str, besides: int = 0) -> list[Ticket]:
        """Closed tickets whose question and story share words with a question, most alike first; words that are rare
        among tickets count for more (BM25).
        """
        wanted = _words(question)
        if not wanted:
            return []
        rows = self.store.rows(
            "SELECT rowid, words FROM ticket_words WHERE ticket_words MATCH ? ORDER BY bm25(ticket_words) LIMIT ?",
            *(" OR ".join(f'"{word}"' for word in sorted(wanted)), _LOOKED_AT),
        )
        shares = {row["rowid"]: len(wanted & set(row["words"].split(" "))) / len(wanted) for row in rows}
        alike = [number for number, share in shares.items() if share >= _LEAST_ALIKE and number != besides]
        return [self.get(number) for number in alike[:_MOST_ALIKE]]

    def today(self, agent: Account) -> tuple[int, float | None]:
        """How many this agent has passed on or closed today, local time, and the seconds that one took on average."""
        midnight = datetime.fromtimestamp(self.clock()).replace(hour=0, minute=0, second=0, microsecond=0)
        row = self.store.row(
            "SELECT count(*) AS n, avg(done_s - made_s) AS mean FROM tickets WHERE agent = ? AND done_s >= ?",
            *(agent.id, midnight.timestamp()),
        )
        return (row["n"], row["mean"]) if row else (0, None)

    def delete_old(self, days: int) -> int:
        """Delete what was closed more than so many days ago, for good: rows, edits, words, and their trace in the
        write-ahead log. 0 days: never. Gives how many.
        """
        if days <= 0:
            return 0
        before = self.clock() - days * DAY_S
        if not self.store.row("SELECT 1 FROM tickets WHERE closed_s < ? LIMIT 1", before):
            return 0
        with self.store.change():
            self.store.run(
                "DELETE FROM ticket_words WHERE rowid IN (SELECT id FROM tickets WHERE closed_s < ?)", before
            )
            gone = self.store.changed("DELETE FROM tickets WHERE closed_s < ?", before)
            # what is deleted from an index of words stays in its older segments until they are merged
            self.store.run("INSERT INTO ticket_words (ticket_words) VALUES ('optimize')")
        self.store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone


def _conditions(reader: Account, wanted: Wanted) -> tuple[str, list[object]]:
    where, values = ["(? OR agent = ? OR (? AND state = 'closed'))"], list[object]()
    values += [reader.role is Role.ADMIN, reader.id, reader.role is Role.AGENT]
    text = "lower(story || char(10) || question || char(10) || lines || char(10) || reply || char(10) || unit || note)"
    for word in wanted.words.split():
        where.append(f"instr({text}, lower(?)) > 0")
        values.append(word)
    searched = {
        "cited": wanted.number,
        "(tickets.place || char(10) || cited)": wanted.place,
        "accounts.name": wanted.agent,
    }
    for column, value in searched.items():
        if value:
            where.append(f"instr({column}, ?) > 0")
            values.append(value)
    if wanted.state:
        where.append("state = ?")
        values.append(wanted.state.value)
    if wanted.first_on:
        where.append("tickets.made_s >= ?")
        values.append(_begins(wanted.first_on))
    if wanted.last_on:
        where.append("tickets.made_s < ?")
        values.append(_begins(wanted.last_on + timedelta(days=1)))
    return " AND ".join(where), values


def _begins(day: date) -> float:
    return datetime(day.year, day.month, day.day).timestamp()


def _words(text: str) -> set[str]:
    """Pairs of characters and numbers; what only frames a question tells no call from another."""
    return {word for word in present(text) - FRAMES if len(word) > 1 and word.isalnum()}


# ── rows ──


def _ticket(row: Row) -> Ticket:
    return Ticket(
        id=row["id"],
        agent=Account(row["agent"], row["name"], Role(row["role"])),
        made_s=row["made_s"],
        changed_s=row["changed_s"],
        done_s=row["done_s"],
        closed_s=row["closed_s"],
        state=State(row["state"]),
        version=row["version"],
        story=row["story"],
        masked=json.loads(row["masked"]),
        question=row["question"],
        context=row["context"],
        place=row["place"],
        shown=Shown.from_json(json.loads(row["shown"])) if row["shown"] else None,
        near=tuple(map(_near, json.loads(row["near"]))),
        units=tuple(map(_unit, json.loads(row["units"]))),
        lines=tuple(json.loads(row["lines"])),
        tone=Tone(row["tone"]),
        unit=row["unit"],
        note=row["note"],
        reply=row["reply"],
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _near_json(near: Near) -> list[object]:
    on = near.signed_on.isoformat() if near.signed_on else None
    stands = [near.standing.tone, near.standing.shape, near.standing.word, near.standing.note]
    named = [near.why, near.notice_id, near.title, near.document_number, near.place]
    return [*named, on, stands, _span_json(near.span)]


def _near(kept: Sequence[Any]) -> Near:
    why, notice_id, title, number, place, on, stands, span = kept
    signed_on = date.fromisoformat(on) if on else None
    return Near(why, notice_id, title, number, place, signed_on, Badge(*stands), Span(*span) if span else None)


def _unit_json(unit: Unit) -> list[object]:
    return [unit.name, unit.role, unit.notice_id, _span_json(unit.span)]


def _unit(kept: Sequence[Any]) -> Unit:
    name, role, notice_id, span = kept
    return Unit(name, role, notice_id, Span(*span) if span else None)


def _span_json(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span else None

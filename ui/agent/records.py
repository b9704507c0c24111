"""The nouns of the agent's desk: a ticket and what lies on it. Frozen, no I/O.

A ticket holds no word of a caller that has not been masked (`qa/privacy.py`); whoever makes one masks first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from index.records import Span
from qa.records import Support
from ui.badges import Badge
from ui.records import Account, Role
from ui.shown import Shown


class State(StrEnum):
    """Where a ticket stands; the value is kept, `WORDS` is shown."""

    WAITING = "waiting"
    ANSWERED = "answered"
    PASSED = "passed"  # to the unit that is responsible
    CLOSED = "closed"


WORDS = {State.WAITING: "待答", State.ANSWERED: "已答", State.PASSED: "转办", State.CLOSED: "办结"}


class Tone(StrEnum):
    """How a reply is worded."""

    WRITTEN = "written"  # 书面: a letter
    SPOKEN = "spoken"  # 口语: read aloud


TONES = {Tone.WRITTEN: "书面", Tone.SPOKEN: "口语"}


class Moment(StrEnum):
    """Why a draft was kept as it stood then."""

    ASKED = "asked"  # it is what the answerer said
    SAVED = "saved"  # an agent wrote it
    LOST = "lost"  # an agent wrote it in one tab while another tab had gone on: kept aside
    SENT = "sent"  # the ticket was closed with it


MOMENTS = {
    Moment.ASKED: "生成",
    Moment.SAVED: "修改",
    Moment.LOST: "与另一页冲突，未采用",
    Moment.SENT: "办结时",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a draft with its markers [1], and what holding it against its quotes came to."""

    text: str
    support: Support
    failed: tuple[str, ...] = ()  # what of it does not stand there


@dataclass(frozen=True, slots=True)
class Near:
    """A notice beside those that are cited: found as well, or tied to one of them. `why` says which: 相近, 被它废止."""

    why: str
    notice_id: str
    title: str
    document_number: str
    place: str
    signed_on: date | None
    standing: Badge
    span: Span | None = None  # what was found of it


@dataclass(frozen=True, slots=True)
class Unit:
    """Who is responsible, as a notice names it."""

    name: str
    role: str  # 牵头, 责任, 承办, 配合; 发文机关 where no line of the notice names one
    notice_id: str
    span: Span | None  # of the name in the notice's repaired text


@dataclass(frozen=True, slots=True)
class Ticket:
    """One call. Times count seconds since 1970."""

    id: int
    agent: Account
    made_s: float
    changed_s: float
    done_s: float | None  # passed on or closed, whichever came first
    closed_s: float | None
    state: State
    version: int  # one more with each change: who writes must have seen the last
    story: str  # masked
    masked: Mapping[str, int]  # kind of personal data → how many were masked
    question: str  # as found in the story, or as the agent put it
    context: str  # the part of the story that the question leans on
    place: str
    shown: Shown | None  # the answer as it came, with the id of its library
    near: tuple[Near, ...]
    units: tuple[Unit, ...]
    lines: tuple[str, ...]  # of the draft, markers included
    tone: Tone
    unit: str  # that it was passed on to
    note: str
    reply: str  # as it was sent


@dataclass(frozen=True, slots=True)
class Edit:
    """A draft as it stood at a moment."""

    at_s: float
    moment: Moment
    by: str
    lines: tuple[str, ...]


def may_read(account: Account, ticket: Ticket) -> bool:
    """An agent reads what is their own, and whatever is closed: to learn from it. An admin reads all."""
    return may_edit(account, ticket) or (account.role is Role.AGENT and ticket.state is State.CLOSED)


def may_edit(account: Account, ticket: Ticket) -> bool:
    """An agent changes what is their own; an admin all. (What is closed stays as it was sent: see tickets.py.)"""
    return account.role is Role.ADMIN or (account.role is Role.AGENT and account.id == ticket.agent.id)

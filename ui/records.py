"""The nouns of the web: an address with its rule, a request as a handler sees it, what it gives back. Frozen, no I/O.

A handler is a function from Visit to Reply. It knows nothing of the library that serves it (`ui/api.py`), so that it
can be tried without a server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import ip_address

COOKIE = "wenzheng"  # that of a session
HTML, JSON, TEXT, EVENTS = "text/html", "application/json", "text/plain", "text/event-stream"


class Role(StrEnum):
    """What an account may do. An admin may do all of it."""

    AGENT = "agent"
    EVALUATOR = "evaluator"
    ADMIN = "admin"


class Who(StrEnum):
    """The rule of an address: who may use it."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    AGENTS = "agents"
    EVALUATORS = "evaluators"
    ADMINS = "admins"
    KEEPERS = "admins, and programs of this machine"

    def admits(self, account: Account | None, here: bool = False) -> bool:
        """May this account use an address with this rule; None is nobody in particular, `here` is on this machine."""
        if self is Who.ANYONE or (self is Who.KEEPERS and here):
            return True
        if account is None:
            return False
        return self is Who.SIGNED_IN or account.role in _ADMITTED[self]


_ADMITTED = {
    Who.AGENTS: (Role.AGENT, Role.ADMIN),
    Who.EVALUATORS: (Role.EVALUATOR, Role.ADMIN),
    Who.ADMINS: (Role.ADMIN,),
    Who.KEEPERS: (Role.ADMIN,),
}


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in."""

    id: int
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, as far as a handler may know it. Nothing in it is to be trusted but `account`."""

    parts: Mapping[str, str] = field(default_factory=dict)  # of the address: /notice/{notice_id}
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)  # a posted form; the last of fields that are alike
    json: object = None  # a posted JSON text; None where there is none
    account: Account | None = None
    session: str = ""  # the cookie's value, "" where there is none
    peer: str = ""  # the address that asks: for limits, never for a log
    secure: bool = False  # came by TLS
    path: str = ""
    accept: str = ""  # the header of this name

    def by(self, account: Account | None) -> Visit:
        """The same, from this account."""
        return replace(self, account=account)

    @property
    def here(self) -> bool:
        """Does a program of this machine ask; behind a proxy here, only if the proxy names no other address."""
        try:
            return ip_address(self.peer).is_loopback
        except ValueError:
            return False

    @property
    def agent(self) -> Account:
        """Who is signed in; only where the rule of the address admits no one else."""
        assert self.account is not None
        return self.account


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler gives back. A body that is an iterator is sent piece by piece, as it comes."""

    body: str | bytes | Iterator[str] | Iterator[bytes] = ""
    status: int = 200
    kind: str = HTML
    location: str = ""  # where a browser goes on, with status 303
    filename: str = ""  # to be saved under this name
    session: str | None = None  # a new value of the cookie; "" ends it
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Visit], Reply]

Refusing = Callable[[int, str], Reply]
"""(status, message) → how a program is told that it was not done."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address, who may use it, and what answers there. There is no address without a rule."""

    method: str
    path: str  # /desk/tickets/{ticket_id}
    who: Who
    handler: Handler
    summary: str = ""  # what a program gets there; an address with a summary stands in the OpenAPI description
    about: Mapping[str, object] = field(default_factory=dict)  # the OpenAPI operation: requestBody, responses
    max_bytes: int = 100_000  # of what is sent in
    asks: bool = False  # takes an answerer's time: a few at once, and so many a minute from one address
    refusing: Refusing | None = None  # where its protocol has a shape of its own for what was not done


class Turned(Exception):
    """Raised by a handler instead of a reply: it was not done, and the message says why, in Chinese, for eyes."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def moved(location: str, session: str | None = None) -> Reply:
    """Go on there, by GET."""
    return Reply(status=303, location=location, session=session)

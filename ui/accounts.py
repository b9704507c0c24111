"""Who may use the desks: accounts, what proves them, and how long they stay signed in; the door to argon2.

A password is kept as argon2id makes it (RFC 9106, the second recommended set of parameters); a session as the SHA-256
of a random 128-bit number that only the browser's cookie holds, so that who reads the file can be nobody. Twelve hours
or half an hour of silence end a session; so does signing out, a new password, or closing the account.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from index.errors import WenzhengError
from ui.records import Account, Role
from ui.store import Row, Store, now_s

if TYPE_CHECKING:
    from argon2 import PasswordHasher

IDLE_S, LONGEST_S = 30 * 60, 12 * 3600
ATTEMPTS, ATTEMPTS_OF_PEER, WITHIN_S = 10, 50, 15 * 60  # an office shares one address
LEAST_CHARS, MOST_CHARS = 10, 200  # of a password
_TOUCH_S = 30  # a session's last use is written down at most this often
_NAME = re.compile(r"[\w.@-]{1,40}")
TABLES = """
CREATE TABLE IF NOT EXISTS accounts (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, password TEXT NOT NULL,
  made_s REAL NOT NULL, closed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS sessions (
  hash TEXT PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts, begun_s REAL NOT NULL, seen_s REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS attempts (name TEXT NOT NULL, peer TEXT NOT NULL, at_s REAL NOT NULL);
CREATE INDEX IF NOT EXISTS attempts_at ON attempts (at_s);
"""


class AccountError(WenzhengError):
    """An account cannot be made, changed or entered; the message says why."""


@dataclass(slots=True)
class Accounts:
    """The accounts of a store. `clock` gives seconds since 1970."""

    store: Store
    clock: Callable[[], float] = now_s
    _hasher: PasswordHasher | None = None
    _nobodys: str = ""  # a password that nobody has, hashed
    _hashing: Lock = field(default_factory=Lock)  # 64 MB each: one at a time

    # ── for whoever runs the service ──

    def add(self, name: str, role: Role, password: str) -> Account:
        """A new account. Raises AccountError for a name that is taken or odd, or a weak password."""
        if not _NAME.fullmatch(name):
            raise AccountError("用户名最多 40 个字，可用汉字、字母、数字和 . _ - @，不能有空格。")
        if self._row(name):
            raise AccountError(f"已经有用户“{name}”。改密码请用 wenzheng user password {name}。")
        hashed = self._hash(self._fit(name, password))
        with self.store.change():
            made = self.store.run(
                "INSERT INTO accounts (name, role, password, made_s) VALUES (?, ?, ?, ?)",
                *(name, role.value, hashed, self.clock()),
            )
        return Account(made, name, role)

    def all(self) -> Sequence[tuple[Account, bool]]:
        """Every account by name, and whether it is closed."""
        found = self.store.rows("SELECT * FROM accounts ORDER BY name")
        return [(_account(row), bool(row["closed"])) for row in found]

    def set_password(self, name: str, password: str) -> None:
        """A new password, which ends all sessions and opens an account that had too many attempts."""
        row = self._known(name)
        hashed = self._hash(self._fit(name, password))
        with self.store.change():
            self.store.run("UPDATE accounts SET password = ? WHERE id = ?", hashed, row["id"])
            self.store.run("DELETE FROM sessions WHERE account = ?", row["id"])
            self.store.run("DELETE FROM attempts WHERE name = ?", name)

    def set_role(self, name: str, role: Role) -> None:
        """Another role, from the next click on."""
        row = self._known(name)
        with self.store.change():
            self.store.run("UPDATE accounts SET role = ? WHERE id = ?", role.value, row["id"])

    def set_closed(self, name: str, closed: bool) -> None:
        """Close an account, which ends its sessions and keeps what it did; or open it again."""
        row = self._known(name)
        with self.store.change():
            self.store.run("UPDATE accounts SET closed = ? WHERE id = ?", int(closed), row["id"])
            self.store.run("DELETE FROM sessions WHERE account = ?", row["id"])

    # ── for whoever signs in ──

    def enter(self, name: str, password: str, peer: str) -> str:
        """The value of a new session. Raises AccountError, which never tells whether there is such a name."""
        now = self.clock()
        who = hashlib.sha256(peer.encode()).hexdigest()
        self._count(name, who, now)
        row = self._row(name)
        known = row is not None and not row["closed"]
        # a name that is not known takes as long as one that is
        if not self._verify(row["password"] if row else self._nobody(), password) or not known or row is None:
            raise AccountError("用户名或密码不对。忘了密码请找管理员重设。")
        token = secrets.token_urlsafe(16)
        with self.store.change():
            self.store.run("DELETE FROM attempts WHERE name = ?", name)
            self.store.run("DELETE FROM sessions WHERE begun_s < ? OR seen_s < ?", now - LONGEST_S, now - IDLE_S)
            self.store.run("INSERT INTO sessions VALUES (?, ?, ?, ?)", _digest(token), row["id"], now, now)
        return token

    def of_session(self, token: str) -> Account | None:
        """Who is signed in with this cookie; None where it is none, too old, or was silent for too long."""
        if not token:
            return None
        now, digest = self.clock(), _digest(token)
        row = self.store.row(
            "SELECT accounts.*, begun_s, seen_s FROM sessions JOIN accounts ON accounts.id = account WHERE hash = ?",
            digest,
        )
        if row is None or row["closed"] or now - row["begun_s"] > LONGEST_S or now - row["seen_s"] > IDLE_S:
            return None
        if now - row["seen_s"] > _TOUCH_S:
            with self.store.change():
                self.store.run("UPDATE sessions SET seen_s = ? WHERE hash = ?", now, digest)
        return _account(row)

    def leave(self, token: str) -> None:
        """End a session."""
        with self.store.change():
            self.store.run("DELETE FROM sessions WHERE hash = ?", _digest(token))

    def _count(self, name: str, peer: str, now: float) -> None:
        """One more attempt, unless there were too many. It is counted before the password is looked at."""
        with self.store.change():
            self.store.run("DELETE FROM attempts WHERE at_s < ?", now - WITHIN_S)
            row = self.store.row(
                "SELECT SUM(name = ?) AS of_name, SUM(peer = ?) AS of_peer FROM attempts", name[:100], peer
            )
            if row and ((row["of_name"] or 0) >= ATTEMPTS or (row["of_peer"] or 0) >= ATTEMPTS_OF_PEER):
                raise AccountError("尝试的次数太多，请 15 分钟后再试，或找管理员重设密码。")
            self.store.run("INSERT INTO attempts VALUES (?, ?, ?)", name[:100], peer, now)

    def _row(self, name: str) -> Row | None:
        return self.store.row("SELECT * FROM accounts WHERE name = ?", name)

    def _known(self, name: str) -> Row:
        row = self._row(name)
        if row is None:
            raise AccountError(f"没有用户“{name}”。现有的用户见 wenzheng user list。")
        return row

    # ── argon2 ──

    def _fit(self, name: str, password: str) -> str:
        if not LEAST_CHARS <= len(password) <= MOST_CHARS:
            raise AccountError(f"密码要有 {LEAST_CHARS} 到 {MOST_CHARS} 个字符。")
        if password.casefold() == name.casefold() or len(set(password)) < 4:
            raise AccountError("这个密码太容易猜到，请换一个。")
        return password

    def _hash(self, password: str) -> str:
        with self._hashing:
            return self._argon2().hash(password)

    def _verify(self, hashed: str, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            with self._hashing:
                return self._argon2().verify(hashed, password[:MOST_CHARS])
        except (VerificationError, InvalidHashError):
            return False

    def _nobody(self) -> str:
        self._nobodys = self._nobodys or self._hash(secrets.token_urlsafe(16))
        return self._nobodys

    def _argon2(self) -> PasswordHasher:
        if self._hasher is None:
            import argon2

            self._hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)
        return self._hasher


def _account(row: Row) -> Account:
    return Account(row["id"], row["name"], Role(row["role"]))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

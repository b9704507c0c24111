"""Accounts and sessions, by a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ui.accounts import ATTEMPTS, IDLE_S, LONGEST_S, TABLES, WITHIN_S, AccountError, Accounts
from ui.records import Role
from ui.store import Store

PASSWORD = "清风徐来水波不兴"[:6] + "2024"


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Iterator[Accounts]:
    with Store(tmp_path, (TABLES,)) as store:
        made = Accounts(store, clock)
        made.add("李坐席", Role.AGENT, PASSWORD)
        yield made


def test_who_knows_the_password_is_signed_in_until_leaving(accounts: Accounts) -> None:
    token = accounts.enter("李坐席", PASSWORD, "peer")
    account = accounts.of_session(token)
    assert account is not None
    assert (account.name, account.role) == ("李坐席", Role.AGENT)
    assert accounts.enter("李坐席", PASSWORD, "peer") != token  # new at each sign-in
    accounts.leave(token)
    assert accounts.of_session(token) is None


@pytest.mark.parametrize(("name", "password"), [("李坐席", "别的口令别的口令12"), ("没有这人", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_sound_the_same(accounts: Accounts, name: str, password: str) -> None:
    with pytest.raises(AccountError, match="用户名或密码不对。忘了密码请找管理员重设。"):
        accounts.enter(name, password, "peer")


def test_the_eleventh_attempt_in_a_quarter_of_an_hour_is_not_looked_at(accounts: Accounts, clock: Clock) -> None:
    for _ in range(ATTEMPTS):
        with pytest.raises(AccountError, match="不对"):
            accounts.enter("李坐席", "不知道不知道不知道", "peer")
    with pytest.raises(AccountError, match="15 分钟后再试"):
        accounts.enter("李坐席", PASSWORD, "another peer")
    clock.now += WITHIN_S + 1
    assert accounts.of_session(accounts.enter("李坐席", PASSWORD, "peer"))


def test_a_session_ends_after_half_an_hour_of_silence_and_after_twelve_hours(accounts: Accounts, clock: Clock) -> None:
    token = accounts.enter("李坐席", PASSWORD, "peer")
    clock.now += IDLE_S - 1
    assert accounts.of_session(token)
    clock.now += IDLE_S - 1
    assert accounts.of_session(token)  # used in between
    clock.now += IDLE_S + 1
    assert accounts.of_session(token) is None
    token = accounts.enter("李坐席", PASSWORD, "peer")
    for _ in range(LONGEST_S // 1000 - 1):
        clock.now += 1000
        assert accounts.of_session(token)
    clock.now += 1201
    assert accounts.of_session(token) is None


@pytest.mark.parametrize("token", ["", "a", "a" * 10_000, "' OR 1=1 --", "\0"])
def test_a_made_up_cookie_is_nobody(accounts: Accounts, token: str) -> None:
    assert accounts.of_session(token) is None


def test_a_new_password_ends_sessions_and_so_does_closing(accounts: Accounts) -> None:
    token = accounts.enter("李坐席", PASSWORD, "peer")
    accounts.set_password("李坐席", "另一个更长的口令9876")
    assert accounts.of_session(token) is None
    token = accounts.enter("李坐席", "另一个更长的口令9876", "peer")
    accounts.set_closed("李坐席", True)
    assert accounts.of_session(token) is None
    with pytest.raises(AccountError, match="不对"):
        accounts.enter("李坐席", "另一个更长的口令9876", "peer")
    accounts.set_closed("李坐席", False)
    assert accounts.enter("李坐席", "另一个更长的口令9876", "peer")


def test_another_role_counts_at_once(accounts: Accounts) -> None:
    token = accounts.enter("李坐席", PASSWORD, "peer")
    accounts.set_role("李坐席", Role.EVALUATOR)
    account = accounts.of_session(token)
    assert account is not None
    assert account.role is Role.EVALUATOR


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("李坐席", PASSWORD, "已经有用户"),
        ("有 空格", PASSWORD, "不能有空格"),
        ("", PASSWORD, "最多 40 个字"),
        ("王", "太短", "10 到 200 个字符"),
        ("王", "aaaaaaaaaaaaaa", "太容易猜到"),
        ("wangxiaoming", "WangXiaoming", "太容易猜到"),
    ],
)
def test_odd_names_and_weak_passwords_are_told(accounts: Accounts, name: str, password: str, said: str) -> None:
    with pytest.raises(AccountError, match=said):
        accounts.add(name, Role.AGENT, password)


def test_the_file_holds_neither_passwords_nor_cookies(accounts: Accounts, tmp_path: Path) -> None:
    token = accounts.enter("李坐席", PASSWORD, "192.0.2.7")
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"$argon2id$" in kept
    for secret in (PASSWORD, token, "192.0.2.7"):
        assert secret.encode() not in kept

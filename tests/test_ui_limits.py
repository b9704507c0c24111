"""How much one address may ask in a minute."""

from __future__ import annotations

import time

import pytest

from ui.limits import Limit, household


def test_so_often_a_minute_and_then_not_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    limit = Limit(3)
    assert [limit.wait_s("203.0.113.9") for _ in range(3)] == [0, 0, 0]
    now[0] += 20
    assert 39 <= limit.wait_s("203.0.113.9") <= 41
    assert limit.wait_s("203.0.113.10") == 0  # somebody else
    now[0] += 41
    assert [limit.wait_s("203.0.113.9") for _ in range(3)] == [0, 0, 0]  # who was refused is not punished for it
    assert limit.wait_s("203.0.113.9") > 0


def test_zero_is_no_limit() -> None:
    limit = Limit(0)
    assert {limit.wait_s("203.0.113.9") for _ in range(1_000)} == {0}


def test_an_address_is_an_address_and_a_network_of_ipv6_is_one_household() -> None:
    assert household("203.0.113.9") == "203.0.113.9"
    assert household("::ffff:203.0.113.9") == "203.0.113.9"
    assert household("2001:db8:1:2:3:4:5:6") == household("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert household("testclient") == "testclient"
    assert len(household("x" * 10_000)) == 100


def test_only_so_many_addresses_are_remembered() -> None:
    limit = Limit(1, most_addresses=100)
    assert limit.wait_s("first") == 0
    for number in range(1_000):
        assert limit.wait_s(f"10.0.{number // 250}.{number % 250}") == 0
    assert limit.wait_s("10.0.3.249") > 0  # of late
    assert limit.wait_s("first") == 0  # forgotten
    storage = limit._opened().storage
    assert len(storage.events) <= 100  # type: ignore[attr-defined]
    assert len(storage.locks) <= 100  # type: ignore[attr-defined]

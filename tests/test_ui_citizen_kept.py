"""Kept answers: for a settable time, once however often asked for; the key outlives a restart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from qa.records import Question
from tests.ui_samples import ANSWER
from ui.citizen.kept import TABLES, forget, keep, kept, kept_last_hour, seal_key
from ui.citizen.receipts import Receipt
from ui.shown import Shown
from ui.store import DAY_S, Store

RECEIPT = Receipt.of("a1", Question("每具补多少？", place="大同市"), Shown.of(ANSWER))
MADE_S = datetime(2026, 3, 1, 12).timestamp()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path, (TABLES,)) as store:
        yield store


def test_an_answer_is_kept_as_it_was_shown(store: Store) -> None:
    with store.change():
        keep(store, RECEIPT, MADE_S)
    found = kept(store, "a1")
    assert found is not None
    assert (found.question, found.place, found.shown) == ("每具补多少？", "大同市", Shown.of(ANSWER))
    assert found.made_on == date(2026, 3, 1)
    assert found.until(30) == date(2026, 3, 31)
    assert found.until(0) is None
    assert kept(store, "a2") is None


def test_twice_is_once(store: Store) -> None:
    for _ in range(2):
        with store.change():
            keep(store, RECEIPT)
    assert kept_last_hour(store) == 1


def test_it_is_deleted_after_its_time(store: Store) -> None:
    with store.change():
        keep(store, RECEIPT, MADE_S)
        assert forget(store, 0, MADE_S + 9999 * DAY_S) == 0
        assert forget(store, 30, MADE_S + 30 * DAY_S) == 0
        assert forget(store, 30, MADE_S + 30 * DAY_S + 1) == 1
    assert kept(store, "a1") is None


def test_the_key_outlives_a_restart(tmp_path: Path) -> None:
    with Store(tmp_path, (TABLES,)) as store:
        key = seal_key(store)
    with Store(tmp_path, (TABLES,)) as store:
        assert seal_key(store) == key
    assert len(key) == 32

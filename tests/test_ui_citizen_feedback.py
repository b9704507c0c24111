"""有用, 没用: once an answer; 没用 becomes one proposed case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.records import Question
from tests.ui_samples import ANSWER
from ui import accounts, proposals
from ui.citizen.feedback import TABLES, Opinion, Reason, forget, give, given_last_hour
from ui.citizen.receipts import Receipt
from ui.proposals import Origin, State, decide
from ui.records import Role
from ui.shown import Shown
from ui.store import Store

RECEIPT = Receipt.of("a1", Question("每具补多少？", ("报警器怎么领？",), place="大同市"), Shown.of(ANSWER))
NO_USE = Opinion(useful=False)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path, (accounts.TABLES, proposals.TABLES, TABLES)) as store:
        yield store


def say(store: Store, opinion: Opinion, receipt: Receipt = RECEIPT) -> None:
    with store.change():
        give(store, receipt, opinion)


def test_a_second_click_says_more_and_counts_once(store: Store) -> None:
    say(store, NO_USE)
    say(store, NO_USE)
    say(store, Opinion(False, (Reason.BESIDE, Reason.OBSCURE), "我的电话13800138000，没看懂"))
    assert given_last_hour(store) == 1
    (proposed,) = proposals.proposals(store)
    assert proposed.said == "答非所问、看不懂：我的电话〔手机号〕，没看懂"
    assert (proposed.origin, proposed.question, proposed.place) == (Origin.FEEDBACK, "每具补多少？", "大同市")
    assert proposed.history == ("报警器怎么领？",)
    assert proposed.shown == Shown.of(ANSWER)
    row = store.row("SELECT * FROM feedback")
    assert row is not None
    assert (row["useful"], row["reasons"], row["words"]) == (0, "答非所问、看不懂", "我的电话〔手机号〕，没看懂")


def test_what_is_of_use_proposes_nothing_and_keeps_no_question(store: Store) -> None:
    say(store, Opinion(useful=True))
    assert proposals.proposals(store) == []
    row = store.row("SELECT * FROM feedback")
    assert row is not None
    assert "每具补多少" not in str(tuple(row))
    assert (row["useful"], row["answerer"]) == (1, "extractive")


def test_who_changes_their_mind_takes_the_proposal_back(store: Store) -> None:
    say(store, NO_USE)
    say(store, Opinion(useful=True))
    assert proposals.proposals(store) == []
    say(store, NO_USE)
    assert [each.said for each in proposals.proposals(store)] == ["没用"]


def test_what_is_decided_stays_decided(store: Store) -> None:
    evaluator = accounts.Accounts(store).add("评测", Role.EVALUATOR, "一个很长的口令：甲乙丙丁")
    say(store, NO_USE)
    (proposed,) = proposals.proposals(store)
    with store.change():
        decide(store, proposed.id, State.ACCEPTED, evaluator.id, "{}")
    say(store, Opinion(False, (Reason.WRONG,)))
    say(store, Opinion(useful=True))
    assert [each.said for each in proposals.proposals(store, State.ACCEPTED)] == ["没用"]


def test_it_is_deleted_after_its_time(store: Store) -> None:
    say(store, NO_USE)
    with store.change():
        store.run("UPDATE feedback SET made_s = made_s - 10 * 86400")
        assert forget(store, 11) == 0
        assert forget(store, 9) == 1
    assert len(proposals.proposals(store)) == 1  # an evaluator's now

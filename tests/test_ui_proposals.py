"""Proposed cases: kept masked, decided once."""

from __future__ import annotations

from pathlib import Path

from tests.ui_samples import ANSWER
from ui import accounts, proposals
from ui.accounts import Accounts
from ui.proposals import Origin, State, decide, proposal, propose
from ui.records import Role
from ui.shown import Shown
from ui.store import Store


def test_a_proposal_is_kept_without_personal_data_until_it_is_decided(tmp_path: Path) -> None:
    with Store(tmp_path, (accounts.TABLES, proposals.TABLES)) as store:
        evaluator = Accounts(store).add("评测", Role.EVALUATOR, "一个很长的口令：甲乙丙丁")
        with store.change():
            number = propose(
                *(store, Origin.FEEDBACK, "我的手机13800138000，报警器补多少？", Shown.of(ANSWER), "答非所问"),
                place="大同市",
                history=("身份证140203199001011239能办吗",),
            )
        (kept,) = proposals.proposals(store)
        assert kept == proposal(store, number)
        assert kept.question == "我的手机〔手机号〕，报警器补多少？"
        assert "140203199001011239" not in "".join(kept.history)
        assert (kept.said, kept.place, kept.state, kept.shown) == ("答非所问", "大同市", State.OPEN, Shown.of(ANSWER))
        with store.change():
            decide(store, number, State.ACCEPTED, evaluator.id, '{"id": "x"}')
        assert proposals.proposals(store) == []
        assert [each.case for each in proposals.proposals(store, State.ACCEPTED)] == ['{"id": "x"}']
        assert proposal(store, 99) is None

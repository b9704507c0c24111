"""Receipts: what was sealed comes back, and nothing else does."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.records import Question, Status
from tests.ui_samples import ANSWER
from ui.citizen.receipts import Receipt, opened, sealed
from ui.shown import Shown

KEY = b"k" * 32
RECEIPT = Receipt.of("a1", Question("每具补多少？", ("报警器怎么领？",), place="大同市"), Shown.of(ANSWER))


def test_what_is_sealed_comes_back() -> None:
    assert opened(KEY, sealed(KEY, RECEIPT)) == RECEIPT
    assert RECEIPT.question == "每具补多少？"
    assert RECEIPT.history == ("报警器怎么领？",)
    assert RECEIPT.place == "大同市"


def test_an_altered_one_is_nobodys() -> None:
    seal, kept = sealed(KEY, RECEIPT)[:64], sealed(KEY, RECEIPT)[64:]
    assert len(bytes.fromhex(seal)) == 32
    forged = kept.replace("400", "900")
    assert forged != kept
    assert opened(KEY, seal + forged) is None
    assert opened(b"another key", seal + kept) is None
    assert opened(KEY, kept) is None


@given(st.text())
def test_any_other_text_is_nobodys(text: str) -> None:
    assert opened(KEY, text) is None


def test_personal_data_is_masked_before_it_is_sealed() -> None:
    question = Question("我的手机是13800138000，补多少？", ("身份证140203199001011239能领吗",), place="大同市")
    refused = Shown(Status.REFUSED, "没有找到“13800138000”的规定。", told="已按“13800138000”查找。")
    kept = json.loads(sealed(KEY, Receipt.of("a1", question, refused))[64:])
    assert kept["question"] == "我的手机是〔手机号〕，补多少？"
    assert kept["history"] == ["身份证〔身份证号〕能领吗"]
    assert kept["shown"]["text"] == "没有找到“〔手机号〕”的规定。"
    assert kept["shown"]["told"] == "已按“〔手机号〕”查找。"


@pytest.mark.parametrize("broken", ["\ud800", "报警器\udfff"])
def test_half_a_character_does_not_break_it(broken: str) -> None:
    receipt = Receipt.of("a1", Question(broken), Shown.of(ANSWER))
    assert opened(KEY, sealed(KEY, receipt)) == receipt
    assert opened(KEY, broken) is None

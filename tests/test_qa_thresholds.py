"""qa/thresholds.py: whose figure falls under which bracket."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qa.thresholds import admitted, counts, ranges

SECOND = "造成3人以上10人以下死亡（含失踪）的，或者10人以上50人以下重伤的水上突发事件"


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("翻了条船，十二个伤得挺厉害", SECOND, (True, False)),
        ("十五口子漂在水上", "危及10人以上生命安全", (True, False)),
        ("俩人掉水里没了", "造成3人以下死亡", (True, False)),
        ("三百多号堵在广场", "参与人数在1000人以上5000人以下", (False, True)),
        ("停了25小时", "停工24小时以上", (True, False)),
        ("一年卖8000万元", "年销售收入1亿元以上的，奖励100万元", (False, True)),
        ("一年卖两亿元", "年销售收入1亿元以上的，奖励100万元", (True, False)),
        ("得了85分", "70（含）—90分为建议调整", (True, False)),
        ("得了68分", "70（含）—90分为建议调整", (False, True)),
        ("十二个伤得挺厉害", "伤者由市卫健委救治", (False, False)),  # no threshold
        ("伤得挺厉害", SECOND, (False, False)),  # no figure
        ("十二个工作日了", SECOND, (False, False)),  # of another measure
        ("二级响应谁启动", "三级以上响应由市指挥部启动", (False, False)),  # tells which, not how many
    ],
)
def test_a_figure_falls_under_a_threshold_of_its_measure(question: str, text: str, found: tuple[bool, bool]) -> None:
    assert admitted(counts(question), text) == found


def test_brackets_that_follow_each_other_are_half_open() -> None:
    assert sorted(ranges(SECOND)["人"]) == [(Decimal(3), Decimal(10)), (Decimal(10), Decimal(50))]
    assert admitted(counts("没了三个人"), "3人以上10人以下") == (True, False)
    assert admitted(counts("没了十个人"), "3人以上10人以下") == (False, True)
    assert ranges("不超过3人")["人"] == [(Decimal(0), Decimal(3))]

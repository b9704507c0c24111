"""qa/day.py: the day that a question speaks of."""

from __future__ import annotations

from datetime import date

import pytest

from qa.day import day_meant, issued_ago

ASKED = date(2024, 8, 5)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2023年7月1日大同执行的是哪份文件？", date(2023, 7, 1)),
        ("到2028年12月还在有效期内吗？", date(2028, 12, 15)),
        ("都二六年三月了，还作数不？", date(2026, 3, 15)),
        ("今天才三月二十，管用了没？", date(2024, 3, 20)),
        ("我们车队七月三十一号出的祸，该照哪份来？", date(2024, 7, 31)),
        ("今年三月底那阵子还顶用不？", date(2024, 3, 28)),
        ("我去年二月就去问过", date(2023, 2, 15)),
        ("2020年5月20日印发的预案现在还有效吗？", ASKED),  # said of the notice
        ("六月份的补贴还有效吗？", ASKED),  # a month alone is no day
        ("现在还有效吗？", ASKED),
        ("2024年2月31日有效吗？", ASKED),  # there is no such day
        ("十三月五日呢", ASKED),
    ],
)
def test_the_day_a_question_speaks_of(text: str, meant: date) -> None:
    assert day_meant(text, ASKED) == meant


def test_the_year_of_issue_told_from_the_day_of_the_question() -> None:
    asked_on = date(2024, 8, 1)
    assert issued_ago("去年出的那份文件", asked_on) == 2023
    assert issued_ago("按今年印发的办法", asked_on) == 2024
    assert issued_ago("去年修了几条路", asked_on) is None

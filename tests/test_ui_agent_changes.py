"""Did an edit change what is said; what another library says anew."""

from __future__ import annotations

import pytest

from ui.agent.changes import Sign, difference, in_substance

ANSWERED = ("遗体火化费：普通火化炉400元/具[1]。", "在市殡葬服务中心火化的，都按这个标准减免[2]。")


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        (ANSWERED, False),
        (("您好！", *ANSWERED, "感谢您的来电，再见。"), False),
        ((ANSWERED[1], ANSWERED[0].replace("[1]", "")), False),
        ((ANSWERED[0].replace("400", "500"), ANSWERED[1]), True),
        (ANSWERED[:1], True),
        ((*ANSWERED, "外地户口的也可以申请，请带死亡证明。"), True),
        ((), True),
    ],
)
def test_in_substance(sent: tuple[str, ...], changed: bool) -> None:
    assert in_substance(ANSWERED, sent) is changed


def test_nothing_against_nothing_is_no_change() -> None:
    assert in_substance((), ()) is False


def test_two_answers_line_by_line() -> None:
    now = ("遗体火化费：普通火化炉500元/具[1]。", "在市殡葬服务中心火化的，都按这个标准减免[1]。")
    assert difference(ANSWERED, now) == (
        (Sign.GONE, "遗体火化费：普通火化炉400元/具。"),
        (Sign.NEW, "遗体火化费：普通火化炉500元/具。"),
        (Sign.SAME, "在市殡葬服务中心火化的，都按这个标准减免。"),
    )

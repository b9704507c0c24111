"""What one may ask next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.provisions import provisions
from qa.records import Answer, Question, Status
from tests.page_samples import cite, notice_titled
from tests.ui_samples import NOTICE
from ui.citizen.suggestions import name_of, suggestions

FUNERAL = notice_titled("惠民殡葬")
FEES = Answer(
    Question("火化费减免多少？"),
    Status.ANSWERED,
    "400元[1]。",
    (cite(1, FUNERAL, "遗体火化费。普通火化炉400元/具。"),),
)


def labels(answer: Answer) -> list[str]:
    return [each.label for each in suggestions(answer, provisions)]


def test_they_ask_for_what_the_notice_holds_and_was_not_said() -> None:
    # 一、减免对象 二、减免项目及标准 (cited) 三、办理程序 四、资金保障 五、工作要求
    assert labels(FEES) == ["适用哪些人？", "怎么办理？", "资金保障有哪些规定？"]
    assert suggestions(FEES, provisions)[0].question == "惠民殡葬政策适用哪些人？"


def test_nothing_is_suggested_that_was_asked_before() -> None:
    asked = replace(FEES, question=Question("那怎么办理呢？", ("哪些人能减免火化费？",)))
    assert labels(asked) == ["资金保障有哪些规定？", "有效期到什么时候？", "从什么时候开始施行？"]


@pytest.mark.parametrize("status", [Status.REFUSED, Status.CLARIFY, Status.CHAT])
def test_only_an_answer_leads_on(status: Status) -> None:
    assert suggestions(replace(FEES, status=status), provisions) == ()
    assert suggestions(replace(FEES, citations=()), provisions) == ()


def test_a_notice_without_a_name_or_a_tree_suggests_little() -> None:
    unnamed = replace(FUNERAL, title="政府工作报告")
    assert suggestions(replace(FEES, citations=(replace(FEES.citations[0], notice=unnamed),)), provisions) == ()
    assert [each.label for each in suggestions(FEES, lambda _: ())] == ["有效期到什么时候？", "从什么时候开始施行？"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("关于印发《报警器补贴办法》的通知", "《报警器补贴办法》"),
        ("大同市人民政府办公室关于印发大同市突发地质灾害应急预案的通知", "大同市突发地质灾害应急预案"),
        ("忻州市人民政府关于推行终身职业技能培训制度的实施意见", "终身职业技能培训制度"),
        ("政府工作报告", ""),
    ],
)
def test_a_notice_is_called_by_what_it_issues(title: str, name: str) -> None:
    assert name_of(replace(NOTICE, title=title)) == name

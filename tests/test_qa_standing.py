"""qa/standing.py: an answer that rests on what does not hold says so first."""

from __future__ import annotations

from datetime import date

import pytest

from index.records import Span
from qa.cite import Statement
from qa.records import Question, Support
from qa.standing import besides, warnings
from tests.qa_fakes import FakeHoldings, extractive, notices
from tests.test_qa_validity import ALLOWANCE, FLOODS, NEWER, RULE, YEARS

NEW = "《衡水市人民政府办公室关于印发衡水市高龄老人津贴发放办法的通知》（衡政办规〔2026〕2号）"
DECISION = """衡水市人民政府办公室
关于废止《衡水市高龄老人津贴发放办法》的决定
衡政办发〔2026〕3号
经研究，决定废止《衡水市高龄老人津贴发放办法》（衡政办规〔2024〕6号）。
衡水市人民政府办公室
2026年1月5日
"""


def said_first(texts: tuple[str, ...], day: date, *asked: int) -> list[str]:
    """What is said of the first notice where it is cited; `asked`: numbers of those that the question names."""
    held = notices(*texts)
    found = warnings(held[:1], day, FakeHoldings(*texts).validity, [held[number] for number in asked])
    assert all(statement.spans for statement in found)
    return [statement.text for statement in found]


@pytest.mark.parametrize(
    ("texts", "day", "said"),
    [
        ((ALLOWANCE,), date(2024, 7, 1), []),
        ((ALLOWANCE,), date(2024, 6, 30), [f"该办法尚未施行：{RULE}"]),
        ((ALLOWANCE,), date(2029, 7, 1), []),
        ((ALLOWANCE,), date(2029, 7, 2), [f"该办法的有效期已过：{RULE}"]),
        ((ALLOWANCE, NEWER), date(2026, 1, 31), []),
        ((ALLOWANCE, NEWER), date(2026, 2, 1), [f"该办法已于2026年2月1日废止，现行规定为{NEW}"]),
        ((ALLOWANCE, DECISION), date(2026, 2, 1), ["该办法已于2026年1月5日废止（衡政办发〔2026〕3号）"]),
        ((FLOODS,), date(2030, 1, 1), []),
        (
            (FLOODS,),
            date(2024, 5, 19),
            ["该预案尚未施行：本预案自印发之日起实施，落款衡水市人民政府办公室2024年5月20日"],
        ),
        (
            (YEARS,),
            date(2025, 1, 1),
            ["该方案的期限已过：《衡水市促进消费实施方案（2022—2024年）》已经市政府同意"],
        ),
    ],
)
def test_what_does_not_hold_is_said_first(texts: tuple[str, ...], day: date, said: list[str]) -> None:
    assert said_first(texts, day) == said


def test_what_was_asked_for_by_name_is_told_of_though_another_is_cited() -> None:
    (said,) = said_first((NEWER, ALLOWANCE), date(2026, 3, 1), 1)
    old = "《衡水市人民政府办公室关于印发衡水市高龄老人津贴发放办法的通知》（衡政办规〔2024〕6号）"
    assert said == f"{old}已于2026年2月1日废止，现行规定为{NEW}"


def test_an_answer_begins_with_it_and_every_citation_says_how_its_notice_stands() -> None:
    question = Question("衡水高龄老人津贴每人每月发放多少元？", asked_on=date(2029, 8, 1))
    answer = extractive(ALLOWANCE).answer(question)
    assert answer.text.startswith(f"该办法的有效期已过：{RULE}[1]。")
    assert "180元发放[2]" in answer.text
    assert [citation.marker for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    stands = {(c.validity.standing.value, c.validity.on) for c in answer.citations if c.validity}
    assert stands == {("lapsed", date(2029, 8, 1))}


def test_what_is_said_first_is_not_said_twice() -> None:
    question = Question("衡水市高龄老人津贴发放办法第二条怎么规定？", asked_on=date(2029, 8, 1))
    answer = extractive(ALLOWANCE).answer(question)
    assert answer.text.count(RULE) == 1


def test_of_the_rest_of_an_answer_stays_what_says_more() -> None:
    (notice,) = notices(ALLOWANCE)
    (first,) = warnings([notice], date(2029, 8, 1), FakeHoldings(ALLOWANCE).validity)
    rule = first.spans[0]
    again = Statement("又说一遍", notice, (Span(rule.start + 4, rule.end - 1),))
    more = Statement("多说一点", notice, (rule, Span(0, 4)))
    assert besides([again, more], [first]) == [more]


def test_an_answer_as_of_an_earlier_day_is_given_for_that_day() -> None:
    question = Question("2025年3月1日，高龄老人津贴按每人每月发放多少元？", asked_on=date(2029, 8, 1))
    answer = extractive(ALLOWANCE).answer(question)
    assert "有效期已过" not in answer.text
    assert {c.validity.standing.value for c in answer.citations if c.validity} == {"in_term"}


def test_what_no_gazette_says_is_no_claim_that_lacks_a_quote() -> None:
    question = Question("衡水市防汛应急预案现在还有效吗？", asked_on=date(2026, 3, 1))
    answer = extractive(FLOODS).answer(question)
    assert answer.text.startswith("已经施行，公报未载明有效期，未见废止：")
    assert [verdict.support for verdict in answer.verdicts] == [Support.SUPPORTED]

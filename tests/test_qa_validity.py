"""qa/validity.py: what becomes of a notice, over small ones."""

from __future__ import annotations

from datetime import date

import pytest

from index.query import read_query
from index.thesaurus import Thesaurus
from qa.validity import Life, asked_of_life, tell
from tests.qa_fakes import DATONG, FakeHoldings, passages

HEAD = "衡水市人民政府办公室\n关于印发{title}的通知\n{number}\n各县（市、区）人民政府，市直各部门：\n{letter}\n"
SIGNED = "衡水市人民政府办公室\n2024年5月20日\n"
ALLOWANCE = (
    HEAD.format(title="衡水市高龄老人津贴发放办法", number="衡政办规〔2024〕6号", letter="现印发给你们，请遵照执行。")
    + SIGNED
    + """衡水市高龄老人津贴发放办法
第一条 高龄老人津贴按每人每月180元发放。
第二条 本办法自2024年7月1日起施行，有效期5年。《衡水市老年人生活补贴暂行办法》（衡政办〔2016〕21号）同时废止。
"""
)
FLOODS = (
    HEAD.format(title="衡水市防汛应急预案", number="衡政办发〔2024〕9号", letter="现印发给你们，请遵照执行。")
    + SIGNED
    + "衡水市防汛应急预案\n1.1 本预案适用于洪涝灾害的应对。\n8.4 本预案自印发之日起实施。\n"
)
YEARS = (
    HEAD.format(
        title="衡水市促进消费实施方案（2022—2024年）",
        number="衡政办发〔2024〕10号",
        letter="《衡水市促进消费实施方案（2022—2024年）》已经市政府同意，现印发给你们。",
    )
    + SIGNED
    + "衡水市促进消费实施方案（2022—2024年）\n一、鼓励餐饮企业发展外卖。\n"
)
ASKED_ON = date(2024, 10, 1)


def told(question: str, *texts: str, asked_on: date = ASKED_ON, context: str = "") -> list[str]:
    """The statements, and what the notice does not say, in brackets."""
    library = FakeHoldings(*texts)
    query = read_query(question, library.gazetteer, Thesaurus({}), context)
    found = tell(query, asked_on, passages(*texts), library.validity)
    assert all(statement.spans for statement in found.statements)  # each rests on something
    return [*(statement.text for statement in found.statements), *([f"（{found.silence}）"] if found.silence else [])]


RULE = "本办法自2024年7月1日起施行，有效期5年"
REPEALS = "《衡水市老年人生活补贴暂行办法》（衡政办〔2016〕21号）同时废止"
DAY = "落款衡水市人民政府办公室2024年5月20日"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("高龄津贴的办法现在还有效吗？", [f"还在有效期内：{RULE}"]),
        ("到2029年9月高龄津贴的办法还有效吗？", [f"已过有效期：{RULE}"]),
        ("2024年6月1日高龄津贴的办法施行了吗？", [f"尚未施行：{RULE}"]),
        ("高龄津贴的办法打哪天起算数，能用几年？", [RULE]),
        ("高龄津贴的办法是哪天印发的？", [DAY]),
        ("衡政办〔2016〕21号现在还有效吗？", [f"已经废止：{RULE}，{REPEALS}"]),
        ("今年六月一号的时候，一六年那个补贴办法还作数不？", [f"那时尚未废止：{RULE}，{REPEALS}"]),
    ],
)
def test_a_notice_tells_its_own_life(question: str, answer: list[str]) -> None:
    assert told(question, ALLOWANCE) == answer


def test_what_holds_from_the_day_of_issue_names_that_day() -> None:
    rule = "本预案自印发之日起实施"
    assert told("防汛预案从哪天开始实施？", FLOODS) == [rule, DAY]
    still = "已经施行，公报未载明有效期，未见废止"
    assert told("防汛预案现在还管用吗？", FLOODS) == [f"{still}：{rule}，{DAY}"]
    assert (
        told("防汛预案现在是否已经施行？", FLOODS)
        == told("防汛预案现在管上用了没？", FLOODS)
        == [f"{still}：{rule}，{DAY}"]
    )
    assert told("防汛预案实施了吗？", FLOODS) == [f"已经施行：{rule}，{DAY}"]
    assert told("2024年5月1日防汛预案实施了吗？", FLOODS) == [f"尚未施行：{rule}，{DAY}"]


def test_a_title_may_name_the_years() -> None:
    letter = "《衡水市促进消费实施方案（2022—2024年）》已经市政府同意"
    assert told("促进消费的方案还有效吗？", YEARS) == [f"还在期限内：{letter}"]
    assert told("2025年3月促进消费的方案还有效吗？", YEARS) == [f"期限已过：{letter}"]


def test_a_bare_serial_number_names_its_notice_and_no_other() -> None:
    assert told("衡水9号文是哪天印发的？", ALLOWANCE, FLOODS) == [DAY]
    assert told("衡水30号文是哪天印发的？", ALLOWANCE, FLOODS) == []


def test_who_took_the_place_of_the_old_one_is_named() -> None:
    answer = told("一六年的老办法叫哪份顶替了？", ALLOWANCE)
    assert answer == [f"已经废止：{RULE}，{REPEALS}", "现在执行的是衡政办规〔2024〕6号"]
    library = FakeHoldings(ALLOWANCE)
    query = read_query("一六年的老办法叫哪份顶替了？", library.gazetteer, Thesaurus({}))
    last = tell(query, ASKED_ON, passages(ALLOWANCE), library.validity).statements[-1]
    quotes = [last.notice.text[span.start : span.end] for span in last.spans]
    assert quotes == ["衡政办规〔2024〕6号", f"{REPEALS}。"]  # what says that it has taken the other's place


@pytest.mark.parametrize(
    "question",
    [
        "高龄津贴每月多少钱？",  # not of a notice's life
        "我的低保证还有效吗？",  # of no notice
        "沧政办〔2018〕3号还有效吗？",  # of one that nothing here speaks of
    ],
)
def test_what_no_notice_tells_is_left_to_reading(question: str) -> None:
    assert told(question, ALLOWANCE) == []


HOUSING = "《大同市人民政府办公室关于印发大同市公共租赁住房管理办法的通知》（同政办规〔2024〕3号）"


@pytest.mark.parametrize(
    "question", ["租赁补贴的办法有效期几年？", "公租房那个办法什么时候失效？", "公租房的办法什么时候废止？"]
)
def test_a_notice_that_states_no_term_says_so_and_nothing_besides(question: str) -> None:
    assert told(question, DATONG) == [f"（{HOUSING}没有载明有效期，本库收录的公报中也未见废止它的文件）"]


def test_of_a_notice_that_is_silent_only_what_is_known_is_said() -> None:
    day = "落款大同市人民政府办公室2024年6月13日"
    unsaid = "公报未载明施行日期和有效期，未见废止"
    assert told("公租房的办法现在还有效吗？", DATONG) == [f"{HOUSING}已经印发，{unsaid}：{day}"]
    assert told("公租房的办法打哪天起施行，有效期几年？", FLOODS.replace("防汛应急预案", "公租房办法")) == [
        "本预案自印发之日起实施",
        DAY,
        "（《衡水市人民政府办公室关于印发衡水市公租房办法的通知》（衡政办发〔2024〕9号）"
        "没有载明有效期，本库收录的公报中也未见废止它的文件）",
    ]


def test_what_became_of_the_old_one_is_not_made_up() -> None:
    named = "《衡水市人民政府办公室关于印发衡水市防汛应急预案的通知》（衡政办发〔2024〕9号）"
    assert told("新的防汛预案下来了，老的作废了没有？", FLOODS) == [f"（{named}没有写明废止哪份文件）"]
    assert "没有载明有效期" in told("以旧换新的防汛预案什么时候作废？", FLOODS)[0]  # 旧 and 新, yet of no old one


NEWER = (
    HEAD.format(title="衡水市高龄老人津贴发放办法", number="衡政办规〔2026〕2号", letter="现印发给你们。")
    + "衡水市人民政府办公室\n2026年1月5日\n"
    + "第一条 高龄老人津贴按每人每月260元发放。\n"
    + "第二条 本办法自2026年2月1日起施行。《衡水市高龄老人津贴发放办法》（衡政办规〔2024〕6号）同时废止。\n"
)


def test_a_notice_that_another_repeals_is_told_from_the_other() -> None:
    question = "衡政办规〔2024〕6号还有效吗？"
    repealed = "本办法自2026年2月1日起施行，《衡水市高龄老人津贴发放办法》（衡政办规〔2024〕6号）同时废止"
    assert told(question, ALLOWANCE, NEWER, asked_on=date(2026, 3, 1)) == [f"已经废止：{repealed}"]
    assert told(question, ALLOWANCE, NEWER, asked_on=date(2026, 1, 31)) == [f"还在有效期内：{RULE}"]


@pytest.mark.parametrize("question", ["还有效吗？", "那它现在还管用吗", "过期了没有？", "是不是作废了"])
def test_a_bare_question_is_asked_of_the_notice_that_the_ones_before_led_to(question: str) -> None:
    (answer,) = told(question, ALLOWANCE, context="高龄老人津贴每月多少？")
    assert answer == f"还在有效期内：{RULE}"
    assert told(question, ALLOWANCE) == []


@pytest.mark.parametrize("question", ["外地的证明还认吗？", "什么时候发？", "还要材料吗？", "办下来的证什么时候到期？"])
def test_what_a_follow_up_asks_of_other_things_is_left_to_reading(question: str) -> None:
    assert told(question, ALLOWANCE, context="高龄老人津贴每月多少？") == []


def test_of_a_notice_named_by_a_title_that_nothing_here_bears_nothing_is_told() -> None:
    assert told("《衡水市养老服务条例》还有效吗？", ALLOWANCE) == ["（本库没有收录《衡水市养老服务条例》）"]
    assert told("《高龄老人津贴办法》还有效吗？", FLOODS, ALLOWANCE) == [f"还在有效期内：{RULE}"]  # shortened
    assert told("《衡水市老年人生活补贴暂行办法》还有效吗？", ALLOWANCE) == [f"已经废止：{RULE}，{REPEALS}"]


def test_of_a_decision_that_only_repeals_the_question_means_what_it_repeals() -> None:
    decision = (
        "衡水市人民政府\n关于废止《衡水市牛奶管理办法》的决定\n衡政发〔2024〕3号\n"
        "决定废止《衡水市牛奶管理办法》（衡政发〔2005〕53号）。\n本决定自公布之日起施行。\n衡水市人民政府\n2024年1月5日\n"
    )
    (answer,) = told("牛奶管理办法还有效吗？", decision)
    assert answer.startswith("已经废止：本决定自公布之日起施行，决定废止《衡水市牛奶管理办法》")
    (answer,) = told("废止牛奶管理办法的决定现在还有效吗？", decision)
    assert answer.startswith("已经施行，公报未载明有效期，未见废止：")


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("那本章程打啥时候开始算数？", (Life.SINCE,)),
        ("告示是哪天贴出来的？", (Life.ISSUED,)),
        ("这个规矩过没过期？", (Life.HOLDS,)),
        ("老文件叫哪份顶替了？", (Life.REPLACED,)),
        ("办法有效期是几年？", (Life.TERM,)),
        ("补贴什么时候发？", ()),
        ("新办法废止了什么", (Life.REPLACED,)),
    ],
)
def test_what_is_asked_of_a_notices_life(question: str, asked: tuple[Life, ...]) -> None:
    assert asked_of_life(question) == asked

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.asked import Asked, asked_of
from qa.records import Question
from qa.understand import MAX_TURNS, of_our_city, understand


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("独生子女补助多少钱？", Asked.AMOUNT),
        ("高龄津贴一个月给多少？", Asked.AMOUNT),
        ("小区里谁来管这事？", Asked.WHO),
        ("由哪个部门负责？", Asked.WHO),
        ("什么时候停暖？", Asked.WHEN),
        ("多少天能办完？", Asked.HOW_LONG),
        ("要带哪些材料？", Asked.LIST),
        ("低保怎么申请？", Asked.HOW),
        ("去哪儿登记？", Asked.WHERE),
        ("外地户口能不能办？", Asked.YES_NO),
        ("这个办法还有效吗？", Asked.VALIDITY),
        ("办法什么时候施行？", Asked.EFFECTIVE),
        ("大同和阳泉有什么区别？", Asked.COMPARISON),
        ("要建多少座充电桩？", Asked.NUMBER),
        ("森林防火", Asked.OTHER),
    ],
)
def test_what_kind_of_thing_is_asked_for(question: str, kind: Asked) -> None:
    assert kind in asked_of(question)
    assert (Asked.OTHER in asked_of(question)) == (kind is Asked.OTHER)


def test_a_question_by_itself_has_no_context() -> None:
    found = understand(Question("请问，阳泉市高龄津贴怎么申请？", history=("低保多少钱？",)))
    assert (found.text, found.context) == ("阳泉市高龄津贴怎么申请？", "")
    assert not found.unclear
    assert found.small_talk == ""


@pytest.mark.parametrize(
    "follow_up",
    [
        "那外地户口的呢？",
        "这个要带哪些材料去办理？",
        "如果是在校大学生，标准一样吗？",
        "上述人员由哪个部门认定？",
        "多少钱？",
    ],
)
def test_a_follow_up_leans_on_the_question_before_it(follow_up: str) -> None:
    before = "阳泉市高龄津贴怎么申请？"
    assert understand(Question(follow_up, history=("低保多少钱？", before))).context == before


def test_a_chain_of_follow_ups_reaches_back_to_the_question_that_stands_alone() -> None:
    history = ("供热收费标准是怎么规定的？", "阳泉市高龄津贴怎么申请？", "那外地户口的呢？")
    assert understand(Question("要多久？", history=history)).context == "阳泉市高龄津贴怎么申请？\n那外地户口的呢？"


def test_a_follow_up_reaches_back_only_so_far() -> None:
    history = ("阳泉市高龄津贴怎么申请？", *(f"那第{n}类呢？" for n in range(MAX_TURNS)))
    context = understand(Question("那呢？", history=history)).context
    assert len(context.split("\n")) == MAX_TURNS
    assert "高龄津贴" not in context


def test_a_bare_follow_up_asks_what_the_question_before_it_asked() -> None:
    assert asked_of("那外地户口的呢？", "高龄津贴多少钱？") == asked_of("高龄津贴多少钱？")
    assert understand(Question("那阳泉呢？", history=("大同谁来管？",))).asked[0] is Asked.WHO


@pytest.mark.parametrize(
    "text", ["谢谢！", "非常感谢您的解答", "你好", "您好，在吗？", "你是谁", "好的，知道了。", "再见", "HELLO", "嗯嗯"]
)
def test_small_talk_gets_a_reply_and_no_search(text: str) -> None:
    found = understand(Question(text, history=("高龄津贴多少钱？",)))
    assert found.small_talk.endswith(("。", "？"))
    assert found.context == ""


@pytest.mark.parametrize("text", ["你好，高龄津贴多少钱？", "谢谢，那外地户口的呢？", "好的，供热什么时候停？"])
def test_a_greeting_before_a_question_is_no_small_talk(text: str) -> None:
    assert understand(Question(text)).small_talk == ""


@pytest.mark.parametrize("text", ["", "   ", "？？？", "😀😀", "怎么办？", "请问", "问个问题"])
def test_nothing_to_search_for_is_unclear(text: str) -> None:
    assert understand(Question(text)).unclear


def test_with_a_question_before_it_even_a_bare_word_is_clear() -> None:
    assert not understand(Question("怎么办？", history=("房产证丢了要补办吗？",))).unclear


@given(st.text(), st.lists(st.text(), max_size=8))
def test_any_question_is_understood(text: str, history: list[str]) -> None:
    found = understand(Question(text, history=tuple(history)))
    assert found.asked
    assert all(line.strip() for line in found.context.splitlines())


@pytest.mark.parametrize("words", ["嗯", "好", "您好", "谢谢您", "请问", "为什么", "那", "？", " "])
def test_no_question_takes_long(words: str) -> None:
    started = time.process_time()
    understand(Question(words * 20 + "甲"))
    understand(Question(words * (20_000 // len(words)) + "甲", history=(words * 5_000,)))
    assert time.process_time() - started < 1


@pytest.mark.parametrize("text", ["a", "[/x]", "AND OR NOT", "<script>alert(1)</script>", "SELECT * FROM t; --"])
def test_a_text_without_a_word_of_chinese_is_asked_back(text: str) -> None:
    assert understand(Question(text)).unclear


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    understood = understand(Question("那外地戶口的呢？", ("火化費能減免多少？",)))
    assert (understood.text, understood.context) == ("那外地户口的呢？", "火化费能减免多少？")


def test_a_story_leans_on_itself_and_not_on_the_questions_before_it() -> None:
    troubles = "我跑了好几趟都白跑，腿也走细了，嘴也说干了，饭都凉了。" * 5
    found = understand(Question(f"{troubles}楼里想装个电梯。这归市里哪家管？", history=("火化费能减免多少？",)))
    assert found.text == "这归市里哪家管？"
    assert found.context.endswith("楼里想装个电梯。")
    assert "火化费" not in found.context
    assert found.asked[0] is Asked.WHO


def test_what_people_say_while_they_think_is_left_out() -> None:
    assert understand(Question("嗯，那个，火化费，就是说，能减免多少？")).text == "火化费，能减免多少？"
    assert understand(Question("那个办法还有效吗？")).text == "那个办法还有效吗？"


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("我们市怎么补贴？", True),
        ("本市户口", True),
        ("咱市里有没有", True),
        ("我是市民", False),
        ("我们市场里", False),
    ],
)
def test_our_city(text: str, ours: bool) -> None:
    assert of_our_city(text) is ours


@pytest.mark.parametrize("pasted", ["<script>alert('租房')</script>{}", "<b>{}</b>", '<a href="x">{}</a><br/>'])
def test_markup_that_came_along_is_not_asked(pasted: str) -> None:
    asked = "大同租房补贴给多少钱？"
    assert understand(Question(pasted.format(asked))).text == asked
    assert understand(Question("PM2.5<35算不算优？")).text == "PM2.5<35算不算优？"

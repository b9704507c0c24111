from __future__ import annotations

import pytest

from qa.compare import asked_again, sides


def test_a_comparison_becomes_one_question_a_side() -> None:
    assert sides("甲办法和乙办法的期限分别是多久？") == ["甲办法的期限是多久？", "乙办法的期限是多久？"]


def test_the_left_side_begins_behind_a_de_or_a_comma() -> None:
    assert sides("青州的低保户和特困户，补助各是多少？") == ["青州的低保户，补助是多少？", "青州的特困户，补助是多少？"]
    assert sides("人均绿地，2025年和2035年的目标各是多少？") == [
        "人均绿地，2025年的目标是多少？",
        "人均绿地，2035年的目标是多少？",
    ]


def test_a_left_side_without_a_beginning_is_as_long_as_the_right_one() -> None:
    assert sides("青州市项目审批工作专班和专项小组多久开一次会？")[0] == "青州市项目审批工作专班多久开一次会？"


@pytest.mark.parametrize("question", ["", "火化费能减免多少？", "和和和和", "大同市的补贴是多少？", "甲和甲"])
def test_what_names_no_two_sides_is_left_alone(question: str) -> None:
    assert sides(question) == []


@pytest.mark.parametrize(
    ("follow_up", "earlier", "again"),
    [
        ("抢险组呢？", "青州市指挥部的技术组，组长由谁担任？", "青州市指挥部的抢险组，组长由谁担任？"),
        ("那二级响应呢？", "青州市的一级响应由谁启动？", "青州市的二级响应由谁启动？"),
        ("那到2030年呢？", "青州2025年要建几座公园？", "青州2030年要建几座公园？"),
        ("那街道方面的呢？", "医院方面的事归谁管？", "街道方面的事归谁管？"),
    ],
)
def test_a_thing_of_the_same_kind_takes_the_place_of_the_other(follow_up: str, earlier: str, again: str) -> None:
    assert asked_again(follow_up, earlier) == again


@pytest.mark.parametrize(
    ("follow_up", "earlier"),
    [
        ("那外地户口的呢？", "火化费能减免多少？"),
        ("那归谁管？", "火化费能减免多少？"),
        ("那2030年呢？", "2020年和2025年各多少？"),
        ("抢险组呢？", "技术组归谁管，保障组归谁管？"),
        ("呢？", ""),
    ],
)
def test_where_nothing_or_more_than_one_is_of_the_kind_nothing_is_put_in_its_place(
    follow_up: str, earlier: str
) -> None:
    assert asked_again(follow_up, earlier) == ""

from __future__ import annotations

import pytest

from qa.compare import sides


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

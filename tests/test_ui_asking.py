"""A question as a program writes it."""

from __future__ import annotations

from datetime import date

import pytest

from ui.asking import BadField, read_asked, read_count, read_place


def test_a_question_of_the_public_has_words_a_place_and_a_day() -> None:
    row = {
        "question": " 那外地户口的呢？\n",
        "history": ["火化费"],
        "place": "大同市",
        "asked_on": "2024-07-01",
        "x": 1,
    }
    question = read_asked(row)
    assert (question.text, question.history, question.place) == ("那外地户口的呢？", ("火化费",), "大同市")
    assert question.asked_on == date(2024, 7, 1)


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        ({}, "question", "缺少 question"),
        ({"question": "\u3000 \n"}, "question", "空的"),
        ({"question": "字" * 2001}, "question", "有 2001 字，最多 2000 字"),
        ({"question": "问", "history": "早先"}, "history", "列表"),
        ({"question": "问", "place": 7}, "place", "地名"),
        ({"question": "问", "place": "市" * 21}, "place", "最多 20 字"),
        ({"question": "问", "asked_on": "今天"}, "asked_on", "2024-06-27"),
    ],
)
def test_a_bad_field_is_named_and_not_repeated(row: dict[str, object], field: str, says: str) -> None:
    with pytest.raises(BadField, match=says) as caught:
        read_asked(row)
    assert caught.value.field == field


@pytest.mark.parametrize("value", [0, 51, -1, 1.5, "10", True, [], {}])
def test_a_count_is_a_whole_number_within_bounds(value: object) -> None:
    with pytest.raises(BadField, match="k 应是 1 到 50 的整数"):
        read_count({"k": value}, "k", 10, 50)


def test_what_is_left_out_or_null_has_its_default() -> None:
    rows: list[dict[str, object]] = [{}, {"k": None, "place": None}, {"k": 50, "place": "大同市"}]
    assert [read_count(row, "k", 10, 50) for row in rows] == [10, 10, 50]
    assert [read_place(row) for row in rows] == ["", "", "大同市"]

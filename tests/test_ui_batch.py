import json
from collections.abc import Iterator
from datetime import date

import pytest

from index.errors import LibraryDamaged
from tests.ui_samples import ReplayAnswerer
from ui.batch import answer_rows


def rows(*lines: str | bytes, answerer: ReplayAnswerer | None = None) -> list[dict[str, object]]:
    encoded = [line.encode() if isinstance(line, str) else line for line in lines]
    return list(answer_rows(encoded, answerer or ReplayAnswerer(), k=3, place="大同市"))


def test_a_row_is_asked_with_its_history_and_day_and_comes_back_with_its_id() -> None:
    answerer = ReplayAnswerer()
    line = '{"id": 7, "question": "那外地户口的呢？", "history": ["一", "二"], "asked_on": "2024-02-29", "gold": 1}'
    (row,) = rows(line, answerer=answerer)
    assert (row["id"], row["question"], row["status"]) == (7, "那外地户口的呢？", "partial")
    ((question, k),) = answerer.asked
    assert (question.text, question.history, question.place, k) == ("那外地户口的呢？", ("一", "二"), "大同市", 3)
    assert question.asked_on == date(2024, 2, 29)


def test_what_is_left_out_or_null_has_its_default() -> None:
    answerer = ReplayAnswerer()
    rows('{"question": ""}', '{"question": "问", "history": null, "asked_on": null}', answerer=answerer)
    assert [(q.text, q.history, q.asked_on) for q, _ in answerer.asked] == [
        ("", (), date.today()),
        ("问", (), date.today()),
    ]


@pytest.mark.parametrize(
    ("line", "id", "says"),
    [
        ("不是 JSON", None, "不是 JSON"),
        ("[1]", None, "不是 JSON 对象"),
        ("null", None, "不是 JSON 对象"),
        ('{"id": "a"}', "a", "question"),
        ('{"id": "a", "question": 5}', "a", "question"),
        ('{"id": "a", "question": null}', "a", "question"),
        ('{"id": 1, "question": "问", "history": "早先"}', 1, "history"),
        ('{"id": 1, "question": "问", "history": ["早先", 2]}', 1, "history"),
        ('{"id": 1, "question": "问", "asked_on": "2023-02-29"}', 1, "asked_on"),
        ('{"id": 1, "question": "问", "asked_on": "20240627"}', 1, "asked_on"),
        ('{"id": 1, "question": "问", "asked_on": 20240627}', 1, "asked_on"),
        ('{"id": NaN, "question": "问"}', None, "不是 JSON"),
        ('{"id": 1e999, "question": "问"}', None, "不是 JSON"),
        (b'{"id": "a", "question": "\xff"}', None, "UTF-8"),
        ("[" * 100_000, None, "不是 JSON"),
        ('{"id": ' + "9" * 5000 + ', "question": "问"}', None, "不是 JSON"),
    ],
)
def test_a_bad_row_says_why_and_the_batch_goes_on(line: str | bytes, id: object, says: str) -> None:
    bad, good = rows(line, '{"id": "z", "question": "问"}')
    assert list(bad) == ["id", "status", "error"]
    assert (bad["id"], bad["status"]) == (id, "error")
    assert says in str(bad["error"])
    assert (good["id"], good["status"]) == ("z", "partial")


def test_blank_lines_and_a_byte_order_mark_are_no_rows() -> None:
    with_mark = '\ufeff{"id": 1, "question": "问"}\r\n'
    assert [row["id"] for row in rows(with_mark, "\n", " \n", '{"id": 2, "question": ""}')] == [1, 2]
    assert rows("\ufeff\n", "") == []


def test_an_error_of_the_answerer_is_its_row_s_error() -> None:
    (row,) = rows('{"id": 1, "question": "问"}', answerer=ReplayAnswerer(LibraryDamaged("文件坏了。")))
    assert row == {"id": 1, "status": "error", "error": "文件坏了。"}


def test_a_fault_is_named_without_the_question() -> None:
    fault = KeyError("身份证 140203")
    (row,) = rows('{"id": 1, "question": "身份证 140203"}', answerer=ReplayAnswerer(fault))
    assert row["status"] == "error"
    assert "KeyError" in str(row["error"])
    assert "140203" not in json.dumps(row, ensure_ascii=False)


def test_lone_surrogates_reach_the_answerer_as_replacement_characters() -> None:
    answerer = ReplayAnswerer()
    rows(r'{"question": "\ud83d问", "history": ["\udc00"]}', answerer=answerer)
    assert (answerer.asked[0][0].text, answerer.asked[0][0].history) == ("�问", ("�",))


def test_rows_are_answered_as_they_come() -> None:
    answerer = ReplayAnswerer()
    pulled: list[int] = []

    def lines() -> Iterator[bytes]:
        for number in range(3):
            pulled.append(number)
            yield b'{"question": "q"}'

    answers = answer_rows(lines(), answerer, k=1)
    next(answers)
    assert pulled == [0]

"""A question as a program writes it, in a line of a batch or in a request → Question. Pure.

The one place that says what is a question: `ui/batch.py` and `ui/programs/` both read here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from index.query import MAX_QUESTION
from qa.records import Question
from ui.render import Json, well_formed

PASSAGES, MOST_PASSAGES = 10, 50  # `k`: how many are found unless said otherwise, and at most
MOST_PLACE_CHARS = 20
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadField(Exception):
    """A field that holds something else than it should; the message says so, in Chinese, without repeating it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def read_question(row: Json, place: str = "") -> Question:
    """{"question", "history": [str], "asked_on": "YYYY-MM-DD"}: all but `question` may be left out or null, other keys
    are ignored. Raises BadField.
    """
    text, history, asked_on = row.get("question"), row.get("history"), row.get("asked_on")
    if not isinstance(text, str):
        raise BadField("question", "缺少 question，或它不是字符串。")
    if history is None:
        history = []
    if not isinstance(history, list) or not all(isinstance(earlier, str) for earlier in history):
        raise BadField("history", "history 应是字符串的列表，先问的在前。")
    return Question(
        text=well_formed(text),
        history=tuple(map(well_formed, history)),
        asked_on=date.today() if asked_on is None else _read_day(asked_on),
        place=place,
    )


def read_asked(row: Json) -> Question:
    """A question of the public, to be answered now: `read_question` and a place, some words, not too many. Raises
    BadField.
    """
    question = read_question(row, read_place(row))
    text = question.text.strip()
    if not text:
        raise BadField("question", "question 是空的，请写上要问的话。")
    if len(text) > MAX_QUESTION:
        raise BadField("question", f"question 有 {len(text)} 字，最多 {MAX_QUESTION} 字。请写最想知道的事。")
    return replace(question, text=text)


def read_place(row: Json) -> str:
    """`place`: a city as the page offers it; "" where it is left out or null. Raises BadField."""
    place = row.get("place")
    if place is None:
        return ""
    if not isinstance(place, str) or len(place) > MOST_PLACE_CHARS:
        raise BadField("place", f"place 应是地名，例如“大同市”，最多 {MOST_PLACE_CHARS} 字。")
    return well_formed(place)


def read_count(row: Json, field: str, default: int, most: int, least: int = 1) -> int:
    """A whole number from `least` to `most`; the default where it is left out or null. Raises BadField."""
    value = row.get(field)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadField(field, f"{field} 应是 {least} 到 {most} 的整数。")
    return value


def _read_day(text: object) -> date:
    # fromisoformat alone would also take 20240101 and 2024-W01-1
    if isinstance(text, str) and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise BadField("asked_on", "asked_on 应是日期，例如 2024-06-27。")

"""A batch of questions: one JSON object a line in, one a line out, in the same order. A bad row never ends a batch."""

from __future__ import annotations

import json
import math
import os
import re
import traceback
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NoReturn

from index.errors import WenzhengError
from qa.records import Answerer, Question
from ui.render import Json, answer_json, error_json, well_formed

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _BadRow(Exception):
    """A row that holds no question; the message says why, in Chinese."""


def answer_rows(lines: Iterable[bytes], answerer: Answerer, k: int, place: str = "") -> Iterator[Json]:
    """One object a line: the answer, or {"id", "status": "error", "error"}. Blank lines are passed over.

    A line is UTF-8: {"id", "question", "history": [str], "asked_on": "YYYY-MM-DD"}; all but `question` may be left out
    or null, other keys are ignored. Holds one row at a time. Errors of the answerer become that row's error.
    """
    for number, line in enumerate(lines):
        row = line.removeprefix(BOM_UTF8) if number == 0 else line
        if row.strip():
            yield _answer_row(row, answerer, k, place)


def _answer_row(line: bytes, answerer: Answerer, k: int, place: str) -> Json:
    id: object = None
    try:
        row = _read_object(line)
        id = row.get("id")
        return answer_json(answerer.answer(_read_question(row, place), k), id)
    except (_BadRow, WenzhengError) as exc:
        return error_json(id, str(exc))
    except Exception as exc:
        if os.environ.get("WENZHENG_DEBUG") == "1":
            traceback.print_exc()
        # the exception's own words may hold the question
        return error_json(id, f"程序内部出错（{type(exc).__name__}），这一行没有作答。")


def _read_object(line: bytes) -> Json:
    try:
        row = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
    except UnicodeDecodeError as exc:
        raise _BadRow("这一行不是 UTF-8 编码，请转换后再试。") from exc
    except (ValueError, RecursionError) as exc:
        raise _BadRow("这一行不是 JSON，请每行写一个 JSON 对象。") from exc
    if not isinstance(row, dict):
        raise _BadRow('这一行不是 JSON 对象，请写成 {"id": …, "question": …}。')
    return row


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON, and would come back out in `id`


def _finite(number: str) -> float:
    value = float(number)
    return value if math.isfinite(value) else _refuse_constant(number)


def _read_question(row: Json, place: str) -> Question:
    text, history, asked_on = row.get("question"), row.get("history"), row.get("asked_on")
    if not isinstance(text, str):
        raise _BadRow("缺少 question，或它不是字符串。")
    if history is None:
        history = []
    if not isinstance(history, list) or not all(isinstance(earlier, str) for earlier in history):
        raise _BadRow("history 应是字符串的列表，先问的在前。")
    return Question(
        text=well_formed(text),
        history=tuple(map(well_formed, history)),
        asked_on=date.today() if asked_on is None else _read_day(asked_on),
        place=place,
    )


def _read_day(text: object) -> date:
    # fromisoformat alone would also take 20240101 and 2024-W01-1
    if isinstance(text, str) and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise _BadRow("asked_on 应是日期，例如 2024-06-27。")

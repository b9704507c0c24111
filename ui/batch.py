"""A batch of questions: one JSON object a line in, one a line out, in the same order. A bad row never ends a batch."""

from __future__ import annotations

import json
import math
import os
import traceback
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from typing import NoReturn

from index.errors import WenzhengError
from qa.records import Answerer
from ui.asking import BadField, read_question
from ui.render import Json, answer_json, error_json


class _BadRow(Exception):
    """A row that is no object; the message says why, in Chinese."""


def answer_rows(lines: Iterable[bytes], answerer: Answerer, k: int, place: str = "") -> Iterator[Json]:
    """One object a line: the answer, or {"id", "status": "error", "error"}. Blank lines are passed over.

    A line is UTF-8: what `read_question` reads, and an `id`. Holds one row at a time. Errors of the answerer become
    that row's error.
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
        return answer_json(answerer.answer(read_question(row, place), k), id)
    except (_BadRow, BadField, WenzhengError) as exc:
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

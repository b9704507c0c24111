"""Text → the figures in it: numbers with their units, dates, document numbers, each in one spelling. Pure.

20日 and 二十日, 2万元 and 20000元, 20天 and 20日 are the same figure; 400元 and 400人 are not.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from index.text import DATE, HAN, NUMERAL, normal, parse_date


class Figure(NamedTuple):
    """A figure by its value: a plain decimal (20000), a date (2024-06-13), a document number (同政办发[2024]12号)."""

    value: str
    unit: str  # "" for a bare number


_DATE, _NUMBER = "日期", "文号"
_UNITS = {
    "天": "日",
    "周岁": "岁",
    "公里": "千米",
    "公斤": "千克",
    "名": "人",
    "块": "元",
    "块钱": "元",
}  # → same thing
_UNIT = (
    "元|块钱|块|人次|人|名|户|家|年|周岁|岁|个月|月|个工作日|工作日|日|天|周|个小时|小时|分钟|倍|次|条|款|项|目|章|节|级|号"
    "|平方公里|平方米|m2|公顷|亩|立方米|m3|千米|公里|km|米|m|千克|公斤|kg|吨|升|℃|所|处|座|类|种|届|期|批|辆|台|套|件|份|个"
)
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_SHARES = {"百分之": "%", "千分之": "‰", "万分之": "‱"}
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_FIGURE = re.compile(
    rf"(?P<share>[百千万]分之)?(?:(?P<arabic>{_ARABIC})(?P<scale>[百千]?[万亿]?)|(?P<han>[{NUMERAL}]+)(?:点(?P<point>[{NUMERAL}]+))?)"
    rf"(?P<unit>[%‰]|{_UNIT})?"
)
# 机关代字 without the place's name but for its last character: what stands before is no part of it (按照同政办发…)
_DOCUMENT_NUMBER = re.compile(rf"([{HAN}][政府办发规函字委党人民]*)\[(\d{{4}})\]第?(\d{{1,5}})号")
_RANGE = re.compile(r"[-—–~至到]+")  # 20—30人: the first number is of the same kind
_ENUMERATOR = re.compile(r"[（(]\s*[\d一二三四五六七八九十]{1,3}\s*[）)]|[①-⑳]")
_SPLIT_NUMBERS = re.compile(r"(?<=[\d０-９])\s+(?=[\d０-９])")  # cells of a table, which `normal` would run together
_WORDS = re.compile(
    r"[统同唯单任某每万第十](?=一)|一(?=般|律|些|样|定|致|切|旦|直|并|体|线|次性)|十分|千方百计|三农|两者"
)


def figures(text: str) -> frozenset[Figure]:
    """The figures of a text; numbering such as （一） and ① is none, nor are numerals within words (一般, 统一)."""
    plain = normal(_SPLIT_NUMBERS.sub(";", _ENUMERATOR.sub(" ", text)))
    found = {Figure(day.isoformat(), _DATE) for m in DATE.finditer(plain) if (day := parse_date(m.group()))}
    for m in _DOCUMENT_NUMBER.finditer(plain):
        found.add(Figure(f"{m[1]}[{m[2]}]{int(m[3])}号", _NUMBER))
    rest = _WORDS.sub(" ", _DOCUMENT_NUMBER.sub(" ", plain))
    return frozenset(found | _counted(rest, list(_FIGURE.finditer(rest))))


def stands_among(figure: Figure, among: Collection[Figure]) -> bool:
    """Is it one of these? A number without its unit, on either side, is compared by value alone: a cell's unit stands
    at the head of its column.
    """
    if figure in among:
        return True
    if figure.unit in (_DATE, _NUMBER):
        return False
    return any(
        figure.value == other.value and (not figure.unit or not other.unit)
        for other in among
        if other.unit not in (_DATE, _NUMBER)
    )

"""Text → the figures in it: numbers with their units, dates, document numbers, each in one spelling. Pure.

20日 and 二十日, 2万元 and 20000元, 20天 and 20日 are the same figure; 400元 and 400人 are not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from index.text import DATE, HAN, NUMERAL, normal, number_value, parse_date


class Figure(NamedTuple):
    """A figure by its value: a plain decimal (20000), a date (2024-06-13), a document number (同政办发[2024]12号)."""

    value: str
    unit: str  # "" for a bare number


_DATE, _NUMBER = "日期", "文号"
_UNIT = (
    "元|块钱|块|人次|人|名|户|家|年|周岁|岁|个月|月|个工作日|工作日|日|天|周|个小时|小时|分钟|倍|次|条|款|项|目|章|节|级|号"
    "|平方公里|平方米|m2|公顷|亩|立方米|m3|千米|公里|km|米|m|千克|公斤|kg|吨|升|℃|所|处|座|类|种|届|期|批|辆|台|套|件|份|个"
)
_SAME_UNIT = {"天": "日", "周岁": "岁", "名": "人", "块": "元", "块钱": "元", "个工作日": "工作日", "个小时": "小时"}
_SAME_UNIT |= {"公里": "千米", "km": "千米", "m": "米", "公斤": "千克", "kg": "千克", "m2": "平方米", "m3": "立方米"}
_SHARE = {"百分之": "%", "千分之": "‰", "万分之": "‱"}
_SCALE = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_FIGURE = re.compile(
    r"(?P<share>[百千万]分之)?(?:(?P<arabic>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,30}(?:\.[0-9]{1,10})?)"
    rf"(?P<scale>(?:[百千](?![米克]))?[万亿]?)|(?P<han>[{NUMERAL}]{{1,20}})(?:点(?P<point>[{NUMERAL}]{{1,10}}))?)"
    rf"(?P<unit>[%‰]|{_UNIT})?"
)
# 机关代字 less the place's name but for its last character: what stands before is no part of it (按照同政办发…)
_DOCUMENT_NUMBER = re.compile(rf"([{HAN}][政府办发规函字委党人民]*)[\[(]([0-9]{{4}})[\])]第?([0-9]{{1,5}})号")
_RANGE = re.compile(r"[-—–~至到]+")  # 20—30人: the first number is of the same kind as the second
_NUMBERING = re.compile(r"[（(]\s*[\d一二三四五六七八九十]{1,3}\s*[）)]|[①-⑳]")
_BETWEEN_CELLS = re.compile(r"(?<=[\d０-９])\s+(?=[\d０-９])")  # `normal` would run the numbers together
_NO_NUMBER = re.compile(r"[统同唯单任某万]一|一(?:般|律|些|样|定|致|切|旦|直|并|体|线|次性)|十分|千方百计|两者")
_ARTICLE = frozenset("个项种类次份件处家名人套台批户期块级")  # 一个, 一项 says no more than “a”


def figures(text: str) -> frozenset[Figure]:
    """The figures of a text; numbering such as （一） and ① is none, nor are numerals within words (一般, 统一)."""
    plain = normal(_BETWEEN_CELLS.sub(";", _NUMBERING.sub(" ", text)))
    found = {Figure(day.isoformat(), _DATE) for m in DATE.finditer(plain) if (day := parse_date(m.group()))}
    found.update(Figure(f"{m[1]}[{m[2]}]{int(m[3])}号", _NUMBER) for m in _DOCUMENT_NUMBER.finditer(plain))
    rest = _NO_NUMBER.sub(" ", _DOCUMENT_NUMBER.sub(" ", plain))
    return frozenset(found.union(_counted(rest, list(_FIGURE.finditer(rest)))))


def stands_among(figure: Figure, among: Collection[Figure]) -> bool:
    """Is it one of these? A number that bears no unit, on either side, is compared by value alone: the unit of a cell
    stands at the head of its column.
    """
    if figure in among or figure.unit in (_DATE, _NUMBER):
        return figure in among
    same_value = (other for other in among if other.value == figure.value)
    return any(not figure.unit or not other.unit for other in same_value)


def _counted(text: str, found: Sequence[re.Match[str]]) -> Iterator[Figure]:
    unit = scale = ""
    following = len(text)
    for m in reversed(found):
        ranged = _RANGE.fullmatch(text, m.end(), following) is not None and not m["unit"] and not m["share"]
        unit = unit if ranged else _SHARE.get(m["share"], "") or m["unit"] or ""
        scale = scale if ranged and not m["scale"] else m["scale"] or ""
        following = m.start()
        value = _value(m, scale)
        if value is not None and (m["arabic"] or (unit and (m["han"] != "一" or unit not in _ARTICLE))):
            yield Figure(f"{value:f}", _SAME_UNIT.get(unit, unit))


def _value(found: re.Match[str], scale: str) -> Decimal | None:
    if found["arabic"]:
        value = Decimal(found["arabic"].replace(",", ""))
        for step in scale:
            value *= _SCALE[step]
        return value.normalize()
    whole = number_value(found["han"])
    point = "".join(str(number_value(digit)) for digit in found["point"] or "")
    if whole is None or not (whole or point):
        return None
    return Decimal(f"{whole}.{point}" if point.isdigit() else whole).normalize()

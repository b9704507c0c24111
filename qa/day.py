"""Which day a question speaks of: “2023年7月1日那天”, “去年二月”, “都二六年三月了”; of which year a notice is. Pure."""

from __future__ import annotations

import re
from datetime import date

from index.text import number_value

_COUNT = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_DAY = re.compile(
    rf"(?P<year>(?:20)?\d{{2}}年|[二][〇○零]?[〇○零一二三四五六七八九]{{1,2}}年|今年|去年|前年|明年|大前年)?"
    rf"\s*(?P<month>{_COUNT})\s*月(?:份)?\s*(?:(?P<day>{_COUNT})(?:[日号]|(?!个))|(?P<part>[底末初中]))?"
)
_OF_A_NOTICE = re.compile(r"^[^，。？；]{0,2}(?:印发|发布|公布|出台|下发|发的|出的(?![祸事险])|签|制定|定的|发文)")
_ISSUED_AGO = re.compile(  # 去年出的, 今年的文件
    r"(今年|去年|前年|大前年)(?:\d{1,2}月(?:份)?)?(?:印发|发布|公布|出台|下发|发的|出的(?![祸事险])|新出|的?[那这]?[份个]?(?:文件|红头|通知|通告))"
)
_AGO = {"今年": 0, "去年": -1, "前年": -2, "大前年": -3, "明年": 1}
_PARTS = {"初": 5, "中": 15, "底": 28, "末": 28, "": 15}


def day_meant(text: str, asked_on: date) -> date:
    """The first day in the text that is not said of a notice's own issue; the day on which it is asked, if none is."""
    for found in _DAY.finditer(text):
        year, month, day = found["year"] or "", number_value(found["month"]), found["day"]
        if _OF_A_NOTICE.match(text[found.end() :]) or (not year and not day and not found["part"]):
            continue
        meant = _PARTS[found["part"] or ""] if not day else number_value(day)
        try:
            return date(_year(year, asked_on), month or 0, meant or 0)
        except ValueError:
            continue
    return asked_on


def issued_ago(text: str, asked_on: date) -> int | None:
    """The year, told from the day of the question, in which the notice asked for was issued: 去年出的."""
    found = _ISSUED_AGO.search(text)
    return asked_on.year + _AGO[found[1]] if found else None


def _year(said: str, asked_on: date) -> int:
    if said in _AGO or not said:
        return asked_on.year + _AGO.get(said, 0)
    digits = number_value(re.sub("[〇○]", "零", said.removesuffix("年"))) or 0
    return digits if digits > 1000 else 2000 + digits

"""One spelling for each thing: full-width forms, brackets, numerals, dates. Pure.

Normalise copies, for matching only: what is quoted is always the source's own characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
NUMERALS = "一二三四五六七八九十百零〇"  # of headings
NUMERAL = "零〇○一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟廿"

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_DIGITS |= {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LONGEST_NUMERAL = 40  # characters; longer ones are noise, and Python refuses integers of 4,300 digits
_WHITE = re.compile(r"\s+")
_HAN_RUN = re.compile(f"[{HAN}]+")
_BRACKETS = str.maketrans("〔［【﹝〕］】﹞〈〉「」『』", "[[[[]]]]《》“”“”")

DATE = re.compile(
    rf"(?P<y>\d{{4}}|[〇○零一二三四五六七八九]{{4}})\s*年\s*(?P<m>\d{{1,2}}|[{NUMERAL}]{{1,3}})\s*月"
    rf"\s*(?P<d>\d{{1,2}}|[{NUMERAL}]{{1,3}})\s*日"
)

_SPELT_YEAR = re.compile(r"二[〇○零][〇○零一二三四五六七八九]{2}(?=年)")
_SHORT_YEAR = re.compile(  # 二七年, 就是25年, 23年底; 一二年 and 二三年 by themselves may be how long, and 26年 is
    r"(?<![〇○零一二两三四五六七八九十百千万\d.])(?:[一二][〇○零四五六七八九]|一[一三]|二[一二])(?=年(?![多来]))"
    r"|(?<=就是)[12一二][\d〇○零一二三四五六七八九](?=年)|(?<![\d.])[12]\d(?=年(?:[底末初春夏秋冬]|那[一年会阵趟份回]|\d{1,2}月))"
)


def squeeze(text: str) -> str:
    """The text without any white space."""
    return _WHITE.sub("", text)


def simplified(text: str) -> str:
    """What is typed in traditional characters, in simplified ones, as notices are printed: 減免 → 减免."""
    convert = _converter().convert
    return _HAN_RUN.sub(lambda run: str(convert(run.group())), text)


def simplified_apart(texts: Sequence[str]) -> list[str]:
    """Each of these texts, none of which holds a line break, in simplified characters; thousands in one go."""
    return str(_converter().convert("\n".join(texts))).split("\n")


@cache
def _converter() -> opencc.OpenCC:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(8192)
def normal(text: str) -> str:
    """A copy for matching: NFKC, lower case, one kind of bracket, no white space; kept, since texts come again."""
    if _HAN_RUN.fullmatch(text):  # as most terms are, and none of these characters has another form
        return text
    return squeeze(unicodedata.normalize("NFKC", text)).translate(_BRACKETS).lower()


def number_value(numeral: str) -> int | None:
    """Value of 12, 十二, 二百零五, 二〇二四, 廿三; None for what is no whole number."""
    text = unicodedata.normalize("NFKC", numeral).strip()
    if re.fullmatch(r"[0-9]{1,15}", text):
        return int(text)
    text = text.replace("廿", "二十")
    if not 0 < len(text) <= _LONGEST_NUMERAL or any(
        c not in _DIGITS and c not in _UNITS and c not in "万亿" for c in text
    ):
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, section, digit = 0, 0, 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _UNITS:
            section += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            below = section + digit
            total = total + (below or 1) * 10_000 if c == "万" else (total + below or 1) * 100_000_000
            section = digit = 0
    return total + section + digit


def numeral(value: int) -> str:
    """一, 十二, 二十, 一百零三: the way articles are numbered, for 1 ≤ value ≤ 9999."""
    if not 1 <= value <= 9999:
        raise ValueError(value)
    digits, out, gap = str(value), "", False
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit == "0":
            gap = bool(out)
            continue
        out += ("零" if gap else "") + "零一二三四五六七八九"[int(digit)] + ("", "十", "百", "千")[place]
        gap = False
    return out[1:] if out.startswith("一十") else out


def years_in_digits(text: str) -> str:
    """The text with its years as notices print them: 二〇三〇年, 二零三零年 → 2030年; 二七年, 就是27年 → 2027年."""
    spelt = _SPELT_YEAR.sub(lambda found: str(number_value(found.group())), text)
    return _SHORT_YEAR.sub(lambda found: f"20{number_value(found.group()):02d}", spelt)


def parse_date(text: str) -> date | None:
    """The first date in the text: 2024年6月13日, 二〇二四年六月十三日. None where there is none or no such day."""
    found = DATE.search(text)
    if found is None:
        return None
    parts = [number_value(found[group]) for group in "ymd"]
    try:
        return date(*(part or 0 for part in parts))
    except ValueError:
        return None


def add_years(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 28 February where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class _Widths(dict[str, float]):
    """Character by character, as they come up."""

    def __missing__(self, character: str) -> float:
        self[character] = 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5
        return self[character]


_WIDTHS = _Widths()


def display_width(text: str) -> float:
    """Width in Chinese characters: a Latin letter or digit counts half."""
    return sum(map(_WIDTHS.__getitem__, text))

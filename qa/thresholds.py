"""Does a rule's threshold admit a figure of the question? Twelve persons: 10人以上50人以下, and not 3人以下. Pure.

Brackets are half open, as regulations read them where one follows the other: 3人以上10人以下 holds 3 and not 10.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from decimal import Decimal, InvalidOperation

from index.text import NUMERAL, normal, number_value
from qa.figures import Bound, bounds, figures

Range = tuple[Decimal, Decimal]  # from the first on, below the second

_NO_END = Decimal("Infinity")
_PEOPLE = re.compile(  # 十五口子, 三百多号, 十二个, 五条人命
    rf"(?P<count>\d{{1,6}}|[{NUMERAL}]{{1,6}})[来多几余]?(?:口子?(?!井)|号人?|条(?:人)?命|个(?=人|受?伤|没了|都|[，。？]))"
)
_BOUNDED = re.compile(r"以上|以下|以内|超过|不足|不满|低于|高于|少于|达到|至少|最多|\d[—–~至-]\d|（含）")
_TWO_OR_THREE = {"俩": 2, "仨": 3}
_BRACKET = re.compile(  # 70(含)—90分, 20—30人
    r"(?P<low>\d{1,9}(?:\.\d+)?)(?:\(含\))?[-—–~至](?P<high>\d{1,9}(?:\.\d+)?)(?:\(含\))?(?P<measure>[分人岁元%]|小时|平方米|公里|吨)"
)
_RANKED = ("级", "号", "条", "款", "项", "年", "日", "月")  # tell which, not how many


def admitted(asked: Mapping[str, Set[Decimal]], text: str) -> tuple[bool, bool]:
    """Does a threshold of the text admit a figure that is asked with (`counts`); does it hold thresholds of that
    measure, and none does?

    A question without figures, or a text without thresholds, is neither.
    """
    if not asked or not _BOUNDED.search(text):
        return False, False
    held = {measure: found for measure, found in ranges(text).items() if measure in asked}
    inside = any(low <= value < end for m, found in held.items() for low, end in found for value in asked[m])
    return inside, bool(held) and not inside


def counts(question: str) -> Mapping[str, Set[Decimal]]:
    """Measure → the figures that a question tells in it, those of persons also as people say them."""
    found: dict[str, set[Decimal]] = defaultdict(set)
    for figure in figures(question):
        if figure.unit and figure.unit not in _RANKED:
            try:
                found[figure.unit].add(Decimal(figure.value))
            except InvalidOperation:  # a date, a document number
                continue
    plain = normal(question)
    people = {number_value(m["count"]) for m in _PEOPLE.finditer(plain)}
    people |= {count for word, count in _TWO_OR_THREE.items() if f"{word}人" in plain}
    found["人"] |= {Decimal(count) for count in people if count}
    return {measure: values for measure, values in found.items() if values}


def ranges(text: str) -> Mapping[str, list[Range]]:
    """Measure → the brackets of a text: 3人以上10人以下 is 3 to 10, 3人以下 what is below 3."""
    lows: dict[str, list[Decimal]] = defaultdict(list)
    highs: dict[str, list[Decimal]] = defaultdict(list)
    for figure, bound in bounds(text):
        if bound is None or not figure.unit or figure.unit in _RANKED:
            continue
        (lows if bound is Bound.ABOVE else highs)[figure.unit].append(Decimal(figure.value))
    found: dict[str, list[Range]] = defaultdict(list)
    for measure in lows.keys() | highs.keys():
        ends = sorted(highs[measure])
        closed = set()
        for low in sorted(lows[measure]):
            end = next((each for each in ends if each > low), _NO_END)
            closed.add(end)
            found[measure].append((low, end))
        found[measure] += [(Decimal(0), end) for end in ends if end not in closed]
    for m in _BRACKET.finditer(normal(text)):
        found[m["measure"]].append((Decimal(m["low"]), Decimal(m["high"])))
    return found

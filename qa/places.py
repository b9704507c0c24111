"""Text → the cities and counties of China that it names; counties.txt. Pure."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from index.query import known_cities
from index.text import normal

_COUNTY_ENDS = re.compile("[县区市旗]")
_APART = re.compile(
    r"[^\u4e00-\u9fff]|[市省在和与由向及到的中为是含括经]"
)  # what may stand before 应县, which is no part of 相应县
_NOT_IN = re.compile(r"大同小异|大同社会|长治久安|安康|吉安|保定性|海口岸")


def places(text: str) -> frozenset[str]:
    """The places that a text names: a city without 市 (大同), a county as it is called (右玉县)."""
    plain = _NOT_IN.sub(" ", normal(text))
    return frozenset(_cities(plain) | _counties(plain))


def stands_placed(place: str, plain: str) -> bool:
    """Whether a text in normal form names the place, a county by its short name too: 右玉."""
    short = place[:-1] if len(place) > 2 and place[-1] in "县市旗" else place
    return short in plain


def _cities(plain: str) -> set[str]:
    known, longest = known_cities(), _longest_city()
    found: set[str] = set()
    for start in range(len(plain)):
        for end in range(start + 2, min(start + longest, len(plain)) + 1):
            name = plain[start:end]
            if name in known and (not known[name] or plain.startswith("市", end)):
                found.add(name)
    return found


def _counties(plain: str) -> set[str]:
    known, longest = known_counties()
    return {
        name
        for found in _COUNTY_ENDS.finditer(plain)
        for length in range(2, longest + 1)
        if found.end() >= length and (name := plain[found.end() - length : found.end()]) in known
        if length > 2 or found.end() == 2 or _APART.match(plain[found.end() - 3])
    }


@cache
def _longest_city() -> int:
    return max(map(len, known_cities()))


@cache
def known_counties() -> tuple[frozenset[str], int]:
    """China's counties and districts by their full names, and the length of the longest name."""
    lines = Path(__file__).with_name("counties.txt").read_text("utf-8").splitlines()
    names = frozenset(name for line in lines if not line.startswith("#") for name in line.split())
    return names, max(map(len, names))

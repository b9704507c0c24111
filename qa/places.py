"""Text → the cities and counties of China that it names. Pure."""

from __future__ import annotations

import re
from functools import cache

from index.places import known_cities, named_counties
from index.text import normal

_NOT_IN = re.compile(r"大同小异|大同社会|长治久安|安康|吉安|保定性|海口岸")


def places(text: str) -> frozenset[str]:
    """The places that a text names: a city without 市 (大同), a county as it is called (右玉县)."""
    plain = _NOT_IN.sub(" ", normal(text))
    return frozenset(_cities(plain) | named_counties(plain))


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


@cache
def _longest_city() -> int:
    return max(map(len, known_cities()))

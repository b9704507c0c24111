"""Place-swapped probes: the questions of one city asked about another. Pure.

Whether the other city has such a rule nobody has written down, so a probe is scored for one thing: an answer must not
rest on a notice of a city that was not asked about. It takes hundreds of them to put a bound on a rate near zero.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from zlib import crc32

from eval.records import Case

_NAMES_A_NOTICE = re.compile(r"《|〔|\d号")  # by title or number: then that notice is asked for, whatever the city
_UNSUITED = ("comparison", "follow-up", "swapped")


def swapped(
    cases: Iterable[Case],
    cities: Mapping[str, str],
    counties: Collection[str],
    home: Mapping[str, Sequence[str]],
    most: int | None = None,
) -> list[Case]:
    """The probes of the answerable cases that are about one city, in order: one for each other city of the library, or
    for so many of them at most, which hang on the case's id alone.

    `cities`: what people call a city → the city (大同 → 大同市); `counties`: whose names tie a question to their city;
    `home`: case id → the cities of its evidence. A question that names its city gets the other's name in its place; one
    that names none is told first where the person lives.
    """
    return [probe for case in cases for probe in _some(list(_probes(case, cities, counties, home)), case.id, most)]


def _some(probes: list[Case], id: str, most: int | None) -> list[Case]:
    if most is None or most >= len(probes):
        return probes
    first = crc32(id.encode()) % len(probes)
    return [*probes[first:], *probes[:first]][:most]


def _probes(
    case: Case, cities: Mapping[str, str], counties: Collection[str], home: Mapping[str, Sequence[str]]
) -> Iterator[Case]:
    held = home.get(case.id, ())
    tied = _NAMES_A_NOTICE.search(case.question) or any(county in case.question for county in counties)
    if not case.answerable or case.type in _UNSUITED or len(held) != 1 or tied:
        return
    own = sorted((name for name, city in cities.items() if city == held[0]), key=len, reverse=True)
    named = re.compile("|".join(map(re.escape, own)))
    others = sorted(set(cities.values()) - {held[0]})
    if any(name in case.question for name, city in cities.items() if city != held[0]):
        return
    for city in others:
        if named.search(case.question):
            question = named.sub(city, case.question)
        else:
            question = f"我是{city}的。{case.question}"
        yield replace(
            case,
            id=f"{case.id}@{city}",
            type="swapped",
            question=question,
            gold_answer=f"不得拿{held[0]}的规定来答{city}的事。",
            key_facts=(),
            evidence=(),
            pair=case.id,
        )

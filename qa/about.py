"""What a person asks of the library itself (“你们有哪些文件”, “收录到什么时候”) → what its catalogue says of it. Pure.

The whole text must be such a question, save its city: “大同市有哪些文件管物业？” asks the notices. What is told are the
answerer's own words; no notice says them, so that nothing is cited.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from index.records import Card

_US = (
    "(?:(?:你们?|您们?|咱们?|这里|这儿|这个|这|本|公文库|资料库|数据库|库|系统|平台|网站)(?:里头?|里面|上|中)?(?:的)?)"
)
_DOCUMENT = "(?:公文|政府文件|政策文件|文件|政策|通知|公报|法规|规定|资料|内容|数据|信息)"
_NOW = "(?:一共|总共|共|现在|目前|都|里头?|里面|这边|到底|究竟)"
_HOLDS = "(?:收录|收集|收藏|收|存|有|能查到?|可以查到?|能查询|能问|可以问|查得到)了?"
_ENDS = "(?:了|呢|啊|呀|的)*"
_POLITE = re.compile(r"^(?:您好|你好|请问|麻烦问一下|问一下|我想知道|想问一下|想知道|帮我看看|帮我查一下)+")
_PLAIN = re.compile(r"[\W_]+")


class About(StrEnum):
    """What is asked of the library."""

    HOLDS = "holds"  # which notices, how many, of which cities
    NEWEST = "newest"  # the newest notice, and up to which day


_CUES: tuple[tuple[About, re.Pattern[str]], ...] = tuple(
    (about, re.compile(pattern))
    for about, pattern in (
        (About.HOLDS, rf"{_US}*{_NOW}*{_HOLDS}(?:几|多少)(?:件|个|份|篇|条)?{_DOCUMENT}{_ENDS}"),
        (About.HOLDS, rf"{_US}+{_NOW}*{_HOLDS}(?:的)?(?:都有|是)?(?:哪些|哪几[件个份]|什么|啥){_DOCUMENT}{_ENDS}"),
        (About.HOLDS, rf"{_US}*{_NOW}*收录了?(?:的)?(?:都有|是)?(?:哪些|哪几[件个份]|什么|啥){_DOCUMENT}?{_ENDS}"),
        (
            About.HOLDS,
            rf"{_US}*{_NOW}*(?:收录|{_HOLDS})(?:哪些|哪几个|几个|什么)(?:地方|城市|地区|市)(?:的{_DOCUMENT})?{_ENDS}",
        ),
        (
            About.NEWEST,
            rf"{_US}*{_NOW}*(?:收录的?|库里的?)?(?:最新|最近|最后)(?:的|发布的?|收录的?|出的?|一[件份个期])*{_DOCUMENT}"
            rf"(?:是|叫)?(?:哪[个件份期天]|什么|啥|什么时候|几号|什么日期)(?:名字|{_DOCUMENT})?(?:发的|发布的|出的)?{_ENDS}",
        ),
        (
            About.NEWEST,
            rf"{_US}*{_DOCUMENT}?{_NOW}*(?:收录|更新|收集|收|截止)(?:到|至)了?(?:什么时候|啥时候|哪天|哪一?年|几月|何时|哪个月)"
            rf"(?:的{_DOCUMENT})?{_ENDS}",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about the library: of one city, or of all of it ("")."""

    about: About
    city: str = ""


def asked_of_library(text: str, cities: Mapping[str, str]) -> Asked | None:
    """Read a question; None where it asks anything else. `cities`: what people call a city → the city."""
    rest = _POLITE.sub("", _PLAIN.sub("", text))
    named = next((name for name in sorted(cities, key=len, reverse=True) if name in rest), "")
    rest = rest.replace(named, "", 1).removeprefix("的") if named else rest
    about = next((about for about, cue in _CUES if cue.fullmatch(rest)), None)
    if about is None and named:  # 大同市有哪些文件
        about = About.HOLDS if re.fullmatch(rf"{_NOW}*有(?:哪些|什么|啥){_DOCUMENT}{_ENDS}", rest) else None
    return Asked(about, cities.get(named, "")) if about else None


def tell_of_library(asked: Asked, counts: Mapping[str, tuple[int, date | None]], newest: Mapping[str, Card]) -> str:
    """The answer. `counts`: city ("": none) → its notices and their newest date; `newest`: city → its newest notice."""
    cities = [asked.city] if asked.city else sorted(counts, key=lambda city: (not city, -counts[city][0]))
    cards = [newest[city] for city in cities if city in newest]
    last = max(cards, key=lambda card: card.signed_on or date.min, default=None)
    if last is None:
        return f"本库没有收录{asked.city}的公文。"
    if asked.about is About.NEWEST:
        return (
            f"本库收录的{asked.city}公文里，最新一件是{_named(last)}。问到这以后的规定，请向发文机关或拨打 12345 核实。"
        )
    if asked.city:
        return f"本库收录{asked.city}的公文 {counts[asked.city][0]} 件，最新一件是{_named(last)}。"
    held = "、".join(f"{city or '未写明地区'} {counts[city][0]} 件" for city in cities)
    whole = sum(n for n, _ in counts.values())
    return f"本库收录公文 {whole} 件：{held}；最新一件是{_named(last)}。您可以直接问其中的规定。"


def _named(card: Card) -> str:
    day = card.signed_on
    signed = f"{day.year}年{day.month}月{day.day}日的" if day else ""
    number = f"（{card.document_number}）" if card.document_number else ""
    return f"{signed}《{card.title}》{number}"

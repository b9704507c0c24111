"""An article that is asked for by its law's name and its number is looked up, not searched for. Pure.

第33条, 第三十三条; 《民法典》, 民法典, 中华人民共和国民法典; a measure also by the name under which a notice issues it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.query import STATE, Query
from index.records import Passage
from index.text import normal
from index.tokens import ARTICLE, ARTICLE_NUMERAL, article_tokens

_LEAST_NAME = 2  # characters of a law's name: 刑法
_OWN = re.compile(rf"^[\s\u3000*#]*第\s*({ARTICLE_NUMERAL})\s*条(?!之)", re.MULTILINE)  # a line that begins an article
_TITLED = re.compile(rf"第({ARTICLE_NUMERAL})条$")  # of a library that holds a law article by article
_ISSUED = re.compile(r"关于(?:印发|公布|发布|颁布|实施|施行|修订印发|转发)(.{2,}?)的(?:通知|决定|公告|令)$")
_ASIDE = re.compile(r"\([^()]*\)$")  # (试行), (2023年修订)
_MARKS = re.compile(r"[《》〈〉“”]")


def look_ups(query: Query, passages: Sequence[Passage]) -> list[Passage]:
    """The passages that hold an article asked for, of the law that is asked for; [] where none is named by both.

    In the order given, those of the longest name first: of 民法典 and its 司法解释 the one that is named in full.
    """
    wanted = {token for article in query.articles for token in article_tokens(ARTICLE.findall(article))}
    if not wanted:
        return []
    asked = _plain(query.text + query.context)
    found: list[tuple[int, Passage]] = []
    for passage in passages:
        title = passage.notice.title
        if wanted & _articles(title, passage.text) and (longest := _named(title, asked)):
            found.append((longest, passage))
    best = max((length for length, _ in found), default=0)
    return [passage for length, passage in found if length == best]


def _named(title: str, asked: str) -> int:
    """Length of the longest of a notice's names that the question says; 0 for none."""
    return max((len(name) for name in names(title) if name in asked), default=0)


@lru_cache(4096)
def names(title: str) -> tuple[str, ...]:
    """What a notice is called: in full, without 中华人民共和国, without （试行）; what it issues."""
    whole = _TITLED.sub("", _plain(title))
    issued = _ISSUED.search(whole)
    found = [name.removeprefix(STATE) for name in (whole, issued[1] if issued else "")]
    found += [_ASIDE.sub("", name) for name in found]
    return tuple(dict.fromkeys(name for name in found if len(name) >= _LEAST_NAME))


def _articles(title: str, text: str) -> set[str]:
    return set(article_tokens([*_TITLED.findall(_plain(title)), *_OWN.findall(text)]))


def _plain(text: str) -> str:
    return _MARKS.sub("", normal(text))

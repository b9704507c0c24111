"""Several short questions in one (“怎么申请？多久能办？”, “2024、2026年各多少？”) → each, with its context. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.asked import Asked, asked_of

MOST = 3  # questions that are answered in turn
_LONGEST = 100  # characters of all; a longer text tells a story (qa/story.py)
_LEAST = 3  # characters of one
_LEANS = 12  # characters of one that is too short to say what it is about
_MARKED = re.compile(r"[^？?]+[？?]+")
_PAPERS = re.compile("材料|证件|资料|带[什啥哪]")
_YEARS = re.compile(r"20\d{2}年?[底末初]?(?:(?:、|和|与|及|以及)20\d{2}年?[底末初]?)+")
_YEAR = re.compile(r"20\d{2}")
_EACH = re.compile(r"分别|各自|各(?=是|为|有|要|多少|几|达)")
_POINTS_BACK = re.compile(r"^(?:那|还有|另外|再|它|他|她|其|这)|(?:这个|这种|这笔|这些|那个|该|其中)")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions; `context` is the first of them, where it does not say itself what it is about."""

    text: str
    context: str
    asked: tuple[Asked, ...]
    year: str = ""  # 2024: of several that the same is asked of


def parted(text: str) -> list[Part]:
    """The questions, two or three, in their order; [] where there is one, or one that says the other in more words.

    Two ask for different things where they ask for another kind of thing, or where each says what it is about.
    """
    in_years = _each_year(text)
    if in_years:
        return in_years
    marked = [found.strip() for found in _MARKED.findall(text)]
    if not 2 <= len(marked) <= MOST or len(text) > _LONGEST or not re.search(r"[？?]\s*$", text):
        return []
    parts = [_part(each, marked[0] if at else "") for at, each in enumerate(marked)]
    if any(part.asked == (Asked.OTHER,) or len(part.text) <= _LEAST for part in parts):
        return []
    leaning = [part for part in parts if part.context]
    kinds = {_kind(part) for part in (parts[0], *leaning)}
    return parts if len(kinds) == 1 + len(leaning) and (Asked.YES_NO, False) not in kinds else []


def _each_year(text: str) -> list[Part]:
    """“到2024年、2026年底分别是多少？” → the same of each year; [] where no years are listed, or too many."""
    listed = _YEARS.search(text)
    if not listed or not _EACH.search(text):
        return []
    end = re.search(r"[底末初]?$", listed.group())
    before, behind, tail = text[: listed.start()], text[listed.end() :], end.group() if end else ""
    asked = {year: _EACH.sub("", f"{before}{year}年{tail}{behind}") for year in _YEAR.findall(listed.group())}
    return [Part(each, "", asked_of(each), year) for year, each in asked.items()] if 2 <= len(asked) <= MOST else []


def _kind(part: Part) -> tuple[Asked, bool]:
    """What is asked for; what to bring is another thing than what to do."""
    return part.asked[0], _PAPERS.search(part.text) is not None


def _part(text: str, first: str) -> Part:
    leans = first and (len(re.sub(r"\W", "", text)) <= _LEANS or _POINTS_BACK.search(text) is not None)
    return Part(text, first if leans else "", asked_of(text))

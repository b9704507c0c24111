"""All notices of a library → a page that lists them, newest first, with a few filters that need no script. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from index.records import Card, Notice, NoticeKind, Validity
from index.text import normal
from ui.badges import badge
from ui.markup import badges_html, notice_address, plain_page, text_html

PAGE_SIZE = 50
UNDATED = "none"  # the year of a notice that bears no date
_WORDS_MAX_CHARS = 60
_KINDS = ((NoticeKind.NOTICE.value, "公文"), (NoticeKind.EXPLAINER.value, "政策解读"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visitor filters by; "" is no filter."""

    words: str = ""  # all of them in title or 文号
    place: str = ""  # 大同市, 大同市云冈区
    year: str = ""  # 2024, or UNDATED
    kind: str = ""  # of a notice, as records.NoticeKind names it
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """From the address, of which nothing is to be trusted."""
        page = query.get("page", "")
        year, kind = query.get("year", ""), query.get("kind", "")
        return cls(
            words=" ".join(query.get("q", "").split())[:_WORDS_MAX_CHARS],
            place=query.get("place", "")[:_WORDS_MAX_CHARS],
            year=year if re.fullmatch(rf"[0-9]{{4}}|{UNDATED}", year) else "",
            kind=kind if kind in dict(_KINDS) else "",
            page=int(page) if re.fullmatch(r"[0-9]{1,6}", page) else 1,
        )

    def href(self, page: int) -> str:
        """The address of another page of the same list."""
        named = {"q": self.words, "place": self.place, "year": self.year, "kind": self.kind}
        said = {name: value for name, value in named.items() if value}
        if page > 1:
            said["page"] = str(page)
        return f"/notices?{urlencode(said)}" if said else "/notices"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The notices of one generation, newest first, ready to be filtered; made once for each."""

    library: str  # its id
    cards: tuple[Card, ...]
    keys: tuple[str, ...]  # title and 文号 of each, in one spelling
    places: tuple[str, ...]
    years: tuple[str, ...]  # newest first

    @classmethod
    def of(cls, library: str, cards: Iterable[Card]) -> Shelf:
        """Those without a date stand last."""
        held = sorted(cards, key=lambda card: card.title)
        held.sort(key=lambda card: card.signed_on or date.min, reverse=True)
        places = {place for card in held for place in (card.city, card.city + card.county) if place}
        return cls(
            library,
            tuple(held),
            tuple(normal(f"{card.title}\n{card.document_number}") for card in held),
            tuple(sorted(places)),
            tuple(sorted({_year(card) for card in held} - {UNDATED}, reverse=True))
            + ((UNDATED,) if any(card.signed_on is None for card in held) else ()),
        )

    def found(self, wanted: Wanted) -> list[Card]:
        """All that pass the filters, newest first."""
        words = [normal(word) for word in wanted.words.split()]
        return [
            card
            for card, key in zip(self.cards, self.keys, strict=True)
            if (not wanted.place or wanted.place in (card.city, card.city + card.county))
            and (not wanted.year or wanted.year == _year(card))
            and (not wanted.kind or wanted.kind == card.kind)
            and all(word in key for word in words)
        ]


def paged(found: Sequence[Card], wanted: Wanted) -> tuple[Sequence[Card], Wanted]:
    """The cards of the page, and the page that there is: a number beyond the last leads to the last."""
    last = max(1, -(-len(found) // PAGE_SIZE))
    page = min(max(1, wanted.page), last)
    return found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], replace(wanted, page=page)


def listing_page(shelf: Shelf, wanted: Wanted, total: int, shown: Sequence[tuple[Notice, Validity]]) -> str:
    """The page: `shown` are the notices of this page, each with how it stands today, `total` how many were found."""
    rows = "".join(_row(notice, validity) for notice, validity in shown)
    listed = f'<ol class="notices">{rows}</ol>' if rows else _nothing(shelf)
    body = (
        '<a class="skip" href="#wz-list">跳到列表</a>'
        '<nav class="ways" aria-label="本站"><a class="home" href="/">‹ 返回问答</a></nav>'
        f'<main class="listing"><h1>全部文件</h1><p class="note">本库收录 {len(shelf.cards)} 件公报文件。</p>'
        f"{_form(shelf, wanted)}"
        f'<section id="wz-list" tabindex="-1" aria-label="文件列表"><p class="count">{_counted(total, wanted)}</p>'
        f"{listed}{_pages(total, wanted)}</section></main>"
    )
    return plain_page("全部文件", body, styles=("notice.css", "notices.css"))


def _counted(total: int, wanted: Wanted) -> str:
    last = max(1, -(-total // PAGE_SIZE))
    on = f"，第 {wanted.page} 页，共 {last} 页" if last > 1 else ""
    clear = ' · <a href="/notices">清除筛选</a>' if replace(wanted, page=1) != Wanted() else ""
    return f"共 {total} 件{on}{clear}"


def _nothing(shelf: Shelf) -> str:
    words = "没有符合条件的文件。请减少条件再试。" if shelf.cards else "本库还没有公报。"
    return f'<p class="none">{words}</p>'


def _form(shelf: Shelf, wanted: Wanted) -> str:
    years = [(year, "未注日期" if year == UNDATED else f"{year}年") for year in shelf.years]
    return (
        '<form class="filters" method="get" action="/notices" role="search" aria-label="筛选文件">'
        '<label class="words"><span>标题或文号</span>'
        f'<input type="search" name="q" value="{text_html(wanted.words)}" maxlength="{_WORDS_MAX_CHARS}" '
        'placeholder="例如：殡葬、同政办规" autocomplete="off"></label>'
        f"{_select('place', '地区', [(place, place) for place in shelf.places], wanted.place)}"
        f"{_select('year', '年份', years, wanted.year)}"
        f"{_select('kind', '种类', _KINDS, wanted.kind)}"
        '<button type="submit">筛选</button></form>'
    )


def _select(name: str, label: str, choices: Iterable[tuple[str, str]], chosen: str) -> str:
    options = "".join(
        f'<option value="{text_html(value)}"{" selected" if value == chosen else ""}>{text_html(word)}</option>'
        for value, word in (("", "全部"), *choices)
    )
    return f'<label><span>{label}</span><select name="{name}">{options}</select></label>'


def _row(notice: Notice, validity: Validity) -> str:
    signs = badges_html(notice.kind is NoticeKind.EXPLAINER, badge(validity))
    about = (
        notice.document_number,
        "、".join(notice.issuing_authorities) or str(notice.place),
        notice.signed_on.isoformat() if notice.signed_on else "未注日期",
    )
    facts = "".join(f"<span>{text_html(each)}</span>" for each in about if each)
    return (
        f'<li><h2><a href="{notice_address(notice.id)}">{text_html(notice.title)}</a></h2>'
        f'<p class="about">{signs}{facts}</p></li>'
    )


def _pages(total: int, wanted: Wanted) -> str:
    last = max(1, -(-total // PAGE_SIZE))
    if last == 1:
        return ""
    near = sorted({1, last, *range(max(1, wanted.page - 2), min(last, wanted.page + 2) + 1)})
    links, before = [], 0
    for page in near:
        if page > before + 1:
            links.append('<span aria-hidden="true">…</span>')
        here = ' aria-current="page"' if page == wanted.page else ""
        links.append(f'<a href="{text_html(wanted.href(page))}" aria-label="第 {page} 页"{here}>{page}</a>')
        before = page
    return (
        '<nav class="pages" aria-label="分页">'
        f"{_turn(wanted, wanted.page - 1, last, '上一页')}{''.join(links)}"
        f"{_turn(wanted, wanted.page + 1, last, '下一页')}</nav>"
    )


def _turn(wanted: Wanted, page: int, last: int, word: str) -> str:
    return f'<a href="{text_html(wanted.href(page))}">{word}</a>' if 1 <= page <= last else ""


def _year(card: Card) -> str:
    return f"{card.signed_on.year:04}" if card.signed_on else UNDATED

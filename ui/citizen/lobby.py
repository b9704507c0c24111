"""What stands around the conversation: head with place picker, examples, reader frame, foot. Pure.

All of it comes from the notices of the library, so its words are escaped like those of any notice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from index.records import Card, NoticeKind
from ui.citizen.feedback import MAX_WORDS_CHARS, Reason
from ui.markup import text_html
from ui.turn import failure_html

if TYPE_CHECKING:
    from ui.house import PageAnswerer

ALL_PLACES = ""
_MAX_EXAMPLES = 4
# asked in everyday words, shown where the library holds a notice with these words in its title
_EXAMPLES = (
    ("惠民殡葬", "火化费能减免多少？"),
    ("消防安全责任制", "小区的消防安全由谁负责？"),
    ("边缘家庭", "低保边缘家庭怎么认定？"),
    ("预售资金", "商品房预售资金怎么监管？"),
    ("公租房", "公租房怎么申请？"),
    ("以旧换新", "以旧换新有哪些补贴？"),
)
_ISSUED = re.compile(
    r"关于(?:修订)?(?:印发|公布|实施|推行|建立|公布实施)?《?(?P<topic>[^《》]+?)》?的(?:实施)?(?:通知|通告|意见|决定|公告)$"
)


@dataclass(frozen=True, slots=True)
class Lobby:
    """What the page says of its library before anything is asked."""

    cities: tuple[str, ...]  # in the order of their number of notices
    newest_on: date | None  # when the newest notice was signed
    notices: int
    examples: tuple[str, ...]

    @classmethod
    def of(cls, cards: Iterable[Card]) -> Lobby:
        """Look around a library once: all its notices at a glance. An empty one gives an empty lobby."""
        held = list(cards)
        counts = Counter(card.city for card in held if card.city)
        return cls(
            cities=tuple(sorted(counts, key=lambda city: (-counts[city], city))),
            newest_on=max((card.signed_on for card in held if card.signed_on), default=None),
            notices=len(held),
            examples=_examples(held),
        )


def lobby_of(answerer: PageAnswerer) -> Callable[[], Lobby]:
    """The lobby of the library that answers now, looked through once a generation."""
    seen: dict[str, Lobby] = {}

    def lobby() -> Lobby:
        library = answerer.library
        if library.id not in seen:
            seen.clear()
            seen[library.id] = Lobby.of(library.catalogue.cards())
        return seen[library.id]

    return lobby


def _examples(cards: list[Card]) -> tuple[str, ...]:
    """Everyday questions that this library has notices for, else the topics of its newest notices."""
    titles = [card.title for card in cards]
    found = [question for words, question in _EXAMPLES if any(words in title for title in titles)]
    for card in sorted(cards, key=lambda card: card.signed_on or date.min, reverse=True):
        topic = _ISSUED.search(card.title)
        if topic and card.kind == NoticeKind.NOTICE and len(topic["topic"]) <= 20:
            found.append(f"{topic['topic']}有哪些规定？")
    return tuple(dict.fromkeys(found))[:_MAX_EXAMPLES]


def head_html(lobby: Lobby) -> str:
    """The way past it, name, place picker, what one may switch, what this is, new conversation."""
    options = "".join(f'<option value="{text_html(city)}">{text_html(city)}</option>' for city in lobby.cities)
    return (
        '<header class="wz"><a class="skip" href="#wz-question">跳到提问</a>'
        '<h1 class="brand"><img src="/ui/favicon.svg" alt="" width="32" height="32">'
        "<span>问政 <small>· 政府公报问答</small></span></h1>"
        f'<label for="wz-place"><span>地区</span><select id="wz-place" aria-label="地区">'
        f'<option value="{ALL_PLACES}">全部地区</option>{options}'
        '</select></label><div class="switches">'
        '<button type="button" data-prefers="elder" aria-pressed="false">长辈版</button>'
        '<button type="button" data-prefers="contrast" aria-pressed="false">高对比</button>'
        '<a href="/about">关于</a></div><button type="button" id="wz-anew">新对话</button></header>'
    )


def talk_html(lobby: Lobby) -> str:
    """Greeting and examples, the conversation's place, and what is said aloud or when the service is out of reach."""
    examples = "".join(
        f'<li><button type="button" data-ask="{text_html(question)}">{text_html(question)}</button></li>'
        for question in lobby.examples
    )
    unreached = failure_html(
        "没有连上服务，或服务正忙。您的问题还在输入框里，请稍后再发；急事请拨打 12345。", "没有送达", retry=True
    )
    return (
        '<div class="wz column-of-talk"><section id="wz-intro"><h2>您想了解什么？</h2>'
        f"<p>{_rests_on(lobby)}</p>{f'<h3>例如</h3><ul>{examples}</ul>' if examples else ''}</section>"
        '<div id="wz-log" role="log" aria-live="off" aria-label="对话"></div>'
        '<p id="wz-says" class="wz-unseen" role="status" aria-live="polite"></p>'
        f'<template id="wz-unreached">{unreached}</template><template id="wz-deeds">{_deeds_html()}</template></div>'
    )


def _deeds_html() -> str:
    """What one may do with an answer; the page's script puts it under each."""
    reasons = "".join(
        f'<button type="button" data-reason="{reason}" aria-pressed="false">{reason}</button>' for reason in Reason
    )
    return (
        '<div class="deeds"><div class="row" role="group" aria-label="对这条答复">'
        '<button type="button" data-deed="copy">复制答案与出处</button>'
        '<button type="button" data-deed="link">固定链接</button>'
        '<span class="pair"><button type="button" data-deed="useful" aria-pressed="false">有用</button>'
        '<button type="button" data-deed="useless" aria-pressed="false">没用</button></span>'
        '<button type="button" data-deed="speak" aria-pressed="false" hidden>朗读</button></div>'
        '<p class="told" hidden></p>'
        '<form class="why" hidden><fieldset><legend>哪里没用？可以点几项，也可以不点。</legend>'
        f'<div class="row">{reasons}</div></fieldset>'
        f'<label>还想说的话（可不填，请不要写个人信息）<input name="words" maxlength="{MAX_WORDS_CHARS}"'
        ' autocomplete="off"></label><button type="submit">交给我们</button></form></div>'
    )


def onward_html() -> str:
    """The place of what one may well ask next; the page's script fills it."""
    return '<nav class="wz" id="wz-onward" aria-label="继续问" hidden><span>继续问：</span></nav>'


def reader_html() -> str:
    """The frame in which notices open."""
    return (
        '<section class="wz" aria-label="公报原文"><div class="bar">'
        '<button type="button" id="wz-back">‹ 返回答复</button>'
        '<a id="wz-whole" href="/" target="_blank">在新页打开</a></div>'
        '<iframe title="公报原文" src="about:blank"></iframe></section>'
    )


def foot_html(lobby: Lobby) -> str:
    """What the service is, how far it reaches, whom to call."""
    until = f" · 本库收录至 {lobby.newest_on.isoformat()}" if lobby.newest_on else ""
    return f'<footer class="wz">自动答复，以公报原文为准{until} · 人工服务请拨 <a href="tel:12345">12345</a></footer>'


def _rests_on(lobby: Lobby) -> str:
    if not lobby.notices:
        return "本库还没有公报。"
    places = "、".join(lobby.cities[:6]) + ("等地" if len(lobby.cities) > 6 else "")
    reach = f"{text_html(places)} {lobby.notices} 件公报文件" if places else f"{lobby.notices} 件公报文件"
    return f"只依据本库收录的{reach}作答，每句话都能点开看出处。"

"""Question + history → a question that stands alone, and what is asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.asked import Asked, asked_of
from index.text import HAN, simplified, squeeze
from qa.compare import asked_again
from qa.records import Question
from qa.small_talk import reply_to, reply_to_what_seems_chat
from qa.story import asking

MAX_TURNS = 5  # earlier questions that a follow-up may reach back to


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question ready to be searched for."""

    text: str
    context: str  # the earlier questions, and the part of a caller's story, that it leans on; "" where it stands alone
    asked: tuple[Asked, ...]  # likeliest first, never empty
    small_talk: str = ""  # the reply to thanks, greetings and the like; then nothing is searched for
    unclear: bool = False  # nothing in it can be searched for


_MARKUP = re.compile(
    r"<(script|style)\b[^>]*>.{0,2000}?</\1\s*>|</?[a-zA-Z][^<>]{0,200}>", re.DOTALL
)  # pasted from a page
_POLITE = re.compile(
    r"^(?:您好|你好|喂|请问|麻烦问一下|麻烦问下|问一下|我想问一下|我想问问|想咨询一下|咨询一下|打扰了)+"
)
_FILLERS = re.compile(  # what people say while they think, where commas part it from the rest; ++: never read twice
    r"(?:^|(?<=[，,。；;！!？?、…]))"
    r"(?:嗯|呃|额|啊|哦|唉|诶|哎呀|哎|那个|这个|那什么|就是说|就是那个|就是|我是说|怎么说呢|怎么讲呢|你知道吧|对吧|是吧)++[，,、…]++"
)
_EMPTY = re.compile(
    rf"(?:[^{HAN}A-Za-z0-9]|请问|怎么办|咋办|怎么弄|怎么回事|为什么|什么|啥|帮我|帮帮我|问个?问题|有问题|咨询|想问|我|的|吗|呢|吧|啊)*"
)
_OUR_CITY = re.compile(r"(?:我们|咱们?|俺们?|我|本)(?:这个?)?市(?![场民区县长委政直级面容值井])")
_LEANS = re.compile(
    r"^(?:那|那么|还有|另外|再|它|他|她|其|这|如果|要是|换成|除了|以外|然后|具体)|呢[？?。！!]*$|(?:这个|这种|这笔|这些|这样|这次|该|上述|刚才|刚刚|前面|其中|它们|他们|那个|那些|那里)"
)


def understand(question: Question) -> Understanding:
    """Read one question. Never fails; what cannot be searched for says so."""
    text = _MARKUP.sub(" ", simplified(question.text.strip())).strip() or question.text.strip()
    small_talk = reply_to(text)
    if small_talk:
        return Understanding(text, "", (Asked.OTHER,), small_talk=small_talk)
    text = _POLITE.sub("", text).lstrip("，,。.！! ") or text
    text = _FILLERS.sub("", text) or text
    text, told = asking(text)
    context = told or _context(text, [simplified(earlier) for earlier in question.history])  # a story brings its own
    context = asked_again(text, context) or context
    unclear = not re.search(f"[{HAN}]", text) or (bool(_EMPTY.fullmatch(squeeze(text))) and not context)
    if not unclear:
        small_talk = reply_to_what_seems_chat(question.text, amid=bool(question.history))
    return Understanding(text, context, asked_of(text, context), small_talk, unclear)


def _context(text: str, history: Sequence[str]) -> str:
    """The earlier questions that a follow-up leans on, oldest first: back to the last one that stands alone."""
    earlier = [line for question in history[-MAX_TURNS:] if (line := " ".join(question.split()))]
    if not earlier or not _leans(text):
        return ""
    leaning: list[str] = []
    for question in reversed(earlier):
        leaning.insert(0, question)
        if not _leans(question):
            break
    return "\n".join(leaning)


def _leans(text: str) -> bool:
    """Does a question need the one before it? It points back, or is too short to say what it is about."""
    return _LEANS.search(text) is not None or len(re.sub(r"\W", "", text)) <= 8


def of_our_city(text: str) -> bool:
    """Does a question ask about “our city”, which the person may or may not name besides?"""
    return _OUR_CITY.search(text) is not None

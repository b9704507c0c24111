"""Question + history → a question that stands alone, and what is asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from index.text import HAN, squeeze
from qa.records import Question
from qa.small_talk import reply_to

MAX_TURNS = 5  # earlier questions that a follow-up may reach back to


class Asked(StrEnum):
    """What kind of thing a question asks for; it steers which words of a notice are an answer."""

    AMOUNT = "amount"  # money
    NUMBER = "number"  # any other figure
    WHO = "who"  # an office or a person
    WHEN = "when"  # a date
    HOW_LONG = "how-long"  # a term, a deadline counted in days or years
    WHERE = "where"
    LIST = "list"
    YES_NO = "yes-no"
    HOW = "how"  # steps, materials
    VALIDITY = "validity"  # in force, repealed, from when
    COMPARISON = "comparison"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question ready to be searched for."""

    text: str
    context: str  # the earlier questions that it leans on, "" where it stands alone
    asked: tuple[Asked, ...]  # likeliest first, never empty
    small_talk: str = ""  # the reply to thanks, greetings and the like; then nothing is searched for
    unclear: bool = False  # nothing in it can be searched for


_POLITE = re.compile(
    r"^(?:您好|你好|喂|请问|麻烦问一下|麻烦问下|问一下|我想问一下|我想问问|想咨询一下|咨询一下|打扰了)+"
)
_EMPTY = re.compile(
    rf"(?:[^{HAN}A-Za-z0-9]|请问|怎么办|咋办|怎么弄|怎么回事|为什么|什么|啥|帮我|帮帮我|问个?问题|有问题|咨询|想问|我|的|吗|呢|吧|啊)*"
)
_LEANS = re.compile(
    r"^(?:那|那么|还有|另外|再|它|他|她|其|这|如果|要是|换成|除了|以外|然后|具体)|呢[？?。！!]*$|(?:这个|这种|这笔|这些|这样|这次|该|上述|刚才|刚刚|前面|其中|它们|他们|那个|那些|那里)"
)
_CUES: tuple[tuple[Asked, re.Pattern[str]], ...] = tuple(
    (asked, re.compile(pattern))
    for asked, pattern in (
        (
            Asked.VALIDITY,
            r"有效期|还有效|还管用|还算数|废止|失效|作废|过期|(?:什么时候|何时|哪天|啥时候|几号|多会儿).{0,4}(?:施行|实施|执行|生效|开始算|起)|还能用|能用几年",
        ),
        (
            Asked.COMPARISON,
            r"哪个(?:更)?(?:高|低|多|少|大|早|长)|区别|不同|差别|差多少|相比|分别|各(?:是|为|有|要)?多少|各是",
        ),
        (
            Asked.AMOUNT,
            r"多少钱|几个钱|多少(?:万|亿)?元|几[百千万]?元|几块|几百块|几千块|几万块|赏钱|钱[^，。？]{0,4}多少"
            r"|(?:收费|费用|价格|价钱|地价|房价|金额|工资|补贴|补助|奖励|罚款|赔偿|租金|首付|保费|押金|资助|奖|补|贴|赔|罚|减免|领|拿)"
            r"[^，。？]{0,4}(?:多少|几[百千万])(?![个家户人名座年天次倍项条级])"
            r"|给(?:我|他|她|它|咱)?(?:贴|补|奖|赔|发)?(?:多少|几)(?:$|[？?钱块元万])",
        ),
        (
            Asked.WHO,
            r"谁|哪个(?:部门|单位|局|机关|领导|科|委|办)|哪些(?:部门|单位)|什么(?:部门|单位)|哪家|归哪|归.{0,4}管|找哪|由哪|哪位|哪个来|管这|挑头|挂帅|牵头",
        ),
        (
            Asked.HOW_LONG,
            r"多久|多长时间|多少天|多少个?(?:工作日|小时|月|年)|几天|几年|几个(?:月|工作日|小时)|几小时|期限|时限|有效期|隔多|几日",
        ),
        (
            Asked.WHEN,
            r"什么时候|啥时候|何时|哪天|哪年|哪一年|几号|几月|多会儿|截止|最晚|最迟|几点|啥日子|什么日子",
        ),
        (
            Asked.LIST,
            r"哪些|哪几|有什么|都有啥|有啥|包括什么|几种|几类|几项|哪.{0,2}[个种类条项家方类]|什么条件|哪五|哪四|哪三|哪六|哪两",
        ),
        (
            Asked.NUMBER,
            r"多少|几[个条座户家成倍次级人处所名万亿岁]|百分之|比例|多大|多高|多长|多远|多重|多宽|几分|占比|率|指标|目标",
        ),
        (Asked.HOW, r"怎么|怎样|如何|咋|流程|程序|步骤|手续|材料|证件|带啥|带什么|办理|申请|报名"),
        (Asked.WHERE, r"哪儿|哪里|在哪|去哪|地方|地点|地址|窗口|哪头"),
        (
            Asked.YES_NO,
            r"吗|能不能|可不可以|是不是|是否|会不会|算不算|行不行|要不要|用不用|有没有|管不管|该不该|还给不给|能否|可否|不$",
        ),
    )
)


def understand(question: Question) -> Understanding:
    """Read one question. Never fails; what cannot be searched for says so."""
    text = question.text.strip()
    small_talk = reply_to(text)
    if small_talk:
        return Understanding(text, "", (Asked.OTHER,), small_talk=small_talk)
    text = _POLITE.sub("", text).lstrip("，,。.！! ") or text
    context = _context(text, question.history)
    return Understanding(
        text, context, asked_of(text, context), unclear=bool(_EMPTY.fullmatch(squeeze(text))) and not context
    )


def asked_of(text: str, context: str = "") -> tuple[Asked, ...]:
    """The kinds of thing that a question asks for; a bare “那…呢？” asks what the question before it asked."""
    found = tuple(asked for asked, cue in _CUES if cue.search(text))
    return found or (asked_of(context) if context else (Asked.OTHER,))


def _context(text: str, history: Sequence[str]) -> str:
    """The earlier questions that a follow-up leans on, oldest first: back to the last one that stands alone."""
    earlier = [question.strip() for question in history[-MAX_TURNS:] if question.strip()]
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

"""A comparison → the questions it is made of, one a side; “那乙呢？” → what was asked of 甲, asked of 乙. Pure."""

from __future__ import annotations

import re

from index.text import HAN

_JOINED = re.compile(r"(?P<left>[^，,。？?；;：:]+?)(?:以及|和|与|跟)(?P<right>[^，,。？?；;：:]{2,24})")
_RIGHT_END = re.compile(r"的|相比|各|分别|哪|谁|两|都|是|多|几|怎么|什么")
_LEFT_START = re.compile(r"[的，,、在对按]")
_EACH = re.compile(r"分别|各自|各(?=是|为|有|要|多少|几|由|达)|相比|有(?:什么|啥|何)(?:区别|不同|差别)")
_AND_THIS = re.compile(r"(?:那么?|要是|换成|换|如果是|至于|还有)*(?P<new>[^，,。？?；;：:呢]{2,16}?)的?呢[？?。！!]*")
_WORD_ENDS = rf"(?=[^{HAN}]|[的由归是在有要该怎咋多每给能可会就将应]|$)"
_YEAR = re.compile(r"\d{4}年")
_HEADS = frozenset("组局委办部厅市县区镇乡村户级类期年月岁档费金组队站所院校")


def sides(question: str) -> list[str]:
    """“A和B的期限分别是多久？” → [“A的期限是多久？”, “B的期限是多久？”]; [] where no two sides are named.

    Chinese marks no word's beginning: the left side begins behind 的 or a comma, or is as long as the right one.
    """
    for joined in _JOINED.finditer(question):
        right = _RIGHT_END.split(joined["right"], maxsplit=1)[0].strip()
        left = _counterpart(joined["left"], right)
        if len(right) < 2 or len(left) < 2 or left == right:
            continue
        start = joined.end("left") - len(left)
        end = joined.start("right") + len(right)
        return [_EACH.sub("", question[:start] + side + question[end:]) for side in (left, right)]
    return []


def asked_again(follow_up: str, earlier: str) -> str:
    """“社会稳定组呢？” after “保障组由谁负责？” → “社会稳定组由谁负责？”; "" where nothing of its kind was named.

    Two things are of a kind where their names end alike: in the same two characters, or in one that is a head noun.
    """
    named = _AND_THIS.fullmatch(follow_up.strip())
    if not named:
        return ""
    new = named["new"]
    year = _YEAR.search(new)
    if year:
        return _YEAR.sub(year.group(), earlier) if len(_YEAR.findall(earlier)) == 1 else ""
    tails = [re.escape(new[-2:]), *([re.escape(new[-1]) + _WORD_ENDS] if new[-1] in _HEADS else ())]
    for tail in tails:
        ends = [found.end() for found in re.finditer(tail, earlier)]
        old = _counterpart(earlier[: ends[0]], new) if len(ends) == 1 else ""
        if len(old) > 2 and old != new:
            return earlier[: ends[0] - len(old)] + new + earlier[ends[0] :]
    return ""


def _counterpart(text: str, other: str) -> str:
    """What stands at the end of a text over against `other`."""
    own = _LEFT_START.split(text)[-1].strip()
    return own[-len(other) :] if len(own) > len(other) + 4 else own

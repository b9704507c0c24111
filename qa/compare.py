"""A comparison → the questions it is made of, one a side. Pure."""

from __future__ import annotations

import re

_JOINED = re.compile(r"(?P<left>[^，,。？?；;：:]+?)(?:以及|和|与|跟)(?P<right>[^，,。？?；;：:]{2,24})")
_RIGHT_END = re.compile(r"的|相比|各|分别|哪|谁|两|都|是|多|几|怎么|什么")
_LEFT_START = re.compile(r"[的，,、在对按]")
_EACH = re.compile(r"分别|各自|各(?=是|为|有|要|多少|几|由|达)|相比|有(?:什么|啥|何)(?:区别|不同|差别)")


def sides(question: str) -> list[str]:
    """“A和B的期限分别是多久？” → [“A的期限是多久？”, “B的期限是多久？”]; [] where no two sides are named.

    Chinese marks no word's beginning: the left side begins behind 的 or a comma, or is as long as the right one.
    """
    for joined in _JOINED.finditer(question):
        right = _RIGHT_END.split(joined["right"], maxsplit=1)[0].strip()
        left = _LEFT_START.split(joined["left"])[-1].strip()
        if len(left) > len(right) + 4:
            left = left[-len(right) :]
        if len(right) < 2 or len(left) < 2 or left == right:
            continue
        start = joined.end("left") - len(left)
        end = joined.start("right") + len(right)
        return [_EACH.sub("", question[:start] + side + question[end:]) for side in (left, right)]
    return []

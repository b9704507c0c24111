"""May one? A question whether something is allowed + the sentence that answers → 可以, 不可以, or nothing. Pure.

A conclusion is drawn only where the sentence itself decides it: where it allows, or forbids, in so many words, the very
act that is asked about. Whatever takes a step of thought is left to the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.text import normal
from qa.modality import Stretch, stretches

MAY, MAY_NOT = "可以", "不可以"

_ASKED = re.compile(
    r"(?:是否可以|可不可以|能不能够?|能否|可否|准不准|允不允许|是否允许|是不是可以)(?P<polar>[^，。；？！?!]{2,30})"
    r"|(?<!不)(?:可以|能够|能|允许|准许)(?P<plain>[^，。；？！?!]{2,30}?)(?:吗|么)(?:[？?]|$)"
)
_DENIED_IN_IT = re.compile(r"[不没未无别]")
_ALLOWS = frozenset({"可以", "可", "允许", "准许", "准予", "能够", "有权"})
_FORBIDS = frozenset({"不得", "不准", "不能", "不可", "不可以", "不许", "不允许", "禁止", "严禁", "不予"})
_IDLE = re.compile(r"[的了着过在和与及或、者个这那其并也都就还再把被给对于向从所自己我们他她它您你吗呢啊]|一下")
_RUN = 3  # characters of the act that stand in the sentence as they are
_SHARE = 0.6  # of its pairs of characters


def decided(question: str, sentence: str) -> str:
    """MAY or MAY_NOT where the sentence says so of the act asked about; "" where it does not, or says both."""
    act = _act(question)
    said = {_ruling(stretch) for stretch in stretches(sentence) if act and _of(act, stretch)}
    return said.pop() if len(said) == 1 else ""


def _act(question: str) -> str:
    """What one would like to do: the words behind 能不能, between 可以 and 吗; "" where it is asked for by a denial."""
    found = _ASKED.search(normal(question))
    act = (found["polar"] or found["plain"]) if found else ""
    return "" if _DENIED_IN_IT.search(act) else _IDLE.sub("", act)


def _of(act: str, stretch: Stretch) -> bool:
    """Does a modal word govern the act?"""
    said = _IDLE.sub("", stretch.said)
    pairs = set(_runs(act, 2))
    shared = sum(pair in said for pair in pairs)
    return any(run in said for run in _runs(act, _RUN)) and shared >= _SHARE * len(pairs)


def _runs(text: str, length: int) -> Iterator[str]:
    return (text[at : at + length] for at in range(len(text) - length + 1))


def _ruling(stretch: Stretch) -> str:
    if stretch.word in _ALLOWS:
        return MAY
    return MAY_NOT if stretch.word in _FORBIDS else ""

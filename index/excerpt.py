"""Of a passage, the runs of whole sentences of which one is read closely. Pure.

A reader need not read all of a passage: where it comes nearest to the question is where it answers, if it does. Read
so, the first passages of the dev questions are ordered as well as when they are read whole, in two fifths of the time.
"""

from __future__ import annotations

import re

from index.records import Passage, Span

LONGEST = 100  # characters of a run of more than one sentence; chosen on the dev questions among 100, 160 and all
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？\n]*")


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends, in order, with its end marks and the breaks behind it."""
    return [match.span() for match in _SENTENCE.finditer(text) if match.group().strip()]


def meant(passage: Passage) -> list[tuple[int, int, float]]:
    """Where each sentence begins and ends, and how near it comes in meaning; [] for what was not searched for."""
    cut = sentences(passage.text) if passage.sentences else []
    return [(start, end, near) for (start, end), near in zip(cut, passage.sentences, strict=True)]


def runs(text: str, longest: int = LONGEST) -> list[Span]:
    """From each sentence on as many whole ones as fit, in reading order, until the last is in; at least one a run.

    The whole text where it is short, or has no sentence.
    """
    cut = sentences(text)
    if len(text) <= longest or len(cut) < 2:
        return [Span(0, len(text))]
    found: list[Span] = []
    last = 0
    for first, (start, _) in enumerate(cut):
        last = max(last, first)
        while last + 1 < len(cut) and cut[last + 1][1] - start <= longest:
            last += 1
        found.append(Span(start, cut[last][1]))
        if last + 1 == len(cut):
            break
    return found

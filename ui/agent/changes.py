"""What differs between two texts: did an agent change what was said, and what does today's library say anew. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from index.query import FRAMES
from qa.check import words
from qa.figures import figures
from ui.agent.draft import without_markers

LEAST_ALIKE = 0.85  # of the words of both: below it a reply says something else than the answer did


class Sign(StrEnum):
    """What became of a line."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


def in_substance(answered: Iterable[str], sent: Iterable[str]) -> bool:
    """Does what was sent say something else than what was answered? Politeness, marks, order and punctuation say
    nothing; a figure that came or went always does.
    """
    before, after = (without_markers("\n".join(lines)) for lines in (answered, sent))
    if figures(before) != figures(after):
        return True
    one, other = (words(text) - FRAMES - _POLITE for text in (before, after))
    return bool(one | other) and len(one & other) / len(one | other) < LEAST_ALIKE


_POLITE = frozenset(words("您好，感谢您的来电。请您谅解。如有疑问，请再次来电咨询。祝您生活愉快，谢谢，再见！"))


def difference(then: Sequence[str], now: Sequence[str]) -> tuple[tuple[Sign, str], ...]:
    """Two lists of lines as one: what stayed, what went, what came, in reading order; markers aside."""
    old, new = ([without_markers(line) for line in lines] for lines in (then, now))
    found: list[tuple[Sign, str]] = []
    for kind, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [(Sign.SAME, line) for line in new[c:d]]
        else:
            found += [(Sign.GONE, line) for line in old[a:b]] + [(Sign.NEW, line) for line in new[c:d]]
    return tuple(found)

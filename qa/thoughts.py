"""A model's words without its thoughts, as they come. Pure.

Reasoning models think aloud between <think> and </think>; some templates open the first thought themselves, so that
only its end is seen.
"""

from __future__ import annotations

import re

_BEGIN, _END = "<think>", "</think>"
_THOUGHT = re.compile(rf"{_BEGIN}.*?(?:{_END}|\Z)", re.DOTALL)


class UnopenedThought(ValueError):
    """What was taken for words was a thought all along: its end came, and no beginning."""


def without_thoughts(reply: str) -> str:
    """A whole reply less its thoughts, white space around it taken off."""
    return _THOUGHT.sub("", reply).rsplit(_END, 1)[-1].strip()


class Thoughts:
    """Takes the thoughts out of a reply that comes in pieces, however its marks are split."""

    def __init__(self, *, thinks_first: bool = False) -> None:
        """`thinks_first`: the reply begins inside a thought; where that never ends, it was none."""
        self._inside = self._unmarked = thinks_first
        self._held = ""

    def feed(self, piece: str) -> str:
        """The words that are certain now. Raises UnopenedThought."""
        self._held += piece
        words = ""
        while True:
            mark = _END if self._inside else _BEGIN
            before, found, after = self._held.partition(mark)
            if not self._inside and _END in before:
                raise UnopenedThought
            if not found:
                break
            words += "" if self._inside else before
            self._held, self._inside, self._unmarked = after, not self._inside, False
        kept = len(self._held) if self._unmarked else _beginning(self._held)
        words += "" if self._inside else self._held[: len(self._held) - kept]
        self._held = self._held[len(self._held) - kept :]
        return words

    def end(self) -> str:
        """What was held back and is no thought."""
        return without_thoughts(self._held) if self._unmarked or not self._inside else ""


def _beginning(text: str) -> int:
    """How many characters at the end of a text could be the beginning of a mark."""
    longest = min(len(text), len(_END) - 1)
    return next((n for n in range(longest, 0, -1) if _BEGIN.startswith(text[-n:]) or _END.startswith(text[-n:])), 0)

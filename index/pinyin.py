"""How characters are read: syllables without tone, and which of them people mix up. Pure.

The table syllables.txt is made by `python -m index.training.syllables`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

_LONGEST = 6  # letters of a syllable: zhuang
_ACCENTS = (  # what whole regions do not tell apart
    (re.compile("^([zcs])h"), r"\1"),
    (re.compile("^n"), "l"),
    (re.compile("([aei])ng$"), r"\1n"),
    (re.compile("^hu(?=$|a)"), "fu"),
    (re.compile("^fua"), "fa"),
)


@cache
def characters() -> Mapping[str, str]:
    """Syllable → the characters read so, the most common first; ü is spelt v."""
    lines = Path(__file__).with_name("syllables.txt").read_text("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if not line.startswith("#"))


@cache
def readings() -> Mapping[str, tuple[str, ...]]:
    """Character → its syllables; a character that is not in the table has none."""
    found: dict[str, list[str]] = defaultdict(list)
    for syllable, read_so in characters().items():
        for character in read_so:
            found[character].append(syllable)
    return {character: tuple(syllables) for character, syllables in found.items()}


@lru_cache(1024)
def sound(syllable: str) -> str:
    """One spelling for syllables that accents mix up: zh and z, n and l, ing and in, hua and fa."""
    for accent, plain in _ACCENTS:
        syllable = accent.sub(plain, syllable)
    return syllable


def syllables(letters: str) -> list[str]:
    """gongjijin → [gong, ji, jin], as few as will do; [] where letters are no row of whole syllables."""
    known = characters()
    best: list[list[str] | None] = [[]]
    for end in range(1, len(letters) + 1):
        ways = [
            [*before, letters[start:end]]
            for start in range(max(0, end - _LONGEST), end)
            if (before := best[start]) is not None and letters[start:end] in known
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1] or []

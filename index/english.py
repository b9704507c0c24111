"""A question in English → the words by which notices call what it asks for. Pure.

No translation: word for word by a list that anyone may add to (english.txt), longest match first, and the library's
places by how their names are read: Datong is 大同. What is asked (how much, who, by when) goes to the end, where it
stands in Chinese. The answer stays Chinese: it is the notice's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.pinyin import readings
from index.text import HAN

_FEWEST = 3  # words of a question, and of them two that say something
_LONGEST = 5  # words of an entry
_ASKS = "── how people ask"  # heads the lines of question words
_SECTION = "# ──"
_TOKEN = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d[\d.,]*")
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))
_ADMINISTRATIVE = ("市", "县", "区", "自治州", "地区", "盟")


@dataclass(frozen=True, slots=True)
class Glossary:
    """English words → Chinese ones; of the words that say nothing there is an entry without Chinese."""

    entries: Mapping[tuple[str, ...], str]
    asking: frozenset[tuple[str, ...]]  # the entries by which one asks

    def read(self, text: str, named: Mapping[str, str]) -> str:
        """The question in Chinese words, what is asked last; "" where too little of it is known. `named`: the places of
        a library, see `romanised`.
        """
        tokens = [_plain(token) for token in _TOKEN.findall(text)]
        said: list[str] = []
        asked: list[str] = []
        known = 0
        for entry, chinese in self._entries(tokens, named):
            known += entry not in self.asking and bool(chinese)
            (asked if entry in self.asking else said).append(chinese)
        if known < 2:
            return ""
        return "".join(dict.fromkeys(filter(None, said))) + (asked[0] if asked else "")

    def _entries(self, tokens: Sequence[str], named: Mapping[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
        """The longest entries one after the other; a figure stands for itself; what is not known is left out."""
        at = 0
        while at < len(tokens):
            for size in range(min(_LONGEST, len(tokens) - at), 0, -1):
                entry = self._known(tuple(tokens[at : at + size]))
                if entry is not None:
                    yield entry, self.entries[entry]
                    break
                place = named.get("".join(tokens[at : at + size]))
                if place:
                    yield (place,), place
                    break
            else:
                size = 1
                if tokens[at][0].isdigit():
                    yield (tokens[at],), tokens[at]
            at += size

    def _known(self, words: tuple[str, ...]) -> tuple[str, ...] | None:
        """The entry for these words, the last one in any of its forms."""
        return next((entry for last in _forms(words[-1]) if (entry := (*words[:-1], last)) in self.entries), None)


def is_english(text: str) -> bool:
    """Is it a question in Latin letters alone, of a few words?"""
    words = [token for token in _TOKEN.findall(text) if token[0].isalpha()]
    return len(words) >= _FEWEST and re.search(f"[{HAN}]", text) is None


@cache
def load() -> Glossary:
    """The list that ships."""
    entries: dict[tuple[str, ...], str] = {}
    asking: set[tuple[str, ...]] = set()
    section = ""
    for line in Path(__file__).with_name("english.txt").read_text("utf-8").splitlines():
        if line.startswith(_SECTION):
            section = line
        english, sign, chinese = line.partition("=")
        if line.startswith("#") or not sign:
            continue
        for each in english.split(","):
            entry = tuple(map(_plain, each.split()))
            entries.setdefault(entry, chinese.strip())
            if _ASKS in section:
                asking.add(entry)
    return Glossary(entries, frozenset(asking))


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s").rstrip(",.")


def _forms(word: str) -> Iterator[str]:
    """The word, and what it may be a form of: subsidies → subsidy, applied → apply, charging → charge."""
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word.removesuffix(ending) + instead
            yield stem
            if len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]


def romanised(places: Iterable[str]) -> dict[str, str]:
    """datong → 大同市: places by how their names are read."""
    found: dict[str, str] = {}
    for place in places:
        stem = next((place.removesuffix(e) for e in _ADMINISTRATIVE if place.endswith(e) and len(place) > 2), place)
        for letters in _letters(stem):
            found.setdefault(letters, place)
    return found


def _letters(name: str) -> list[str]:
    """All ways to spell a name in letters; a name has at most a few."""
    ways = [""]
    for character in name:
        ways = [way + syllable for way in ways for syllable in readings().get(character, ())[:2]][:8]
    return [way for way in ways if way]

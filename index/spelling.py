"""Slips of the hand in a question → the words of the library that were meant. Pure.

公基金 is 公积金, gongjijin too, 养老保现 is 养老保险. A noisy channel (Kernighan, Church and Gale, "A spelling
correction program based on a noisy channel model", COLING 1990): of all ways to cut a question into words, as they
stand or as a word of the library that is read alike, the likeliest is taken (Viterbi). How likely a word is tells the
vocabulary, how likely a slip the constants below. What was meant is added to a question, and what was said stays: a
wrong guess costs little. Only a place is put where its misspelling stood, which is no word to look for.

Words that look alike, or lack a character, are not mended: of the noisy questions one in 146 was answered better so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, product

from index.pinyin import readings, sound, syllables
from index.text import HAN

LONGEST = 6  # characters of a word that is looked for
# Natural logarithms: of the share of a character that is no piece, of letters that spell no word of the library, and
# of a pair of characters that stands in some phrase of the thesaurus
_UNKNOWN, _LETTERS, _PAIR = -17.0, -14.0, -14.0
# and of the odds of a slip, a character; chosen on the clean dev questions and on one half of the noisy ones
_SAME_SOUND, _LIKE_SOUND, _TYPED = -7.5, -9.5, -0.5
_LEAST_TYPED = 4  # syllables of a question in pinyin; with fewer English words might be meant
_WAYS = 8  # of reading a stretch of characters that have several readings each
_STRETCH = re.compile(rf"[{HAN}a-z]+")
_WORD = re.compile(rf"[{HAN}]{{1,{LONGEST}}}")
_UNIT = re.compile(rf"[{HAN}]|[a-z]+")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a library's words are: natural logarithms of their shares of all words."""

    shares: Mapping[str, float]  # of every word and character that is known at all
    meant: frozenset[str]  # the words that may be meant: those of the library
    places: frozenset[str] = frozenset()  # of these, the names of its places
    pairs: frozenset[str] = field(
        default=frozenset()
    )  # of characters that stand side by side in what people say, and in titles


@dataclass(frozen=True, slots=True)
class Slip:
    """What a question says, where, and which word of the library was meant."""

    start: int
    end: int
    said: str
    meant: str
    place: bool = False  # a place of the library


class Speller:
    """Knows how the words of a library sound. Safe with threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(vocabulary.meant):
            for key in _sounds([_sounds_of(character) for character in word]):
                self._by_sound[key].append(word)

    def slips(self, text: str) -> tuple[Slip, ...]:
        """The slips in a text of simplified characters, in its order; a text without any such character has none."""
        if not re.search(f"[{HAN}]", text):
            return ()
        return tuple(slip for stretch in _STRETCH.finditer(text.lower()) for slip in self._slips(stretch))

    def written_out(self, text: str) -> str:
        """A question typed in pinyin alone → the likeliest words; "" for what is not that, or too short to tell."""
        if not in_letters(text):
            return ""
        joined = re.sub(r"(?<=[a-z])[\s'’-]+(?=[a-z])", " ", text.lower())
        return re.sub(r"[a-z]+(?: [a-z]+)*", lambda found: self._words_of(found[0].split()), joined)

    def _words_of(self, typed: Sequence[str]) -> str:
        """The likeliest words for letters, of which each group ends a syllable."""
        units = [
            _Unit(0, 0, part, (part,), (sound(part),), False) for each in typed for part in syllables(each) or [each]
        ]
        best: list[tuple[float, str]] = [(0.0, "")]
        for end in range(1, len(units) + 1):
            ways = [
                (
                    best[start][0] + self._words.shares[word] + sum(map(_odds, units[start:end], word)),
                    best[start][1] + word,
                )
                for start in range(max(0, end - LONGEST), end)
                for word in self._sounding(units[start:end])
            ]
            ways.append((best[end - 1][0] + _UNKNOWN + _LETTERS, best[end - 1][1] + units[end - 1].said))
            best.append(max(ways))
        return best[-1][1]

    def _slips(self, stretch: re.Match[str]) -> list[Slip]:
        """Those on the likeliest way through a stretch of characters and syllables."""
        units = list(_units(stretch))
        best: list[tuple[float, _Word | None]] = [(0.0, None)]
        for end in range(1, len(units) + 1):
            ways = (
                (best[word.start][0] + word.worth, word)
                for start in range(max(0, end - LONGEST), end)
                for word in self._read(units, start, end)
            )
            best.append(max(ways, key=lambda way: way[0]))
        found: list[Slip] = []
        word = best[-1][1]
        while word is not None:
            if word.meant:
                start, end = units[word.start].start, units[word.end - 1].end
                found.insert(
                    0, Slip(start, end, stretch.string[start:end], word.meant, word.meant in self._words.places)
                )
            word = best[word.start][1]
        return found

    def _read(self, units: Sequence[_Unit], start: int, end: int) -> Iterator[_Word]:
        """The words that a stretch of units is, or may be meant for; of one unit there is always one."""
        own = units[start:end]
        said = "".join(unit.said for unit in own)
        shares = self._words.shares
        if len(own) == 1:
            yield _Word(start, end, shares.get(said, _UNKNOWN) if own[0].han else _LETTERS)
        elif said in shares:
            yield _Word(start, end, shares[said])
            return
        elif said in self._words.pairs:
            yield _Word(start, end, _PAIR)
        if len(own) > 1:
            typed = not all(unit.han for unit in own)
            for word, odds in self._typed(own) if typed else self._misheard(own):
                yield _Word(start, end, shares[word] + odds, word)

    def _typed(self, own: Sequence[_Unit]) -> Iterator[tuple[str, float]]:
        """Words of these characters, and of these syllables typed in letters."""
        for word in self._sounding(own):
            fitting = [(unit, character) for unit, character in zip(own, word, strict=True) if unit.said != character]
            if not any(unit.han for unit, _ in fitting):
                yield word, sum(_TYPED + _odds(unit, character) - _SAME_SOUND for unit, character in fitting)

    def _misheard(self, own: Sequence[_Unit]) -> Iterator[tuple[str, float]]:
        """Words that sound like these characters."""
        for word in self._sounding(own):
            wrong = [(unit, character) for unit, character in zip(own, word, strict=True) if unit.said != character]
            if len(wrong) < len(own) or word in self._words.places:  # nothing of it right: too bold a guess
                yield word, sum(_odds(unit, character) for unit, character in wrong)

    def _sounding(self, own: Sequence[_Unit]) -> Iterator[str]:
        for key in _sounds([unit.sounds for unit in own]):
            yield from self._by_sound.get(key, ())


def in_letters(text: str) -> bool:
    """Is it pinyin alone, and long enough for a question?"""
    typed = [syllables(each) for each in re.findall("[a-z]+", text.lower())]
    return re.search(f"[{HAN}]", text) is None and all(typed) and sum(map(len, typed)) >= _LEAST_TYPED


def is_word(text: str) -> bool:
    """Is it short enough for a word, and of Chinese characters alone?"""
    return _WORD.fullmatch(text) is not None


def mended(text: str, slips: Sequence[Slip]) -> str:
    """The text with what was meant behind what was said, of a place instead of it: 阳泉的公基金（公积金）怎么提取."""
    for slip in reversed(slips):
        meant = slip.meant if slip.place else f"{slip.said}（{slip.meant}）"
        text = text[: slip.start] + meant + text[slip.end :]
    return text


@dataclass(frozen=True, slots=True)
class _Unit:
    """A character, or a syllable in letters."""

    start: int
    end: int
    said: str
    readings: tuple[str, ...]
    sounds: tuple[str, ...]
    han: bool


@dataclass(frozen=True, slots=True)
class _Word:
    """A stretch of units taken as one word, and what that is worth."""

    start: int
    end: int
    worth: float
    meant: str = ""  # "" where it stands as it is


def _units(stretch: re.Match[str]) -> Iterator[_Unit]:
    for found in _UNIT.finditer(stretch.string, *stretch.span()):
        said, at = found.group(), found.start()
        if not said.isascii():
            yield _Unit(at, at + 1, said, readings().get(said, ()), _sounds_of(said), True)
            continue
        for part in syllables(said) or [said]:
            yield _Unit(at, at + len(part), part, (part,), (sound(part),), False)
            at += len(part)


@lru_cache(8192)
def _sounds_of(character: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(sound, readings().get(character, ()))))


def _sounds(each: Sequence[Sequence[str]]) -> Iterable[str]:
    """The ways in which a row of characters sounds, accents aside; none where one of them is not known."""
    return map(" ".join, islice(product(*each), _WAYS))


def _odds(unit: _Unit, character: str) -> float:
    alike = not set(unit.readings).isdisjoint(readings().get(character, ()))
    return _SAME_SOUND if alike else _LIKE_SOUND

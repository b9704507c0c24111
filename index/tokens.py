"""Text → the tokens that lexical search and the latent-semantic embedder count. Pure, but for the doors to rjieba and
OpenCC.

Why characters: BM25 over character uni- and bigrams, plain bigrams, uni- and bigrams with jieba words of three
characters and more, and jieba words alone find the right document first for 62.0, 61.4, 61.6 and 56.8 % of 500 letters
of citizens (2,500 replies), and for 36.3, 31.4, 35.9 and 31.7 % of 309 lay questions over 60,016 statute articles.
Words on top of characters win nothing, and loading their dictionary costs 0.1 s and 30 MB: they are off.

Traditional characters count as their simplified ones, whoever wrote them. The number of an article is a token of its
own in one spelling, since 第三十三条 and 第33条 are the same, and in bigrams 第三十三条 is nearly 第十三条.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from index.text import number_value, simplified_apart

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)*%?"
_RUN = re.compile(rf"[{_HAN}]+|{_NUMBER}|[^\W\d_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_DIGITS = frozenset("0123456789")
_PADDING = re.compile(rf"(?<=[{_HAN}])[ \t]+(?=[{_HAN}])")  # rosters pad names: 王　伟
ARTICLE_NUMERAL = "[0-9零〇一二三四五六七八九十百千]{1,7}"
ARTICLE = re.compile(rf"第[ \t]*({ARTICLE_NUMERAL})[ \t]*条")
_PUNCTUATION = re.compile("[，。；：！？（）]+")  # gone before NFKC, which is five times as slow where it finds any


@dataclass(frozen=True, slots=True)
class TokenRecipe:
    """Which tokens a run of Han characters gives. Its `name` enters the manifest as the tokeniser."""

    unigrams: bool = True
    bigrams: bool = True
    words_from: int = 0  # jieba words of at least so many characters as well; 0: none

    @property
    def name(self) -> str:
        """Short and stable: han1+han2+simplified+articles, han1+han2+jieba3+simplified+articles."""
        parts = ("han1" if self.unigrams else "", "han2" if self.bigrams else "")
        words = f"jieba{self.words_from}" if self.words_from else ""
        return "+".join(part for part in (*parts, words, "simplified", "articles") if part)


RECIPE = TokenRecipe()


def tokens(text: str, recipe: TokenRecipe = RECIPE) -> list[str]:
    """The tokens of a text, in reading order, run by run; repeats are kept, punctuation is dropped.

    Read on a copy in NFKC, lower case and simplified characters. A run of Han characters gives what the recipe says (a
    run of one character gives that character under every recipe); letters give whole words; a number keeps decimals and
    percent sign and loses the commas between thousands. The articles named (第三十三条, 第33条) come last, as 第33条.
    No token is empty or holds white space.
    """
    text = unicodedata.normalize("NFKC", _PUNCTUATION.sub("\n", text)).lower().translate(_to_simplified())
    text = _PADDING.sub("", text)
    found: list[str] = []
    for run in _RUN.findall(text):
        if run[0] in _DIGITS:
            found.append(run.replace(",", ""))
        elif len(run) == 1 or not _IS_HAN.match(run):
            found.append(run)
        else:
            if recipe.unigrams:
                found.extend(run)
            if recipe.bigrams:
                found.extend(map(str.__add__, run, run[1:]))
            if recipe.words_from:
                found.extend(word for word in _cutter()(run) if len(word) >= recipe.words_from)
    found.extend(article_tokens(ARTICLE.findall(text)))
    return found


def article_token(number: int) -> str:
    """The token of an article: 第33条."""
    return f"第{number}条"


def article_tokens(numerals: Iterable[str]) -> list[str]:
    """The tokens of the articles with these numerals, in order; what is no number, or 0, is none."""
    return [article_token(number) for numeral in numerals if (number := number_value(numeral))]


def is_article(token: str) -> bool:
    """Is it the token of an article? No run of characters is as long."""
    return len(token) > 2 and token[0] == "第"


@lru_cache(4096)
def present(text: str) -> frozenset[str]:
    """The tokens of a text, once each; kept, since the passages of a library come again with every other question.

    A token that many texts hold is one string in memory: half of what is kept would be the same pairs of characters.
    """
    return frozenset(map(sys.intern, tokens(text)))


@cache
def _to_simplified() -> dict[int, str]:
    """Each traditional character → its simplified one, one by one: words are not looked at, so both sides agree."""
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    pairs = zip(characters, simplified_apart(characters), strict=True)
    return {ord(old): new for old, new in pairs if old != new}


@cache
def _cutter() -> Callable[[str], list[str]]:
    """The door to rjieba: a run of Han characters → its words. Loads a dictionary, once, at first use."""
    import rjieba

    cut: Callable[[str], list[str]] = rjieba.cut
    return cut

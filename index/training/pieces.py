"""Texts → the vocabulary of our models, and its tokeniser. The door to rjieba and tokenizers.

The pieces are the most frequent words, every character, and for English words that are not among them letters. A text
is cut where the product of its pieces' frequencies is largest (a unigram language model: Kudo, "Subword
Regularization", ACL 2018); words come from a Chinese segmenter, so that a piece is what has a meaning. Digits stand
alone. Read in NFKC and lower case; traditional characters are folded before (index/text.py), the tokeniser does not.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from index.text import simplified

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PAD, UNKNOWN = SPECIAL_PIECES = ("[PAD]", "[UNK]")
LONGEST = 6  # characters of a Chinese word
_IN_WORDS = 4  # so many occurrences within words count as one of the character alone
_LEAST = 3  # occurrences of a piece
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[\u3400-\u4dbf\u4e00-\u9fff]+|\d|[^\w\s]")


def count_pieces(texts: Iterable[str]) -> Counter[str]:
    """How often each word, character and letter occurs."""
    import unicodedata

    import rjieba

    counts: Counter[str] = Counter()
    for text in texts:
        plain = unicodedata.normalize("NFKC", simplified(text)).lower()
        for run in _WORD.findall(plain):
            if run[0] > "\u3400" and len(run) > 1:
                counts.update(word for word in rjieba.cut(run) if len(word) <= LONGEST)
            else:
                counts[run] += 1
    for word, times in list(counts.items()):
        if len(word) > 1:
            for character in word:
                counts[character] += times // _IN_WORDS
    return counts


def with_terms(counts: Counter[str], terms: Iterable[str], times: int = 40) -> Counter[str]:
    """The counts, in which each of these terms that is no longer than a word occurs at least so often."""
    short = {term for term in terms if 1 < len(term) <= LONGEST and _WORD.fullmatch(term)}
    return counts | Counter(dict.fromkeys(short, times))


def vocabulary_of(counts: Counter[str], chinese: int, english: int) -> list[tuple[str, float]]:
    """(piece, log share), the most frequent first: so many Chinese words and English words, and all characters."""
    letters = {piece for piece, times in counts.items() if len(piece) == 1 and times >= _LEAST}
    words = sorted((p for p, n in counts.items() if len(p) > 1 and n >= _LEAST), key=lambda p: (-counts[p], p))
    latin = [word for word in words if word.isascii()][:english]
    han = [word for word in words if not word.isascii()][:chinese]
    total = sum(counts.values())
    kept = sorted({*letters, *latin, *han}, key=lambda p: (-counts[p], p))
    return [(piece, math.log(counts[piece] / total)) for piece in kept]


def tokeniser_of(vocabulary: Sequence[tuple[str, float]]) -> Tokenizer:
    """The tokeniser over these pieces, with the special ones before them."""
    from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

    floor = min((share for _, share in vocabulary), default=0.0) - 1
    pieces = [*((special, floor) for special in SPECIAL_PIECES), *vocabulary]
    made = Tokenizer(models.Unigram(pieces, unk_id=SPECIAL_PIECES.index(UNKNOWN)))
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits(individual_digits=True)]
    )
    made.add_special_tokens([AddedToken(special, special=True, normalized=False) for special in SPECIAL_PIECES])
    return made

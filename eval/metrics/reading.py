"""How near an answer comes to the words that people marked as such. Pure.

EM and F1 are those of CMRC 2018: Cui et al., “A Span-Extraction Dataset for Chinese Machine Reading Comprehension”,
EMNLP 2019, and its scoring script (version 5). Texts are compared in lower case, less the marks of MARKS; a token is a
汉字, or what is left between them, parted as words, figures and single marks (the script leaves that to NLTK's
tokeniser of English). F1 counts the longest run of tokens that both share, not the bag of them. Of several answers the
nearest counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MARKS = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_TOKEN = re.compile(r"[\u4e00-\u9fa5]|[^\W\u4e00-\u9fa5]+(?:[.,'][^\W\u4e00-\u9fa5]+)*|[^\w\s]")


def exact(said: str, answers: Sequence[str]) -> float:
    """1 if it is one of the answers, marks and case aside, else 0."""
    return float(any(_bare(said) == _bare(answer) for answer in answers))


def run_f1(said: str, answers: Sequence[str]) -> float:
    """max over the answers of 2PR/(P + R), P and R being the longest common run of tokens over either length."""
    own = _tokens(said)
    return max((_f1(own, _tokens(answer)) for answer in answers), default=0.0)


def holds(said: str, wanted: Sequence[Sequence[str]]) -> float:
    """1 if one spelling of each thing wanted stands in it, case aside, else 0; 0 where nothing is wanted.

    The accuracy of RGB: Chen et al., “Benchmarking Large Language Models in Retrieval-Augmented Generation”, AAAI 2024.
    """
    own = said.lower()
    return float(bool(wanted) and all(any(spelling.lower() in own for spelling in each) for each in wanted))


def _bare(text: str) -> str:
    return "".join(character for character in text.lower().strip() if character not in MARKS)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_bare(text))


def _f1(said: Sequence[str], gold: Sequence[str]) -> float:
    common = _longest_run(said, gold)
    return 2 * common / (len(said) + len(gold)) if common else 0.0


def _longest_run(a: Sequence[str], b: Sequence[str]) -> int:
    """How many tokens follow each other alike in both."""
    longest, above = 0, [0] * (len(b) + 1)
    for token in a:
        row = [0] * (len(b) + 1)
        for at, other in enumerate(b):
            if token == other:
                row[at + 1] = above[at] + 1
        longest, above = max(longest, *row), row
    return longest

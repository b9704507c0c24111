"""Likeness to the gold answer, in characters: exact match, F1, ROUGE-L. Pure.

Chinese has no spaces, so the tokens are characters, white space and punctuation aside. F1: Rajpurkar et al., "SQuAD",
EMNLP 2016 (that of CMRC 2018 is in reading.py). ROUGE-L: Lin, "ROUGE: A Package for
Automatic Evaluation of Summaries", 2004, with β = 1. These reward length and wording: read them beside the key facts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from eval.metrics.facts import without_markers
from eval.records import Outcome
from index.text import normal


def exact_match(outcome: Outcome) -> float | None:
    """1 if the answer is the gold answer, letter by letter. None where the question has none, or was not answered."""
    return _scored(outcome, lambda said, gold: float(said == gold))


def character_f1(outcome: Outcome) -> float | None:
    """2PR/(P + R) over the multisets of characters. None as above."""
    return _scored(outcome, character_f1_of)


def rouge_l(outcome: Outcome) -> float | None:
    """2PR/(P + R), P and R being the longest common subsequence over either length. None likewise."""
    return _scored(outcome, rouge_l_of)


def characters(text: str) -> str:
    """What is compared: letters, digits and characters, normalised, without citation marks."""
    return re.sub(r"[\W_]", "", normal(without_markers(text)))


def longest_common_subsequence(a: str, b: str) -> int:
    """Its length. Bit-parallel (Hyyrö, "Bit-Parallel LCS-length Computation Revisited", 2004)."""
    masks: dict[str, int] = {}
    for place, character in enumerate(a):
        masks[character] = masks.get(character, 0) | 1 << place
    all_ones = (1 << len(a)) - 1
    rows = all_ones
    for character in b:
        matched = rows & masks.get(character, 0)
        rows = ((rows + matched) | (rows - matched)) & all_ones
    return len(a) - rows.bit_count()


def _scored(outcome: Outcome, score: Callable[[str, str], float]) -> float | None:
    if not outcome.case.answerable or not outcome.answered:
        return None
    return score(characters(outcome.text), characters(outcome.case.gold_answer))


def character_f1_of(said: str, gold: str) -> float:
    """The same of two texts that hold nothing but `characters`."""
    return _f1((Counter(said) & Counter(gold)).total(), len(said), len(gold))


def rouge_l_of(said: str, gold: str) -> float:
    """The same of two such texts."""
    return _f1(longest_common_subsequence(said, gold), len(said), len(gold))


def _f1(common: int, said: int, gold: int) -> float:
    return 2 * common / (said + gold) if common else 0.0

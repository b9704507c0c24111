"""Cross-checked with Google's rouge-score: its ROUGE-L is 2PR/(P + R), too, and it takes a tokenizer of one's own."""

from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]

from eval.metrics.overlap import character_f1, characters, exact_match, longest_common_subsequence, rouge_l
from qa.records import Status
from tests.eval_samples import case, chat_case, refusal_case, told

words = st.text("补助元局5ab", max_size=30)


def scores(said: str, gold: str = "补助5000元。") -> tuple[float | None, float | None, float | None]:
    outcome = told(said, asked=case(gold_answer=gold))
    return exact_match(outcome), character_f1(outcome), rouge_l(outcome)


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("补助５０００元[1]！", (1.0, 1.0, 1.0)),
        ("元0005助补", (0.0, 1.0, 2 * 3 / 14)),  # all seven characters; 000 in order
        ("补助5000元，由局发。", (0.0, 14 / 17, 14 / 17)),  # 7 of 10 and of 7
        ("给钱。", (0.0, 0.0, 0.0)),
        ("……", (0.0, 0.0, 0.0)),
    ],
)
def test_likeness_is_counted_in_characters(said: str, due: tuple[float, float, float]) -> None:
    assert scores(said) == pytest.approx(due)


def test_white_space_punctuation_case_and_marks_are_not_compared() -> None:
    assert characters("ＧＢ_T 1〔2024〕9号，\n5000元[1][2]。") == "gbt120249号5000元"


def test_where_no_answer_is_due_or_given_nothing_applies() -> None:
    for outcome in (
        told("5000元。", asked=refusal_case()),
        told("您好！", asked=chat_case()),
        told("补助5000元。", status=Status.REFUSED),
        told("补助5000元。", status=Status.CHAT),
    ):
        assert exact_match(outcome) is character_f1(outcome) is rouge_l(outcome) is None


# ── fast agrees with plain ──


def plain_subsequence(a: str, b: str) -> int:
    @cache
    def longest(i: int, j: int) -> int:
        if not i or not j:
            return 0
        if a[i - 1] == b[j - 1]:
            return longest(i - 1, j - 1) + 1
        return max(longest(i - 1, j), longest(i, j - 1))

    return longest(len(a), len(b))


def test_the_longest_common_subsequence_keeps_the_order() -> None:
    assert longest_common_subsequence("abcbdab", "bdcaba") == 4  # bcba: the textbook's example
    assert longest_common_subsequence("", "abc") == longest_common_subsequence("abc", "") == 0


@given(words, words)
def test_the_bits_agree_with_the_table(a: str, b: str) -> None:
    assert longest_common_subsequence(a, b) == plain_subsequence(a, b) == longest_common_subsequence(b, a)


@given(words, words.filter(bool))
def test_character_f1_agrees_with_counting(said: str, gold: str) -> None:
    left, common = Counter(gold), 0
    for character in said:
        if left[character]:
            left[character] -= 1
            common += 1
    precision, recall = common / max(1, len(said)), common / len(gold)
    due = 2 * precision * recall / (precision + recall) if common else 0.0
    assert scores(said, gold)[1] == pytest.approx(due)


class Characters:
    """rouge-score's tokenizer for what has no spaces."""

    def tokenize(self, text: str) -> list[str]:
        return list(text)


ROUGE = RougeScorer(["rougeL"], tokenizer=Characters())


@given(words, words.filter(bool))
def test_rouge_l_agrees_with_googles(said: str, gold: str) -> None:
    assert scores(said, gold)[2] == pytest.approx(ROUGE.score(gold, said)["rougeL"].fmeasure)

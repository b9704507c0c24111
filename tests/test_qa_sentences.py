"""A reply is read as it comes: what is given out early is what the whole reply says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.sentences import SentenceReader, sentences


def given_out(*pieces: str) -> list[list[str]]:
    """The sentences that each piece brings, without markers; last, those that the end brings."""
    reader = SentenceReader()
    return [[s.text for s in reader.feed(piece)] for piece in pieces] + [[s.text for s in reader.end()]]


def test_a_sentence_comes_as_soon_as_the_next_one_begins() -> None:
    assert given_out("每月4", "00元", "[1", "]。", "自", "受理之日起[2]。\n", "谢谢") == [
        *([[]] * 4),
        ["每月400元。"],
        ["自受理之日起。"],
        [],
        ["谢谢。"],
    ]


@pytest.mark.parametrize(
    ("pieces", "brought"),
    [
        (("甲。", "[", "1", "]", "乙"), 4),  # markers after the end mark
        (("甲。", "”", "［1］", "乙"), 3),
        (("甲。", "【资", "料1】", "[2]", "乙"), 4),
        (("甲。", "[24]", "3", "号文"), 3),  # a 文号, which is the next sentence's
        (("甲。", "[24]", "第", "3条"), 3),  # a marker, and the next sentence
        (("甲[1]", "；", "乙"), 2),
        (("甲。", "**", "[1]", "**", "乙"), 4),
        (("甲", "：", "\n", "乙。", "丙"), 4),  # a line that ends with a colon belongs to the next
        (("甲。", "\n"), 1),
    ],
)
def test_it_waits_while_something_may_still_belong_to_it(pieces: tuple[str, ...], brought: int) -> None:
    assert next(i for i, found in enumerate(given_out(*pieces)) if found) == brought


def test_what_is_longer_than_any_answer_is_not_read() -> None:
    assert len(list(sentences("甲。" * 9_000))) == 5_000


PIECES = st.lists(
    st.one_of(
        st.text(alphabet="[]［］【】〔〕0123456789，、。；！\n\r：资料来源 *`-第条号元”）#", max_size=6),
        st.sampled_from(
            ["甲乙", "丙", "[1]", "［1，2］", "【3】", "。", "；", "[24]3号", "：\n", "**", "（一）", "1. "]
        ),
    ),
    max_size=25,
)


@settings(max_examples=500)
@given(PIECES)
def test_however_a_reply_is_cut_its_sentences_are_the_same(pieces: list[str]) -> None:
    reader = SentenceReader()
    found = [sentence for piece in pieces for sentence in reader.feed(piece)]
    assert [*found, *reader.end()] == list(sentences("".join(pieces)))
    letters = SentenceReader()
    found = [sentence for letter in "".join(pieces) for sentence in letters.feed(letter)]
    assert [*found, *letters.end()] == list(sentences("".join(pieces)))

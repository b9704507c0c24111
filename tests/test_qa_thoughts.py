"""What a model thinks aloud is not what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.thoughts import Thoughts, UnopenedThought, without_thoughts


def told(pieces: list[str], *, thinks_first: bool = False) -> list[str]:
    thoughts = Thoughts(thinks_first=thinks_first)
    return [*map(thoughts.feed, pieces), thoughts.end()]


def test_words_come_as_soon_as_they_can_be_no_mark() -> None:
    assert told(["甲<", "乙", "<thi", "nk>想", "</th", "ink>丙"]) == ["甲", "<乙", "", "", "", "丙", ""]
    assert told(["甲<thi"]) == ["甲", "<thi"]
    assert told(["甲<think>想"]) == ["甲", ""]


def test_a_reply_that_begins_in_a_thought() -> None:
    assert told(["想", "</think>", "甲"], thinks_first=True) == ["", "", "甲", ""]
    assert told(["甲", "乙"], thinks_first=True) == ["", "", "甲乙"]  # it was none
    assert told(["<think>想", "</think>甲"], thinks_first=True) == ["", "甲", ""]
    with pytest.raises(UnopenedThought):
        told(["想", "</thi", "nk>甲"])


MARKED = st.lists(st.sampled_from(["<think>", "</think>", "<", "/", "think>", "甲", "\n"]), max_size=12).map("".join)


@given(MARKED, st.integers(1, 9), st.booleans())
def test_in_pieces_it_is_what_it_is_as_a_whole(reply: str, size: int, thinks_first: bool) -> None:
    pieces = [reply[at : at + size] for at in range(0, len(reply), size)]
    try:
        words = "".join(told(pieces, thinks_first=thinks_first))
    except UnopenedThought:
        return
    assert words.replace("\n", "") == "".join(told([reply], thinks_first=thinks_first)).replace("\n", "")
    if reply.count("</think>") <= 1 and not thinks_first and reply.count("<think>") <= 1:
        assert words.strip() == without_thoughts(reply)

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.spelling import Slip, Speller, Vocabulary, in_letters, mended

# natural logarithms of shares: a character 1 in 3,000, a word of the library 1 in 3,000, one that is only known rarer
SHARES = {
    **dict.fromkeys("公基积金怎么提取身份补帖贴阳全泉那边买车外甥省要丢了", -8.0),
    **dict.fromkeys(("公积金", "身份证", "补贴", "外省"), -8.0),
    **dict.fromkeys(("怎么", "提取", "买车"), -9.0),
    "阳泉": -6.0,
}
SPELLER = Speller(
    Vocabulary(SHARES, meant=frozenset({"公积金", "身份证", "补贴", "外省", "阳泉"}), places=frozenset({"阳泉"}))
)


@pytest.mark.parametrize(
    ("said", "wrong", "meant"),
    [
        ("公基金怎么提取", "公基金", "公积金"),  # -8 - 7.5 against three characters, -24
        ("买车补帖", "补帖", "补贴"),
        ("gongjijin怎么提取", "gongjijin", "公积金"),
        ("身份zheng丢了", "身份zheng", "身份证"),
        ("GongJiJin怎么提取", "gongjijin", "公积金"),
        ("阳全那边买车", "阳全", "阳泉"),
    ],
)
def test_a_word_of_the_library_that_is_read_alike_was_meant(said: str, wrong: str, meant: str) -> None:
    slip, *others = SPELLER.slips(said)
    assert (slip.said, slip.meant, others) == (wrong, meant, [])
    assert said[slip.start : slip.end].lower() == wrong


@pytest.mark.parametrize("said", ["公积金怎么提取", "补贴", "can you help", "gongjijin", "买车wifi", "", "？"])
def test_what_is_spelt_right_or_has_no_chinese_character_has_no_slip(said: str) -> None:
    assert SPELLER.slips(said) == ()


def test_a_word_that_is_known_was_not_meant_for_another() -> None:
    known = Speller(Vocabulary({**SHARES, "补帖": -13.0}, meant=frozenset({"补贴"})))
    assert known.slips("买车补帖") == ()


def test_a_pair_that_people_say_is_likelier_than_a_slip() -> None:
    said = Speller(Vocabulary(SHARES, meant=frozenset({"补贴"}), pairs=frozenset({"补帖"})))
    assert said.slips("补帖") == ()  # -14 against -8 - 7.5


def test_characters_none_of_which_is_right_are_too_bold_a_guess_but_for_a_place() -> None:
    both = {**SHARES, **dict.fromkeys("央权", -8.0)}
    assert Speller(Vocabulary(both, frozenset({"阳泉"}))).slips("央权") == ()
    sure = Speller(Vocabulary({**both, "阳泉": -0.5}, frozenset({"阳泉"}), places=frozenset({"阳泉"})))
    assert [slip.meant for slip in sure.slips("央权")] == ["阳泉"]  # -0.5 - 15 against -16


def test_what_was_meant_stands_behind_what_was_said_and_a_place_instead_of_it() -> None:
    slips = (Slip(0, 2, "阳全", "阳泉", place=True), Slip(3, 6, "公基金", "公积金"))
    assert mended("阳全的公基金怎么提取", slips) == "阳泉的公基金（公积金）怎么提取"
    assert mended("公积金", ()) == "公积金"


@given(st.text(alphabet="公基金怎么 abjin阳全，", max_size=30))
def test_slips_stand_where_they_say_and_apart(text: str) -> None:
    slips = SPELLER.slips(text)
    assert all(text.lower()[slip.start : slip.end] == slip.said for slip in slips)
    assert all(one.end <= other.start for one, other in pairwise(slips))


def test_a_question_in_pinyin_alone_is_written_out() -> None:
    typist = Speller(Vocabulary(SHARES, meant=frozenset(SHARES)))
    assert typist.written_out("gongjijin zenme tiqu?") == "公积金怎么提取?"
    assert typist.written_out("Yangquan maiche butie 2024") == "阳泉买车补贴 2024"
    assert typist.written_out("gongjijin怎么提取") == typist.written_out("How much is it?") == ""


@pytest.mark.parametrize(
    ("text", "typed"),
    [("gongzufang zenme shenqing", True), ("nihao", False), ("can you help me", False), ("公租房", False), ("", False)],
)
def test_what_is_typed_in_letters_alone(text: str, typed: bool) -> None:
    assert in_letters(text) is typed

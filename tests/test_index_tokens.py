from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.tokens import RECIPE, TokenRecipe, article_token, is_article, tokens


def test_a_run_of_han_gives_its_characters_and_then_its_pairs() -> None:
    assert tokens("公租房，申请") == ["公", "租", "房", "公租", "租房", "申", "请", "申请"]


def test_letters_are_words_and_numbers_keep_decimals_and_percent() -> None:
    assert tokens("PM2.5下降4.7％，补助5,000元；附件1,2") == [
        *["pm", "2.5"],
        *["下", "降", "下降", "4.7%"],
        *["补", "助", "补助", "5000", "元"],
        *["附", "件", "附件", "1", "2"],
    ]


@pytest.mark.parametrize(
    "spelling", ["同政办规〔2024〕3号", "同政办规[2024]3号", "同政办规（２０２４）３号", "同政办规 [ 2024 ] 3 号"]
)
def test_a_document_number_has_the_same_tokens_in_every_spelling(spelling: str) -> None:
    assert tokens(spelling) == ["同", "政", "办", "规", "同政", "政办", "办规", "2024", "3", "号"]


def test_padding_inside_a_name_is_no_border_but_a_line_break_is() -> None:
    assert tokens("王　伟\n李") == ["王", "伟", "王伟", "李"]


def test_traditional_characters_count_as_their_simplified_ones() -> None:
    assert tokens("臺灣減免") == tokens("台湾减免") == ["台", "湾", "减", "免", "台湾", "湾减", "减免"]


def test_rare_planes_stay_as_they_are() -> None:
    assert tokens("𠮷〇") == ["𠮷", "〇", "𠮷〇"]


def test_an_article_is_a_token_of_its_own_in_one_spelling() -> None:
    spelt = "依第三十三条、第33条、第 33 条及第十二条之一"
    assert [t for t in tokens(spelt) if is_article(t)] == [*["第33条"] * 3, "第12条"]
    assert article_token(12) == "第12条"
    assert not any(map(is_article, tokens("第三十三次全体会议、第条、33条")))


@pytest.mark.parametrize(
    ("recipe", "name", "found"),
    [
        (RECIPE, "han1+han2+simplified+articles", ["居", "民", "身", "份", "证", "居民", "民身", "身份", "份证"]),
        (TokenRecipe(unigrams=False), "han2+simplified+articles", ["居民", "民身", "身份", "份证"]),
        (TokenRecipe(bigrams=False, unigrams=False, words_from=2), "jieba2+simplified+articles", ["居民身份证"]),
    ],
)
def test_a_recipe_says_which_tokens_and_has_a_name(recipe: TokenRecipe, name: str, found: list[str]) -> None:
    assert recipe.name == name
    assert tokens("居民身份证", recipe) == found


def test_one_character_alone_is_found_under_every_recipe() -> None:
    assert tokens("煤，电", TokenRecipe(unigrams=False)) == ["煤", "电"]


@given(st.text())
def test_no_token_is_empty_or_holds_white_space(text: str) -> None:
    assert all(token and token.split() == [token] for token in tokens(text))

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text import normal
from index.thesaurus import BadThesaurus, Expansion, Thesaurus, load


def thesaurus(folder: Path, *lines: str) -> Thesaurus:
    (folder / "words.txt").write_text("\n".join(lines), "utf-8")
    load.cache_clear()
    return load(folder)


def terms(words: Thesaurus, question: str) -> list[tuple[str, float]]:
    return [(found.term, found.weight) for found in words.expand(question)]


def test_one_way(tmp_path: Path) -> None:
    words = thesaurus(tmp_path, "# 住房", "房本, 房产证 > 不动产权证书, 不动产登记*0.6  # 弱一些", "")
    assert words.expand("我的房本丢了") == [
        Expansion("不动产权证书", 1.0, "房本"),
        Expansion("不动产登记", 0.6, "房本"),
    ]
    assert terms(words, "房产证") == [("不动产权证书", 1.0), ("不动产登记", 0.6)]
    assert words.expand("不动产权证书") == []


def test_both_ways(tmp_path: Path) -> None:
    words = thesaurus(tmp_path, "卫健委 = 卫生健康委员会，卫健局")
    assert terms(words, "卫健委") == [("卫生健康委员会", 1.0), ("卫健局", 1.0)]
    assert terms(words, "卫健局") == [("卫健委", 1.0), ("卫生健康委员会", 1.0)]


def test_the_longest_lay_words_win(tmp_path: Path) -> None:
    words = thesaurus(tmp_path, "低保 > 最低生活保障", "低保户 > 最低生活保障家庭", "户 > 家庭")
    assert terms(words, "低保户怎么认定") == [("最低生活保障家庭", 1.0)]
    assert terms(words, "低保怎么办") == [("最低生活保障", 1.0)]


def test_a_question_is_looked_up_in_any_spelling(tmp_path: Path) -> None:
    words = thesaurus(tmp_path, "IC卡 > 公交一卡通")
    assert terms(words, "ｉｃ 卡丢了") == [("公交一卡通", 1.0)]


def test_the_strongest_weight_of_several_lines_counts(tmp_path: Path) -> None:
    words = thesaurus(tmp_path, "没工作 > 失业*0.4", "没工作 > 失业*0.9, 待业")
    assert terms(words, "没工作") == [("失业", 0.9), ("待业", 1.0)]


def test_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("水费 > 乙", "utf-8")
    (tmp_path / "a.txt").write_text("水费 > 甲", "utf-8")
    (tmp_path / "notes.md").write_text("没有词", "utf-8")
    load.cache_clear()
    assert terms(load(tmp_path), "水费") == [("甲", 1.0), ("乙", 1.0)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("房本 不动产权证书", "词表 words.txt 第 2 行读不懂：“房本 不动产权证书”"),
        ("房本 >", "词表 words.txt 第 2 行读不懂"),
        ("> 不动产权证书", "词表 words.txt 第 2 行读不懂"),
        ("房本 > 证书*很", "词表 words.txt 第 2 行的权重不是大于 0、不超过 1 的数：“证书\\*很”"),
        ("房本 > 证书*0", "不是大于 0、不超过 1 的数"),
        ("房本 > 证书*1.5", "不是大于 0、不超过 1 的数"),
        ("房本 > 证书*-1", "不是大于 0、不超过 1 的数"),
        ("房本 > 证书*nan", "不是大于 0、不超过 1 的数"),
        ("房" * 17 + " > 证书", "词表 words.txt 第 2 行的词太长"),
    ],
)
def test_a_line_that_cannot_be_read_says_where_and_how(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(BadThesaurus, match=message):
        thesaurus(tmp_path, "水费 > 用水价格", line)


def test_every_lay_word_that_we_ship_is_found() -> None:
    words = load()
    missing = [asked for asked in words.groups if asked not in {found.asked for found in words.expand(asked)}]
    assert missing == []
    assert all(0 < weight <= 1 for group in words.groups.values() for _, weight in group)
    assert all(term and normal(term) != asked for asked, group in words.groups.items() for term, _ in group)


@given(st.text())
def test_any_question_is_looked_up(text: str) -> None:
    for found in Thesaurus({"水": (("供水", 0.5),), "12": (("十二", 1.0),)}).expand(text):
        assert found.asked in normal(text)

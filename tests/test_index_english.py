"""index/english.py: a question in English, in the words of notices."""

from __future__ import annotations

import pytest

from index.english import is_english, load, romanised

PLACES = romanised(("大同市", "阳泉市", "右玉县"))


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("How much is the cremation fee in Datong?", "火化收费标准大同市多少钱"),
        ("Who is responsible for geological disasters in Youyu County?", "地质灾害右玉县县区哪个部门负责"),
        ("What documents do I need to apply for the subsistence allowance?", "申请最低生活保障需要什么材料"),
        ("Is the 2013 notice on road traffic safety still in force?", "2013道路交通安全还有效吗是否"),
        ("When does Yangquan's water price take effect?", "阳泉市水价施行日期什么时候"),
        ("Which subsidies are there for scrapped cars?", "补贴报废汽车哪些"),  # 5 forms: -ies, -pped, -s
    ],
)
def test_english_is_read_word_for_word(asked: str, read: str) -> None:
    assert load().read(asked, PLACES) == read


def test_too_little_known_is_nothing() -> None:
    assert load().read("The quick brown fox jumps", PLACES) == ""
    assert load().read("How much is it?", PLACES) == ""
    assert load().read("", PLACES) == ""


def test_what_counts_as_english() -> None:
    assert is_english("What is the cremation fee?")
    assert not is_english("hello")
    assert not is_english("LNG 加气站 how much")
    assert not is_english("2024 2025 2026")


def test_every_line_of_the_list_is_read() -> None:
    glossary = load()
    assert len(glossary.entries) > 900
    assert glossary.entries["working", "day"] == "工作日"
    assert ("how", "much") in glossary.asking
    assert ("fee",) not in glossary.asking
    assert all(chinese == "" or chinese[0] >= "\u4e00" for chinese in glossary.entries.values())

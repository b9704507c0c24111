import pytest

from qa.decide import MAY, MAY_NOT, decided


@pytest.mark.parametrize(
    ("question", "sentence", "ruling"),
    [
        ("指挥部接到灾情，是否可以越级上报？", "情况紧急的，可以越级上报", MAY),
        ("养老机构能不能收取押金？", "养老机构不得以任何名义收取押金", MAY_NOT),
        ("我能在红线里抢栽树木吗？", "严禁在红线范围内抢栽树木", MAY_NOT),
        ("副召集人能自己召开专题会议吗？", "副召集人经召集人同意，可以召开专题会议", MAY),
    ],
)
def test_a_sentence_decides_what_it_allows_or_forbids(question: str, sentence: str, ruling: str) -> None:
    assert decided(question, sentence) == ruling


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("养老机构能不能收取押金？", "养老机构应当公示收费标准"),  # another matter
        ("能不能越级上报？", "应当逐级上报"),  # a duty decides nothing in so many words
        ("能不能收取押金？", "可以收取押金，但不得收取押金以外的费用"),  # both
        ("不能带狗进公园吗？", "不得携犬进入公园"),  # asked by a denial: 是 would say the reverse
        ("收取押金要什么手续？", "不得收取押金"),  # not asked whether
        ("", "不得收取押金"),
    ],
)
def test_else_nothing_is_concluded(question: str, sentence: str) -> None:
    assert decided(question, sentence) == ""

import pytest

from qa.several import Part, parted


def texts(parts: list[Part]) -> list[tuple[str, str]]:
    return [(part.text, part.context) for part in parts]


def test_short_questions_lean_on_the_first() -> None:
    first = "公租房怎么申请？"
    assert texts(parted(f"{first}要什么材料？多久能办？")) == [
        (first, ""),
        ("要什么材料？", first),
        ("多久能办？", first),
    ]


def test_a_question_that_says_what_it_is_about_stands_alone() -> None:
    one, other = "大同的火化费能减免多少？", "大同改造老旧小区由哪个部门负责？"
    assert texts(parted(one + other)) == [(one, ""), (other, "")]


@pytest.mark.parametrize(
    "text",
    [
        "公租房怎么申请？",
        "大同给不给赏？多少？",  # the second says the first in more words
        "火化费减免多少？给多少钱？",
        "这合规矩吗？我们在朔城区。",
        "谁管？多少钱？多久？在哪？",  # more than three
        "",
    ],
)
def test_what_is_one_question(text: str) -> None:
    assert parted(text) == []


def test_the_same_is_asked_of_each_year() -> None:
    found = parted("绿地占比到2024年、2026年底分别是多少？")
    assert [(part.text, part.year) for part in found] == [
        ("绿地占比到2024年底是多少？", "2024"),
        ("绿地占比到2026年底是多少？", "2026"),
    ]
    assert parted("2024年和2025年的补贴一样吗？") == []
    assert parted("2021、2022、2023、2024年各是多少？") == []  # more than three

from datetime import date

import pytest

from eval.cases import bundled_questions, load_cases
from index.records import Card
from qa.about import About, Asked, asked_of_library, tell_of_library

CITIES = {"大同": "大同市", "大同市": "大同市", "阳泉": "阳泉市"}


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("你们有哪些文件？", Asked(About.HOLDS)),
        ("请问这里收录了哪些城市的文件", Asked(About.HOLDS)),
        ("库里一共有多少件公文？", Asked(About.HOLDS)),
        ("大同市有几件文件？", Asked(About.HOLDS, "大同市")),
        ("大同有哪些文件", Asked(About.HOLDS, "大同市")),
        ("最新的文件是哪个？", Asked(About.NEWEST)),
        ("阳泉最新的文件是哪一个", None),
        ("阳泉最新的文件是哪个", Asked(About.NEWEST, "阳泉市")),
        ("你们的文件收录到什么时候了？", Asked(About.NEWEST)),
        ("更新到哪天？", Asked(About.NEWEST)),
        ("大同市有哪些文件管物业？", None),
        ("有哪些规定？", None),  # leans on what was asked before
        ("最新的以旧换新文件是哪个？", None),
        ("这笔补贴收到什么时候？", None),
    ],
)
def test_the_whole_text_must_ask_of_the_library(text: str, asked: Asked | None) -> None:
    assert asked_of_library(text, CITIES) == asked


def test_no_dev_question_is_taken_for_one() -> None:
    asked = load_cases([path for path in bundled_questions() if path.name.startswith("dev")])
    assert [case.id for case in asked if asked_of_library(case.question, CITIES)] == []


def test_what_the_catalogue_says() -> None:
    newest = Card("1", "notice", "供水办法", "同政发〔2024〕3号", "大同市", "", date(2024, 6, 1))
    older = Card("2", "notice", "供热办法", "", "阳泉市", "", date(2023, 6, 1))
    counts = {"阳泉市": (5, date(2023, 6, 1)), "大同市": (2, date(2024, 6, 1)), "": (1, None)}
    cards = {"大同市": newest, "阳泉市": older}
    assert tell_of_library(Asked(About.HOLDS), counts, cards) == (
        "本库收录公文 8 件：阳泉市 5 件、大同市 2 件、未写明地区 1 件；最新一件是2024年6月1日的《供水办法》"
        "（同政发〔2024〕3号）。您可以直接问其中的规定。"
    )
    assert tell_of_library(Asked(About.HOLDS, "阳泉市"), counts, cards) == (
        "本库收录阳泉市的公文 5 件，最新一件是2023年6月1日的《供热办法》。"
    )
    assert "《供水办法》" in tell_of_library(Asked(About.NEWEST), counts, cards)
    assert tell_of_library(Asked(About.HOLDS, "忻州市"), counts, cards) == "本库没有收录忻州市的公文。"

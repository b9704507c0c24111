"""A letter, and the same read aloud: what changes, and what never may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.figures import figures
from qa.records import Support
from tests.agent_samples import QUOTE, SHOWN, SOURCE
from ui.agent.draft import checked, lines_of
from ui.agent.records import Line, Tone
from ui.agent.tone import aloud, number_aloud, reply
from ui.badges import Badge

LINES = checked(lines_of(SHOWN), SHOWN)


def test_a_letter_keeps_every_word_and_names_what_stands_behind_it() -> None:
    assert reply(LINES, SHOWN, Tone.WRITTEN).text == (
        "您好！您咨询的事项，现答复如下：\n"
        "普通火化炉（含捡灰炉）火化费减免400元/具，均不得超过两次[1]。逾期未申请的不予减免[1]。\n"
        "依据：\n[1] 《关于实施惠民殡葬政策的通知》（同政办规〔2024〕3号）二、（一）"
    )


def test_a_letter_says_where_a_notice_no_longer_holds_and_numbers_only_what_it_cites() -> None:
    second = replace(SOURCE, marker=2, standing=Badge("red", "✕", "已废止（由同政发〔2025〕1号，自2025-01-01）"))
    shown = replace(SHOWN, sources=(SOURCE, second))
    text = reply(checked(("减免400元[2]。",), shown), shown, Tone.WRITTEN).text
    assert "减免400元[1]。\n依据：\n[1] " in text
    assert text.endswith("二、（一）（已废止（由同政发〔2025〕1号，自2025-01-01））")


def test_aloud_there_are_no_brackets_and_numbers_are_words() -> None:
    said = reply(LINES, SHOWN, Tone.SPOKEN)
    assert said.text == (
        "您好，您问的事，规定是这样的：\n"
        "普通火化炉，含捡灰炉，火化费减免400元每具，都不得超过两次。\n"
        "逾期未申请的不予减免。\n"
        "这是根据《关于实施惠民殡葬政策的通知》，文号同政办规二〇二四年三号，二、一。"
    )
    assert said.as_it_stands == ()


def test_nothing_sayable_is_no_reply() -> None:
    wrong = Line("减免600元[1]。", Support.UNSUPPORTED, ("600元",))
    assert reply([wrong], SHOWN, Tone.WRITTEN).text == ""
    assert "600" not in reply([wrong, *LINES], SHOWN, Tone.SPOKEN).text


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("同政办规〔2024〕3号", "同政办规二〇二四年三号"),
        ("忻政发[2013]37号", "忻政发二〇一三年三十七号"),
        ("见（2019）第105号", "见二〇一九年一百零五号"),
        ("市政府令第88号", "市政府令第88号"),
        ("（2024年版）", "（2024年版）"),
    ],
)
def test_a_document_number_as_words(said: str, read: str) -> None:
    assert number_aloud(said) == read


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("（一）乡镇（街道）应当受理。", "乡镇、街道应当受理。"),
        (
            "各县（市、区）以及开发区，应当按照《殡葬管理办法》（以下简称《办法》）的规定办理火化减免手续。",
            "各县、市、区和开发区，应当按照《殡葬管理办法》的规定办理火化减免手续。",
        ),
        ("人均收入均不变。", "人均收入都不变。"),
        ("减免400元；不得重复申请。", "减免400元。不得重复申请。"),
        ("组长：王明 市司法局局长", "组长：王明，市司法局局长"),
    ],
)
def test_plainer_words(written: str, spoken: str) -> None:
    assert aloud(Line(written, Support.UNCHECKED), SHOWN) == spoken


@pytest.mark.parametrize(
    "written",
    [
        "符合条件的（不得少于两人，简称两人）可以申请。",  # the remark that would go forbids something
        "对象（以下简称三类人，共40人）可以申请。",  # it counts something
    ],
)
def test_a_sentence_that_would_lose_something_stays_as_it_is(written: str) -> None:
    assert aloud(Line(written, Support.UNCHECKED), SHOWN) is None
    said = reply([Line(written, Support.UNCHECKED)], SHOWN, Tone.SPOKEN)
    assert written in said.text
    assert said.as_it_stands == (1,)


def test_plainer_words_that_the_quotes_do_not_bear_out_are_not_said() -> None:
    other = replace(SHOWN, sources=(replace(SOURCE, quote="火化费不减免。"),))
    assert aloud(Line(f"{QUOTE[:-1]}[1]。", Support.SUPPORTED), SHOWN) is not None
    assert aloud(Line(f"{QUOTE[:-1]}[1]。", Support.SUPPORTED), other) is None


def test_figures_stay_the_same_aloud() -> None:
    spoken = [aloud(line, SHOWN) or "" for line in LINES]
    assert [figures(text) for text in spoken] == [figures(line.text) for line in LINES]


def test_what_rests_on_no_notice_is_not_called_a_rule() -> None:
    said = reply([Line("收录的公报没有写明。", Support.OWN)], None, Tone.SPOKEN)
    assert said.text == "您好，您问的事，我帮您查过了：\n收录的公报没有写明。"

"""What stands around the conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from index.records import Place
from tests.page_samples import HOSTILE, bundled, card, hostile_notice
from tests.ui_samples import EXPLAINER, NOTICE
from ui.citizen.lobby import Lobby, foot_html, head_html, talk_html


def test_the_bundled_gazettes_give_cities_newest_date_and_examples() -> None:
    lobby = Lobby.of(map(card, bundled()))
    assert lobby.cities == ("大同市", "朔州市", "忻州市", "阳泉市")
    assert lobby.newest_on == date(2024, 7, 24)
    assert lobby.examples == (
        "火化费能减免多少？",
        "小区的消防安全由谁负责？",
        "低保边缘家庭怎么认定？",
        "商品房预售资金怎么监管？",
    )


def test_another_library_gives_examples_from_its_newest_titles() -> None:
    older = replace(NOTICE, title="某市人民政府关于加强道路养护的通知", signed_on=date(2020, 1, 1))
    untitled = replace(NOTICE, title="政府工作报告", place=Place())
    assert Lobby.of(map(card, (older, EXPLAINER, untitled, NOTICE))).examples == (
        "报警器补贴办法有哪些规定？",
        "加强道路养护有哪些规定？",
    )


def test_an_empty_library_says_so() -> None:
    lobby = Lobby.of([])
    assert lobby == Lobby((), None, 0, ())
    assert "本库还没有公报" in talk_html(lobby)
    assert "收录至" not in foot_html(lobby)
    assert head_html(lobby).count("<option") == 1


def test_head_and_foot_name_the_service_and_its_reach() -> None:
    lobby = Lobby.of([card(NOTICE)])
    assert "问政 <small>· 政府公报问答</small>" in head_html(lobby)
    assert '<option value="大同市">大同市</option>' in head_html(lobby)
    assert '自动答复，以公报原文为准 · 本库收录至 2024-06-27 · 人工服务请拨 <a href="tel:12345">' in foot_html(lobby)


def test_hostile_places_and_titles_are_text() -> None:
    notice = replace(hostile_notice(), title=f"关于印发{HOSTILE[:12]}的通知")
    lobby = Lobby.of([card(notice)])
    html = head_html(lobby) + talk_html(lobby)
    assert "<script" not in html
    assert "&lt;script&gt;" in html

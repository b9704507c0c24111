"""The citizen's addresses: only what this service answered can be kept, and no longer than it may be."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from qa.records import Question
from tests.page_samples import HOSTILE, corpus_answerer, house
from tests.ui_samples import ANSWER
from ui.citizen import routes as citizen
from ui.citizen.kept import seal_key
from ui.citizen.receipts import Receipt, sealed
from ui.house import House
from ui.proposals import proposals
from ui.records import Reply, Turned, Visit
from ui.shown import Shown

ASKED = Question("我的手机是13800138000，每具补多少？", place="大同市")


@pytest.fixture
def home(tmp_path: Path) -> House:
    return house(corpus_answerer(), tmp_path, answer_days=30)


def call(home: House, method: str, path: str, visit: Visit) -> Reply:
    (route,) = [each for each in citizen.routes(home) if (each.method, each.path) == (method, path)]
    return route.handler(visit)


def receipt(home: House, id: str = "a1") -> str:
    return sealed(seal_key(home.store), Receipt.of(id, ASKED, Shown.of(replace(ANSWER, library="sample"))))


def test_a_lasting_link_shows_the_answer_with_its_sources_and_masks_who_asked(home: House) -> None:
    made = json.loads(str(call(home, "POST", "/answer", Visit(json={"receipt": receipt(home)})).body))
    assert made["address"] == "/answer/a1"
    reply = call(home, "GET", "/answer/{answer_id}", Visit(parts={"answer_id": "a1"}))
    page = str(reply.body)
    assert "我的手机是〔手机号〕，每具补多少？" in page
    assert "13800138000" not in page
    assert 'href="/notice/n1?s=0&e=12#cited"' in page
    assert re.fullmatch(r"保留到 \d{4}-\d\d-\d\d", made["until"])
    assert f"本页{made['until']}。" in page
    assert "依据公报库 sample" in page
    assert "已经更新" not in page
    assert reply.headers["x-robots-tag"].startswith("noindex")


def test_a_library_that_has_moved_on_is_said(home: House) -> None:
    old = Receipt.of("a2", ASKED, Shown.of(replace(ANSWER, library="older")))
    call(home, "POST", "/answer", Visit(json={"receipt": sealed(seal_key(home.store), old)}))
    assert "已经更新" in str(call(home, "GET", "/answer/{answer_id}", Visit(parts={"answer_id": "a2"})).body)


@pytest.mark.parametrize("sent", [None, 7, [], {}, {"receipt": 7}, {"receipt": "0" * 64 + "{}"}])
@pytest.mark.parametrize("path", ["/answer", "/feedback"])
def test_nothing_but_our_own_answers_is_kept(home: House, path: str, sent: object) -> None:
    with pytest.raises(Turned, match="不是本服务给出的") as turned:
        call(home, "POST", path, Visit(json=sent))
    assert turned.value.status == 400


def test_an_answer_past_its_time_is_gone(home: House) -> None:
    call(home, "POST", "/answer", Visit(json={"receipt": receipt(home)}))
    with home.store.change():
        home.store.run("UPDATE answers SET made_s = made_s - 31 * 86400")
    reply = call(home, "GET", "/answer/{answer_id}", Visit(parts={"answer_id": "a1"}))
    assert reply.status == 404
    assert "没有找到这条答复" in str(reply.body)
    assert home.store.rows("SELECT * FROM answers") == []


def test_where_no_time_is_set_nothing_is_deleted(tmp_path: Path) -> None:
    home = house(corpus_answerer(), tmp_path, answer_days=0)
    made = json.loads(str(call(home, "POST", "/answer", Visit(json={"receipt": receipt(home)})).body))
    assert made["until"] == "长期保留"
    with home.store.change():
        home.store.run("UPDATE answers SET made_s = made_s - 4000 * 86400")
    assert call(home, "GET", "/answer/{answer_id}", Visit(parts={"answer_id": "a1"})).status == 200
    assert "天后删除" not in str(call(home, "GET", "/about", Visit()).body)


def test_an_hour_has_room_for_so_many(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(citizen, "MAX_AN_HOUR", 2)
    for id in ("a1", "a2"):
        call(home, "POST", "/answer", Visit(json={"receipt": receipt(home, id)}))
        call(home, "POST", "/feedback", Visit(json={"receipt": receipt(home, id), "useful": True}))
    for path in ("/answer", "/feedback"):
        with pytest.raises(Turned, match="太多了") as turned:
            call(home, "POST", path, Visit(json={"receipt": receipt(home, "a3"), "useful": True}))
        assert turned.value.status == 429


def test_an_opinion_is_read_with_care(home: House) -> None:
    said = {
        "receipt": receipt(home),
        "useful": False,
        "reasons": ["看不懂", HOSTILE, 7],
        "words": " 甲\n乙 " + "长" * 500,
    }
    call(home, "POST", "/feedback", Visit(json=said))
    (proposed,) = proposals(home.store)
    assert proposed.said == f"看不懂：甲 乙 {'长' * 196}"
    for wrong in ({"useful": "no"}, {"useful": False, "reasons": "看不懂"}, {"useful": False, "words": 7}):
        with pytest.raises(Turned, match="读不懂"):
            call(home, "POST", "/feedback", Visit(json={"receipt": receipt(home), **wrong}))


def test_what_this_is_says_whom_to_call_and_what_becomes_of_a_question(home: House) -> None:
    page = str(call(home, "GET", "/about", Visit()).body)
    for words in ("自动答复服务", "最新一件成文于 2024-07-24", "12345", "30 天后删除", "不发往别处", "不写进日志"):
        assert words in page


def test_where_a_model_writes_this_is_said_too(tmp_path: Path) -> None:
    home = house(corpus_answerer(), tmp_path, model="openai:<gpt>")
    page = str(call(home, "GET", "/about", Visit()).body)
    assert "由语言模型“openai:&lt;gpt&gt;”照公报原文写成" in page
    assert "遮盖个人信息后交给语言模型" in page
    assert "不发往别处" not in page


def test_hostile_words_are_text_on_a_kept_answer(home: House) -> None:
    shown = Shown.of(replace(ANSWER, text=f"{HOSTILE}[1]", library=HOSTILE))
    hostile = Receipt.of("a1", Question(HOSTILE, place=HOSTILE), shown)
    call(home, "POST", "/answer", Visit(json={"receipt": sealed(seal_key(home.store), hostile)}))
    page = str(call(home, "GET", "/answer/{answer_id}", Visit(parts={"answer_id": "a1"})).body)
    assert "<script>alert" not in page
    assert "<img src=x" not in page

"""The page: what a turn gives, which doors are open, and the real page in a real browser."""

from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa.records import Answer, Draft, Question
from tests.browser import PHONE, WIDE, Visitor, serving
from tests.page_samples import PlayedAnswerer, corpus_answerer, house
from ui.citizen.page import MAX_QUESTION_CHARS, Step, answer_turn
from ui.house import House
from ui.listening import PageError, listen
from ui.records import COOKIE, Account, Role, Who
from ui.web import build_app, routes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "一个很长的口令：甲乙丙丁"
BOX = "#wz-question textarea"


class SlowAnswerer(PlayedAnswerer):
    """As PlayedAnswerer, but a question with 慢 in it takes a while, and one with 写 is written until it may end."""

    may_end = threading.Event()
    left = threading.Event()

    def stream(self, question: Question, k: int = 10) -> Iterator[Draft | Answer]:
        answer = self.answer(question, k)
        first = answer.text.find("；") + 1
        try:
            while "写" in question.text and not self.may_end.wait(0.1):
                yield Draft(answer.text[:first], answer.citations)
        except GeneratorExit:
            self.left.set()
            raise
        yield answer

    def answer(self, question: Question, k: int = 10) -> Answer:
        time.sleep(0.8 if "慢" in question.text else 0)
        return super().answer(question, k)


@pytest.fixture(scope="module")
def answerer() -> PlayedAnswerer:
    played = corpus_answerer()
    return SlowAnswerer(played.library, played.script)


CALLED: list[object] = []  # addresses that building the page wanted to reach


@pytest.fixture(scope="module")
def visited(answerer: PlayedAnswerer, tmp_path_factory: pytest.TempPathFactory) -> House:
    return house(answerer, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def app(visited: House) -> FastAPI:
    def resolve(*args: object, **_: object) -> list[object]:
        CALLED.append(args)
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", lambda _, to: CALLED.append(to))
        patch.setattr(socket, "getaddrinfo", resolve)
        return build_app(visited)


def last_step(answerer: PlayedAnswerer, text: object, place: object, earlier: object) -> Step:
    *_, step = answer_turn(answerer, text, place, earlier)
    return step


# ── one turn ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_turn_passes_place_and_earlier_questions_on(answerer: PlayedAnswerer) -> None:
    turn = last_step(answerer, " 那外地户口的火化费呢？ ", "大同市", ["火化费能减免多少？"])
    assert turn["keep"] is True
    assert answerer.asked[-1].text == "那外地户口的火化费呢？"
    assert answerer.asked[-1].history == ("火化费能减免多少？",)
    assert answerer.asked[-1].place == "大同市"


@pytest.mark.parametrize(
    ("place", "earlier"), [(None, None), (7, "火化费"), (["大同市"], {"a": 1}), ("x" * 99, [None, 3])]
)
def test_what_a_browser_sends_is_not_trusted(answerer: PlayedAnswerer, place: object, earlier: object) -> None:
    assert last_step(answerer, "火化费", place, earlier)["keep"] is True
    assert answerer.asked[-1].history == ()
    assert len(answerer.asked[-1].place) <= 20


def test_only_the_last_ten_questions_are_passed_on(answerer: PlayedAnswerer) -> None:
    last_step(answerer, "火化费", "", [f"第{n}问" for n in range(30)] + ["长" * 5000])
    assert len(answerer.asked[-1].history) == 10
    assert answerer.asked[-1].history[0] == "第21问"
    assert len(answerer.asked[-1].history[-1]) == MAX_QUESTION_CHARS


@pytest.mark.parametrize("text", ["", " \n\u3000", None, 5])
def test_an_empty_question_is_asked_for(answerer: PlayedAnswerer, text: object) -> None:
    turn = last_step(answerer, text, "", [])
    assert turn["keep"] is False
    assert "请先写下您的问题" in str(turn["html"])


def test_a_long_question_is_kindly_limited(answerer: PlayedAnswerer) -> None:
    before = len(answerer.asked)
    turn = last_step(answerer, "字" * 20_000, "", [])
    assert "您的问题有 20000 字，最多 1000 字" in str(turn["html"])
    assert turn["keep"] is False
    assert len(answerer.asked) == before


def test_a_fault_is_told_politely_and_logged_without_the_question(
    answerer: PlayedAnswerer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        turn = last_step(answerer, "出错：我的号码是140203199001011234", "", [])
    assert "系统暂时答不了这个问题" in str(turn["html"])
    assert "secret" not in str(turn["html"])
    assert "RuntimeError at " in caplog.text
    assert "140203199001011234" not in caplog.text


def test_drafts_come_before_the_turn_and_who_leaves_stops_them(answerer: PlayedAnswerer) -> None:
    steps = answer_turn(answerer, "写一写火化费", "", [])
    first, second = next(steps), next(steps)
    assert first == second
    assert "普通火化炉火化费减免400元/" in str(first["html"])
    assert "在市殡葬服务中心" not in str(first["html"])
    assert "keep" not in first
    SlowAnswerer.left.clear()
    steps.close()  # type: ignore[attr-defined]
    assert SlowAnswerer.left.is_set()


# ── doors ───────────────────────────────────────────────────────────────────────────────────────────────────────


def every_route(app: FastAPI) -> Iterator[tuple[str, str]]:
    """(method, address) of all routes, those of Gradio's mounted application included, parameters filled with a."""
    for route in app.routes:
        inner = getattr(route, "app", None) or getattr(route, "original_router", None)
        if hasattr(inner, "routes") and not getattr(route, "methods", None):
            yield from every_route(inner)  # type: ignore[arg-type]
        for method in getattr(route, "methods", None) or ():
            yield method, _filled(route.path)  # type: ignore[attr-defined]


def _filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "a", path)


def test_each_route_is_open_to_those_whom_its_rule_admits_and_to_no_one_else(app: FastAPI, visited: House) -> None:
    """All routes of the running application, Gradio's among them. A new one without a rule is closed, or fails here."""
    rules = {(route.method, _filled(route.path)): route.who for route in routes(visited)}
    rules |= {("GET", path): Who.ANYONE for path in ("/", "/theme.css", "/assets/a", "/static/a")}
    rules |= {("GET", f"/gradio_api/{path}"): Who.ANYONE for path in ("app_id", "queue/data")}
    rules |= {("POST", "/gradio_api/queue/join"): Who.ANYONE}
    called = {("GET" if method == "HEAD" else method, path) for method, path in every_route(app)}
    assert len(called) > 60  # Gradio's are among them
    assert set(rules) <= called
    people: list[tuple[Account | None, str]] = [(None, "")]
    for role in Role:
        made = visited.accounts.add(f"一位{role}", role, PASSWORD)
        people.append((made, visited.accounts.enter(made.name, PASSWORD, "here")))
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        for method, path in sorted(called):
            rule = rules.get((method, path))
            for account, cookie in people if path != "/logout" else people[:1]:
                reply = client.request(method, path, headers={"cookie": f"{COOKIE}={cookie}"} if cookie else {})
                closed = reply.status_code == 404 and "没有这个页面" in (reply.text or "没有这个页面")
                sent_off = reply.status_code in (401, 403) or "/login?next=" in reply.headers.get("location", "")
                shut = closed or (sent_off and path != "/login")
                assert shut is not (rule is not None and rule.admits(account)), (method, path, account, reply.text)


def test_who_may_what() -> None:
    agent, evaluator, admin = (Account(1, "甲", role) for role in Role)
    assert [Who.ANYONE.admits(each) for each in (None, agent, evaluator, admin)] == [True] * 4
    assert [Who.SIGNED_IN.admits(each) for each in (None, agent, evaluator, admin)] == [False, True, True, True]
    assert [Who.AGENTS.admits(each) for each in (None, agent, evaluator, admin)] == [False, True, False, True]
    assert [Who.EVALUATORS.admits(each) for each in (None, agent, evaluator, admin)] == [False, False, True, True]
    assert [Who.ADMINS.admits(each) for each in (None, agent, evaluator, admin)] == [False, False, False, True]


def test_nothing_is_offered_by_name_and_nothing_from_outside_is_loaded(app: FastAPI) -> None:
    with TestClient(app) as client:
        html = client.get("/").text
    assert 'window.gradio_api_info = {"named_endpoints":{},"unnamed_endpoints":{}}' in html
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!testserver)', html)
    assert "fonts.g" not in html
    assert '"analytics_enabled":false' in html


def test_building_the_page_calls_nobody(app: FastAPI) -> None:
    assert app is not None
    assert CALLED == []


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            PageError, match=f"端口 {port} 已被别的程序占用。请换一个端口，例如 wenzheng serve --port {port + 1}"
        ):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["不是地址", "203.0.113.9", "a" * 300])
def test_an_address_that_is_not_here_is_named(host: str) -> None:
    with pytest.raises(PageError, match=r"--host 127\.0\.0\.1"):
        listen(host, 0)


# ── browser ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def open_page(visitor: Visitor) -> Any:
    """Opens the page, / where no other is named."""
    return lambda viewport=WIDE, path="/": visitor.open(path, viewport)


def ask(page: Page, question: str) -> Any:
    """Ask by keyboard and give the answer's element."""
    answers = page.locator(".answer").count()
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    page.wait_for_function(f"document.querySelectorAll('.answer').length > {answers}")
    return page.locator(".answer").last


def last_asked(answerer: PlayedAnswerer) -> tuple[str, tuple[str, ...], str]:
    question = answerer.asked[-1]
    return question.text, question.history, question.place


def test_question_answer_citation_and_back(open_page: Any) -> None:
    page = open_page()
    assert page.title() == "问政 · 政府公报问答"
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.click("[data-ask] >> nth=0")
    page.wait_for_selector(".answer")
    assert page.inner_text(".question") == "您：\n火化费能减免多少？"
    assert page.locator(".card").count() == 2
    assert "普通火化炉火化费减免400元/具；" in page.text_content("#wz-says")

    page.focus(".answer .text .mark >> nth=1")
    page.keyboard.press("Enter")
    reader = page.frame_locator("#wz-reader iframe")
    reader.locator("mark").wait_for()
    assert reader.locator("mark").inner_text() == "在市殡葬服务中心火化的丧者，均按照以上标准减免。"
    top = reader.locator("#cited").evaluate("node => node.getBoundingClientRect().top / innerHeight")
    assert 0.25 < top < 0.42
    chat, notice = page.locator("#wz-chat").bounding_box(), page.locator("#wz-reader").bounding_box()
    assert notice["x"] >= chat["x"] + chat["width"]  # beside
    assert page.evaluate("document.activeElement.contentDocument.activeElement.id") == "cited"  # read aloud next

    reader.locator("html.framed").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_selector("#wz-reader", state="hidden")
    assert page.evaluate("document.activeElement.textContent") == "2"


def test_on_a_phone_the_notice_opens_below(open_page: Any) -> None:
    page = open_page(PHONE)
    ask(page, "出租汽车由谁承办？")
    page.click("a.stretch")
    reader = page.frame_locator("#wz-reader iframe")
    reader.locator("td mark").wait_for()
    assert reader.locator("td mark").inner_text() == "市交通局"
    page.wait_for_function("Math.abs(document.querySelector('#wz-reader').getBoundingClientRect().top) < 2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("#wz-back")
    assert not page.is_visible("#wz-reader")


def test_every_state_looks_different_and_says_so(open_page: Any) -> None:
    page = open_page()
    assert "部分答复" in ask(page, "需要什么材料？").inner_text()
    assert "没有找到" in ask(page, "外星人怎么落户？").inner_text()
    assert "请您补充" in ask(page, "那个呢").inner_text()
    assert ask(page, "谢谢").inner_text() == "不客气，还有想了解的请接着问。"
    assert "系统暂时答不了这个问题" in ask(page, "出错了").inner_text()
    assert "最多 1000 字" in ask(page, "字" * 20_000).inner_text()
    assert "😀" in ask(page, "😀").inner_text()


def test_hostile_words_are_text_in_the_page_and_in_the_reader(open_page: Any) -> None:
    page = open_page()
    hostile = "攻击<img src=x onerror=alert(9)>${alert(8)}{{alert(7)}}[/x]"
    answer = ask(page, hostile)
    assert hostile in page.locator(".question").inner_text()
    assert "<script>alert(1)</script>${alert(2)}{{alert(3)}}" in answer.locator(".text").inner_text()
    answer.locator("a.stretch").click()
    reader = page.frame_locator("#wz-reader iframe")
    reader.locator("#cited").wait_for()
    assert "<script>alert(1)</script>${alert(2)}" in reader.locator("h1").inner_text()
    assert page.locator("#wz-log img").count() + reader.locator("img").count() == 0


def test_the_conversation_stays_in_the_tab_and_leads_the_next_question(
    open_page: Any, answerer: PlayedAnswerer
) -> None:
    page = open_page()
    page.select_option("#wz-place", "大同市")
    ask(page, "火化费能减免多少？")
    page.reload()
    page.wait_for_selector(".answer")
    assert page.input_value("#wz-place") == "大同市"
    ask(page, "需要什么材料？")
    assert last_asked(answerer) == ("需要什么材料？", ("火化费能减免多少？",), "大同市")
    page.click("#wz-anew")
    assert page.locator(".answer").count() == 0
    assert page.is_visible("#wz-intro")
    ask(page, "谢谢")
    assert last_asked(answerer) == ("谢谢", (), "大同市")
    assert open_page().locator(".answer").count() == 0  # another visitor's tab


def test_while_an_answer_is_awaited(open_page: Any, answerer: PlayedAnswerer) -> None:
    page = open_page()
    page.fill(BOX, "很慢的火化费")
    page.press(BOX, "Enter")
    assert page.inner_text(".busy") == "正在查找……"
    page.fill(BOX, "下一个问题")
    before = len(answerer.asked)
    page.press(BOX, "Enter")
    page.click("#wz-send", force=True)
    page.wait_for_selector(".answer")
    assert page.locator(".answer").count() == 1
    assert page.input_value(BOX) == "下一个问题"
    assert len(answerer.asked) <= before + 1


def test_an_answer_grows_while_it_is_written(open_page: Any) -> None:
    SlowAnswerer.may_end.clear()
    page = open_page()
    page.fill(BOX, "写一写火化费")
    page.press(BOX, "Enter")
    page.wait_for_selector(".answer.draft .mark")
    assert page.inner_text(".answer.draft .text") == "普通火化炉火化费减免400元/具1；"
    assert page.inner_text(".busy") == "正在写，每句都先与原文核对……"
    SlowAnswerer.may_end.set()
    page.wait_for_selector(".answer.answered")
    assert page.locator(".answer").count() == 1
    assert page.inner_text(".answer .written") == "以上摘自公报原文。"
    assert page.locator(".busy").count() == 0


@pytest.mark.parametrize("leave", ["close", "anew"])
def test_who_leaves_stops_the_writing(browser: Browser, address: str, leave: str) -> None:
    SlowAnswerer.may_end.clear()
    page = browser.new_page()  # not by `open_page`: Gradio complains in the console that its stream was cut
    page.set_default_timeout(10_000)
    page.goto(address)
    page.wait_for_function("window.wenzhengReady")
    page.fill(BOX, "写一写火化费")
    page.press(BOX, "Enter")
    page.wait_for_selector(".answer.draft")
    SlowAnswerer.left.clear()
    if leave == "close":
        page.close()
    else:
        page.click("#wz-anew")
    try:
        assert SlowAnswerer.left.wait(10)
    finally:
        SlowAnswerer.may_end.set()
    if leave == "anew":
        page.wait_for_function("window.wenzhengReady && document.querySelector('#wz-intro')")
        assert page.locator(".answer, .question").count() == 0
        page.close()


def test_enter_that_ends_a_spelling_does_not_send(open_page: Any) -> None:
    page = open_page()
    page.fill(BOX, "huohua")
    page.locator(BOX).evaluate(
        """(box) => ["keydown", "keypress"].forEach((type) => box.dispatchEvent(
             new KeyboardEvent(type, { key: "Enter", keyCode: 229, isComposing: true, bubbles: true })))"""
    )
    page.press(BOX, "Shift+Enter")
    assert page.locator(".question").count() == 0
    assert page.input_value(BOX) == "huohua\n"


def test_a_link_to_an_article_opens_there(open_page: Any) -> None:
    page = open_page(path="/notice/16bf0b1f14136857#第十二条")
    page.wait_for_function("document.getElementById('第十二条').getBoundingClientRect().top < innerHeight / 3")
    assert page.is_visible(".home")

"""The citizen's page in a real browser: what one may do with an answer, ease of use, and what hinders nobody."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa.records import Question
from tests.browser import MIDDLE, PHONE, WIDE, Visitor, hindrances, serving
from tests.page_samples import SampleCatalogue, SampleLibrary, bundled, corpus_answerer, house
from ui.citizen.page import answer_turn
from ui.citizen.receipts import opened
from ui.house import House
from ui.proposals import proposals
from ui.web import build_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BOX = "#wz-question textarea"
FEES = "火化费能减免多少？"
KEY = b"k" * 32

# a browser that reads aloud, with one voice that asks its maker and one that does not
VOICES = """
  window.spoken = [];
  const voice = (name, localService) => ({ name, localService, lang: "zh-CN" });
  window.speechSynthesis.getVoices = () => [voice("far", false), LOCAL].filter(Boolean);
  window.speechSynthesis.speak = (said) => window.spoken.push([said.voice?.name, said.text]);
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
# a browser that hears, and says where
HEARING = """
  window.SpeechRecognition = class {
    static available = async (asked) => (asked.processLocally && asked.langs[0] === "zh-CN" ? "STATE" : "unavailable");
    get processLocally() { return this.local ?? false; }
    set processLocally(value) { this.local = value; }
    start() {
      if (this.local) this.onresult({ results: [[{ transcript: "火化费能减免多少" }]] });
      this.onend();
    }
  };
"""


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> House:
    return house(corpus_answerer(), tmp_path_factory.mktemp("desk"), asks_per_minute=0)


CALLED: list[str] = []  # hosts other than this machine that the service wanted to reach, for as long as it ran


@pytest.fixture(scope="module")
def app(visited: House) -> FastAPI:
    return build_app(visited)


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def connecting(it: socket.socket, to: Any) -> None:
        note(to[0] if isinstance(to, tuple) else str(to))
        connect(it, to)

    def resolving(host: Any, *rest: Any, **more: Any) -> Any:
        note(str(host))
        return resolve(host, *rest, **more)

    def note(host: str) -> None:
        if host not in ("127.0.0.1", "::1", "localhost"):
            CALLED.append(host)

    with pytest.MonkeyPatch.context() as patch, serving(app) as address:
        patch.setattr(socket.socket, "connect", connecting)
        patch.setattr(socket, "getaddrinfo", resolving)
        yield address


@pytest.fixture
def open_page(visitor: Visitor) -> Iterator[Any]:
    """Opens the page; nothing leaves the machine on the service's side either."""
    yield lambda viewport=WIDE, path="/", **as_who: visitor.open(path, viewport, **as_who)
    assert CALLED == []


def ask(page: Page, question: str = FEES) -> Any:
    """Ask by keyboard and give the answer's element."""
    answers = page.locator(".answer").count()
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    page.wait_for_function(f"document.querySelectorAll('.answer').length > {answers}")
    return page.locator(".answer").last


def with_script(page: Page, script: str) -> None:
    """As if this browser could do more than it can."""
    page.add_init_script(script)
    page.reload()
    page.wait_for_function("window.wenzhengReady")


# ── one turn ────────────────────────────────────────────────────────────────────────────────────────────────────


def turn_of(question: str) -> dict[str, Any]:
    *_, step = answer_turn(corpus_answerer(), question, "大同市", [], KEY)
    return step


def test_an_answer_brings_a_sealed_receipt_a_copy_and_what_to_ask_next() -> None:
    turn = turn_of(f"{FEES}我的手机13800138000")
    receipt = opened(KEY, turn["receipt"])
    assert receipt is not None
    assert receipt.question == f"{FEES}我的手机〔手机号〕"
    assert receipt.place == "大同市"
    assert len(receipt.id) == 22  # 128 bits
    assert turn["copy"].startswith("普通火化炉火化费减免400元/具[1]；")
    assert turn["suggest"][0] == ["适用哪些人？", "惠民殡葬政策适用哪些人？"]
    again = opened(KEY, turn_of(FEES)["receipt"])
    assert again is not None
    assert again.id != receipt.id


def test_a_refusal_can_be_spoken_of_and_small_talk_cannot() -> None:
    assert turn_of("外星人怎么落户？")["suggest"] == []
    assert "receipt" in turn_of("外星人怎么落户？")
    for question in ("谢谢", "那个呢", "出错了", ""):
        assert "receipt" not in turn_of(question)


# ── gradio's side doors ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def config(app: FastAPI) -> dict[str, Any]:
    """What Gradio tells the browser of itself."""
    with TestClient(app) as client:
        html = client.get("/").text
    return json.JSONDecoder(strict=False).raw_decode(html.split("window.gradio_config = ")[1])[0]  # type: ignore[no-any-return]


def test_gradio_tells_nobody_keeps_nothing_and_shows_no_exception(config: dict[str, Any]) -> None:
    assert config["analytics_enabled"] is False
    assert config["run_history"] is False
    assert config["show_error"] is False
    assert config["max_file_size"] == 1
    assert config["mcp_server"] is False
    assert config["pwa"] is False
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_every_event_is_private_and_what_asks_stands_in_a_bounded_queue(config: dict[str, Any]) -> None:
    assert {each["api_visibility"] for each in config["dependencies"]} == {"private"}
    asking = [each for each in config["dependencies"] if each["backend_fn"] and each["inputs"]]
    assert len(asking) == 1
    assert asking[0]["queue"] is not False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("GET", "/gradio_api/monitoring/summary"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/file=/etc/passwd"),
        ("POST", "/gradio_api/cancel"),
        ("POST", "/gradio_api/reset"),
        ("POST", "/gradio_api/stream/a"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/runs"),
        ("GET", "/gradio_api/info"),
        ("GET", "/config"),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/call/turn"),
        ("GET", "/gradio_api/proxy=https://example.org/"),
    ],
)
def test_what_the_page_does_not_need_is_shut(app: FastAPI, method: str, path: str) -> None:
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.request(method, path, content=b"").status_code == 404


def test_what_is_named_by_its_content_is_fetched_once(app: FastAPI) -> None:
    with TestClient(app) as client:
        name = re.findall(r"/assets/[\w.-]+\.js", client.get("/").text)[0]
        assert "immutable" in client.get(name).headers["cache-control"]
        assert client.get("/assets/none.js").headers.get("cache-control") is None
        assert client.get("/ui/page.js").headers["cache-control"] == "no-cache"


# ── what one may do with an answer ──────────────────────────────────────────────────────────────────────────────


def test_answer_and_sources_are_copied(open_page: Any) -> None:
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page).locator("[data-deed=copy]").click()
    page.wait_for_selector(".told:text('已复制')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("普通火化炉火化费减免400元/具[1]；")
    assert "[1] 《大同市人民政府办公室关于实施惠民殡葬政策的通知》（同政办规〔2024〕3号）" in copied
    assert "固定链接" not in copied
    assert "已复制" in page.text_content("#wz-says")


def test_a_lasting_link_holds_for_another_visitor_and_names_no_question(open_page: Any, visited: House) -> None:
    page = open_page()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    answer = ask(page, f"{FEES}我的手机13800138000")
    assert visited.store.rows("SELECT id FROM answers") == []  # nothing is kept unless asked for
    answer.locator("[data-deed=link]").click()
    answer.locator("[data-deed=link]").click()
    link = answer.locator(".told a").get_attribute("href")
    assert len(visited.store.rows("SELECT id FROM answers")) == 1
    path = link[link.index("/answer/") :]
    other = open_page(path=path)
    assert "普通火化炉火化费减免400元/具" in other.inner_text(".answer .text")
    assert "我的手机〔手机号〕" in other.inner_text(".question")
    assert "13800138000" not in other.content()
    assert hindrances(other) == []
    other.click("[data-again]")
    other.wait_for_function("window.wenzhengReady")
    other.wait_for_function(f"document.querySelector('{BOX}').value.includes('火化费能减免多少')")
    assert not any("火化" in url or "%E7%81%AB" in url or "13800138000" in url for url in [*addresses, other.url])


def test_one_click_says_of_no_use_and_another_why(open_page: Any, visited: House) -> None:
    page = open_page()
    answer = ask(page, "由谁承办出租汽车？")
    answer.locator("[data-deed=useless]").click()
    answer.locator("[data-reason=看不懂]").click()
    page.wait_for_selector("[data-reason=看不懂][aria-pressed=true]")
    answer.locator("[name=words]").fill("表格看不明白")
    answer.locator(".why [type=submit]").click()
    page.wait_for_selector(".why", state="hidden")
    assert page.evaluate("document.activeElement.dataset.deed") == "useless"
    (proposed,) = [each for each in proposals(visited.store) if "出租汽车" in each.question]
    assert proposed.said == "看不懂：表格看不明白"
    page.reload()
    page.wait_for_selector("[data-deed=useless][aria-pressed=true]")
    page.click("[data-deed=useful]")
    page.wait_for_selector("[data-deed=useful][aria-pressed=true]")
    assert page.get_attribute("[data-deed=useless]", "aria-pressed") == "false"
    assert not [each for each in proposals(visited.store) if "出租汽车" in each.question]


def test_a_suggestion_is_asked_and_gives_way_to_the_next(open_page: Any, visited: House) -> None:
    page = open_page()
    ask(page)
    assert page.locator("#wz-onward button").all_inner_texts() == [
        "适用哪些人？",
        "怎么办理？",
        "资金保障有哪些规定？",
    ]
    page.click("#wz-onward button >> nth=0")
    page.wait_for_function("document.querySelectorAll('.answer').length === 2")
    assert visited.answerer.asked[-1] == Question("惠民殡葬政策适用哪些人？", (FEES,))  # type: ignore[attr-defined]
    assert page.is_hidden("#wz-onward")  # it was refused


def test_a_newer_library_is_drawn_and_the_conversation_stays(open_page: Any, visited: House) -> None:
    page = open_page()
    page.select_option("#wz-place", "大同市")
    ask(page)
    library = visited.answerer.library
    newer = SampleLibrary(SampleCatalogue(bundled()[:5]), id="newer")
    visited.answerer.library = newer  # type: ignore[misc]
    try:
        page.reload()
        page.wait_for_selector("#wz-intro:has-text('5 件公报文件')", state="attached")
        page.wait_for_selector(".answer .deeds")
    finally:
        visited.answerer.library = library  # type: ignore[misc]
    assert page.locator(".question").count() == page.locator(".answer").count() == 1
    assert page.input_value("#wz-place") == "大同市"


# ── by voice ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_a_voice_of_this_machine_reads_aloud(open_page: Any) -> None:
    page = open_page()
    with_script(page, VOICES.replace("LOCAL", 'voice("near", true)'))
    answer = ask(page)
    answer.locator("[data-deed=speak]").click()
    assert page.evaluate("window.spoken") == [
        ["near", "普通火化炉火化费减免400元/具；在市殡葬服务中心火化的丧者，都按这个标准减免。"]
    ]
    assert answer.locator("[data-deed=speak]").inner_text() == "停止朗读"
    answer.locator("[data-deed=speak]").click()
    assert answer.locator("[data-deed=speak]").inner_text() == "朗读"


def test_nothing_reads_aloud_where_every_voice_asks_its_maker(open_page: Any) -> None:
    page = open_page()
    with_script(page, VOICES.replace("LOCAL", "null"))
    ask(page)
    assert page.is_hidden("[data-deed=speak]")


def test_a_question_is_spoken_only_where_hearing_stays_on_the_machine(open_page: Any) -> None:
    page = open_page()
    assert page.locator("#wz-hear").count() == 0
    for state in ("downloadable", "unavailable"):
        with_script(page, HEARING.replace("STATE", state))
        page.wait_for_timeout(100)
        assert page.locator("#wz-hear").count() == 0
    with_script(page, HEARING.replace("STATE", "available"))
    page.click("#wz-hear")
    assert page.input_value(BOX) == "火化费能减免多少"


# ── ease of use ─────────────────────────────────────────────────────────────────────────────────────────────────


def size(page: Page, selector: str) -> tuple[float, float]:
    """Font size and height in px."""
    return page.locator(selector).first.evaluate(  # type: ignore[no-any-return]
        "node => [parseFloat(getComputedStyle(node).fontSize), node.getBoundingClientRect().height]"
    )


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_the_elders_edition_is_large_and_shows_one_thing_at_a_time(open_page: Any, viewport: Any) -> None:
    page = open_page(viewport)
    page.click("[data-prefers=elder]")
    assert page.get_attribute("[data-prefers=elder]", "aria-pressed") == "true"
    tops = page.locator("#wz-intro li").evaluate_all("all => all.map((each) => each.getBoundingClientRect().left)")
    assert len(set(tops)) == 1  # one column
    ask(page)
    for text in (".answer .text p", ".stretch q", ".question", BOX, ".card .title", ".badge", "#wz-onward span"):
        assert size(page, text)[0] >= 20, text
    for button in ("#wz-send", "#wz-anew", "#wz-place", "[data-deed=copy]", "#wz-onward button", BOX):
        assert size(page, button)[1] >= 56, button
    page.click("a.stretch")
    page.frame_locator("#wz-reader iframe").locator("#cited").wait_for()
    box = page.locator("#wz-reader").bounding_box()
    assert (box["width"], box["height"]) == (viewport["width"], viewport["height"])
    assert page.is_hidden("#wz-chat textarea")
    page.click("#wz-back")
    assert page.is_visible(BOX)
    page.reload()
    page.wait_for_function("window.wenzhengReady")
    assert page.get_attribute("[data-prefers=elder]", "aria-pressed") == "true"  # remembered by this browser
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_high_contrast_has_thick_borders_and_underlined_links(open_page: Any) -> None:
    page = open_page()
    page.click("[data-prefers=contrast]")
    ask(page)
    look = "node => [getComputedStyle(node).borderTopWidth, getComputedStyle(node).borderTopColor]"
    for selector in (".answer", ".card", ".badge", ".question", ".answer a.mark", "[data-deed=copy]", BOX, "#wz-place"):
        assert page.locator(selector).first.evaluate(look) == ["2px", "rgb(0, 0, 0)"], selector
    for link in ("#wz-foot a", "#wz-head .switches a", ".stretch .go"):
        line = page.locator(link).first.evaluate("node => getComputedStyle(node).textDecorationLine")
        assert line == "underline", link


def test_the_whole_of_it_goes_by_keyboard(open_page: Any) -> None:
    page = open_page()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到提问"
    assert page.locator("#wz-head .skip").bounding_box()["y"] >= 0  # it shows while it is focused
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.type(FEES)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer .deeds")
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", reached
        if reached[-1] == "跳到提问":
            break
    assert {"没用", "有用", "固定链接", "复制答案与出处", "适用哪些人？", "1", "长辈版", "高对比", "关于"} <= set(
        reached
    )


@pytest.mark.parametrize(("motion", "moves"), [("reduce", "none"), ("no-preference", "wz-breathe")])
def test_what_moves_stands_still_for_those_who_ask(open_page: Any, motion: str, moves: str) -> None:
    page = open_page(reduced_motion=motion)
    page.evaluate("document.querySelector('#wz-log').innerHTML = '<p class=busy>正在查找……</p>'")
    assert page.evaluate("getComputedStyle(document.querySelector('.busy'), '::before').animationName") == moves


@pytest.mark.parametrize(
    ("viewport", "as_who", "prefers"),
    [
        (WIDE, {}, ""),
        (MIDDLE, {"color_scheme": "dark"}, ""),
        (PHONE, {}, ""),
        (WIDE, {}, "elder"),
        (PHONE, {}, "elder"),
        (WIDE, {}, "contrast"),
        (PHONE, {"color_scheme": "dark"}, "contrast"),
        (WIDE, {"contrast": "more"}, ""),
    ],
)
def test_nothing_hinders(open_page: Any, viewport: Any, as_who: dict[str, str], prefers: str) -> None:
    page = open_page(viewport, **as_who)
    if prefers:
        page.click(f"[data-prefers={prefers}]")
    assert hindrances(page) == []
    answer = ask(page)
    answer.locator("[data-deed=useless]").click()
    page.wait_for_selector(".why", state="visible")
    ask(page, "需要什么材料？")
    ask(page, "外星人怎么落户？")
    assert hindrances(page) == []
    page.click(".answer >> nth=0 >> a.stretch >> nth=0")
    page.frame_locator("#wz-reader iframe").locator("#cited").wait_for()
    assert hindrances(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("path", ["/about", "/answer/none"])
def test_nothing_hinders_on_the_plain_pages(browser: Browser, address: str, path: str) -> None:
    visitor = Visitor(browser, address)
    page = visitor.open(path, PHONE)
    assert hindrances(page) == []
    page.click("[data-prefers=elder]")
    page.click("[data-prefers=contrast]")
    assert hindrances(page) == []
    assert size(page, ".paper p")[0] >= 20
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.close()

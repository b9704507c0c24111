"""The real desk in a real browser, by keyboard alone; two tabs; a network that fails; sizes and contrasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import MIDDLE, PHONE, WIDE, Visitor, hindrances, serving
from tests.page_samples import corpus_answerer, house
from ui.house import House
from ui.proposals import proposals
from ui.records import Role
from ui.web import build_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

PASSWORD = "一个很长的口令：甲乙丙丁"
STORY = "我叫王芳，电话13800138000。请问火化费能减免多少？"
ALIEN = "<img src=x onerror=alert(9)>${alert(8)}"


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> House:
    made = house(corpus_answerer(), tmp_path_factory.mktemp("desk"))
    for name in ("甲", "乙"):
        made.accounts.add(name, Role.AGENT, PASSWORD)
    return made


@pytest.fixture(scope="module")
def address(visited: House) -> Iterator[str]:
    with serving(build_app(visited)) as address:
        yield address


@pytest.fixture(scope="module")
def signed_in(visited: House, address: str) -> dict[str, Any]:
    """The cookie of 甲, as the browser keeps it: argon2 is slow on purpose."""
    token = visited.accounts.enter("甲", PASSWORD, "test")
    return {"name": "wenzheng", "value": token, "url": address, "httpOnly": True, "sameSite": "Strict"}


@pytest.fixture
def desk(visitor: Visitor, signed_in: dict[str, Any]) -> Any:
    """Opens the desk, signed in as 甲."""

    def opened(viewport: dict[str, int] = WIDE, path: str = "/desk", **as_who: Any) -> Page:
        context = visitor.browser.new_context(viewport=viewport, locale="zh-CN", **as_who)  # type: ignore[arg-type]
        visitor._contexts.append(context)
        context.add_cookies([signed_in])  # type: ignore[list-item]
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        return visitor.open_in(context, path)

    return opened


def ask(page: Page, story: str = STORY) -> None:
    """By keyboard: the story has the focus when the desk opens."""
    page.keyboard.press("Alt+KeyA")
    page.keyboard.insert_text(story)
    page.keyboard.press("Control+Enter")
    page.locator("#lines li").first.wait_for()


def said(page: Page, words: str) -> None:
    page.locator("#says", has_text=words).wait_for()


def saved(page: Page) -> None:
    page.locator("#saved", has_text="已保存").wait_for()


def lines(page: Page) -> list[str]:
    return [box.input_value() for box in page.locator("#lines textarea").all()]


def test_a_call_from_story_to_closing_with_no_mouse(visitor: Visitor, visited: House) -> None:
    page = visitor.open("/desk")
    page.keyboard.insert_text("甲")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#story")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.keyboard.insert_text(STORY)  # the story has the focus
    page.keyboard.press("Control+Enter")
    page.locator("#lines li").first.wait_for()
    assert page.input_value("#story") == "我叫〔姓名〕，电话〔手机号〕。请问火化费能减免多少？"
    assert page.inner_text("#masked") == "个人信息已遮盖 2 处：手机号 1、姓名 1。上面就是保存的内容。"
    assert page.input_value("#question") == "火化费能减免多少？"
    assert [each.inner_text() for each in page.locator(".sign").all()] == ["✓ 有据", "✓ 有据"]
    said(page, "已找到依据：2 句，依据 3 条。")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "第 1 句"
    assert "/desk/tickets/" in page.url  # an opaque number; what was asked stands in no address
    assert "%E7" not in page.url

    page.keyboard.press("Alt+Digit2")  # the second source, at its words
    reader = page.frame_locator("#notice")
    reader.locator("#cited").wait_for()
    assert reader.locator("mark").inner_text() == "在市殡葬服务中心火化的丧者，均按照以上标准减免。"
    page.keyboard.press("Escape")  # pressed within the frame
    page.wait_for_selector("#reader", state="hidden")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "第 1 句"

    page.keyboard.press("End")
    page.keyboard.press("Enter")  # a sentence of one's own, wrong at first
    page.keyboard.insert_text("减免600元[1]。")
    page.locator(".line.red").wait_for()
    assert "✗ 无据" in page.inner_text(".line.red")
    assert "600元" in page.inner_text(".line.red .failed")
    assert page.evaluate("getComputedStyle(document.activeElement).textDecorationLine") == "line-through"
    page.keyboard.press("Alt+KeyC")
    said(page, "已复制，带出处。")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "600" not in copied
    assert "400元" in copied
    page.keyboard.press("Control+Backspace")
    saved(page)
    assert len(lines(page)) == 2

    page.keyboard.press("Alt+KeyY")  # a letter
    page.locator("#reply", has_text="依据：\n[1]").wait_for()
    page.keyboard.press("Alt+KeyT")
    page.locator("#pass-dialog[open]").wait_for()
    assert page.evaluate("document.activeElement.value") == "大同市人民政府办公室"
    page.keyboard.press("Enter")
    said(page, "已转办：大同市人民政府办公室。")
    page.keyboard.press("Alt+KeyS")
    page.locator("#close-dialog[open]").wait_for()
    page.keyboard.press("Enter")
    said(page, "已办结")
    assert page.inner_text("#today").startswith("今日 1 件 · 平均 ")
    assert page.locator("#lines textarea").first.get_attribute("readonly") is not None
    assert proposals(visited.store) == []  # sent as it was answered
    with page.expect_navigation():
        page.keyboard.press("Alt+KeyN")
    ask(page, "普通火化炉火化费减免多少？")
    page.locator("#similar summary").wait_for()
    page.keyboard.press("Alt+KeyG")
    page.keyboard.press("Enter")
    assert "400元" in page.inner_text("#similar .sent")


def test_the_keys_are_shown_by_f1_and_by_a_question_mark(desk: Any) -> None:
    page = desk()
    page.keyboard.press("F1")
    page.locator("#keys-dialog[open]").wait_for()
    assert "Ctrl+Enter" in page.inner_text("#keys-dialog")
    page.keyboard.press("Escape")
    page.keyboard.type("?")  # in a field it is a character
    assert page.input_value("#story") == "?"
    page.fill("#story", "")
    page.focus("#keys")
    page.keyboard.press("?")
    page.locator("#keys-dialog[open]").wait_for()


def test_the_question_is_corrected_and_asked_again(desk: Any) -> None:
    page = desk()
    ask(page)
    page.keyboard.press("Alt+KeyB")
    page.keyboard.press("Control+KeyA")
    page.keyboard.insert_text("出租汽车由谁承办？")
    page.keyboard.press("Enter")
    said(page, "1 句，依据 1 条")
    assert lines(page) == ["由市交通局承办[1]。"]
    page.keyboard.press("Alt+KeyO")  # other cities: the draft stays
    page.locator(".city").nth(2).wait_for()
    assert lines(page) == ["由市交通局承办[1]。"]
    page.keyboard.press("Alt+KeyR")
    said(page, "两次答复相同。")
    assert "当时的库 sample；现在的库 sample" in page.inner_text("#difference")


def test_where_nothing_can_be_answered_the_agent_writes(desk: Any) -> None:
    page = desk()
    ask(page, "请问出错了怎么办？")
    assert "系统暂时答不了这个问题，来电内容已存为待答工单" in page.inner_text("#trouble")
    assert "待答" in page.inner_text("#which")
    page.keyboard.press("Alt+KeyW")
    page.keyboard.insert_text("我们核实后回电。")
    saved(page)
    page.keyboard.press("Alt+KeyS")
    page.locator("#close-dialog[open]").wait_for()
    assert "我们核实后回电。" in page.inner_text("#sent")
    page.keyboard.press("Enter")
    said(page, "已办结")


def test_what_is_typed_outlives_a_reload(desk: Any) -> None:
    page = desk()
    ask(page)
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("请您带好身份证。")
    saved(page)
    page.reload()
    page.locator("#lines li").nth(2).wait_for()
    assert lines(page)[1] == "请您带好身份证。"


def test_two_tabs_of_one_agent_overwrite_nothing(visitor: Visitor, desk: Any) -> None:
    first = desk()
    ask(first)
    second = visitor.open_in(first.context, first.url.removeprefix(visitor.address))
    second.locator("#lines li").first.wait_for()
    first.locator("#lines textarea").first.fill("第一页改的。")
    saved(first)
    second.locator("#lines textarea").first.fill("第二页改的。")
    second.locator("#conflict button").first.wait_for()
    assert "第二页改的。" in second.inner_text("#conflict")
    assert "第一页改的。" in second.inner_text("#conflict")
    assert hindrances(second) == []
    second.keyboard.press("Enter")  # keeps its own; the focus is on that button
    saved(second)
    assert lines(second)[0] == "第二页改的。"
    first.reload()
    first.locator("#lines li").first.wait_for()
    assert lines(first)[0] == "第二页改的。"
    first.click("#history summary")
    history = first.inner_text("#edits")
    assert "第一页改的。" in history
    assert "与另一页冲突，未采用" in history
    expected = "Failed to load resource: the server responded with a status of 409 (Conflict)"
    assert set(visitor.wrong) == {expected}
    visitor.wrong.clear()


def test_the_network_fails_and_comes_back(visitor: Visitor, desk: Any) -> None:
    page = desk()
    ask(page)
    page.context.set_offline(True)
    page.locator("#lines textarea").first.fill("断网时改的。")
    page.locator("#saved", has_text="没有保存上，文字还在这一页，正在重试").wait_for()
    page.keyboard.press("Alt+KeyC")
    page.locator("#trouble", has_text="草稿还没有保存上").wait_for()
    assert lines(page)[0] == "断网时改的。"
    page.context.set_offline(False)
    saved(page)
    assert not page.is_visible("#trouble")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.locator("#trouble", has_text="没有连上服务，文字还在这一页").wait_for()
    page.context.set_offline(False)
    assert all("ERR_INTERNET_DISCONNECTED" in each for each in visitor.wrong)
    visitor.wrong.clear()


def test_a_session_that_has_ended_costs_no_text(visitor: Visitor, desk: Any, visited: House) -> None:
    page = desk()
    ask(page)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.locator("#lines textarea").first.fill("登录过期时改的。")
    page.locator("#trouble", has_text="登录已过期，文字还在这一页").wait_for()
    assert page.get_attribute("#trouble a", "href") == "/login?next=/desk"
    page.context.add_cookies(cookies)  # signed in again in another tab
    saved(page)
    assert lines(page)[0] == "登录过期时改的。"
    assert all("401" in each for each in visitor.wrong)
    visitor.wrong.clear()


def test_hostile_words_are_text(desk: Any) -> None:
    page = desk()
    ask(page, f"请问攻击是什么？{ALIEN}")
    assert ALIEN in page.input_value("#story")
    assert "<script>alert(1)</script>" in page.inner_text("#sources")
    assert page.locator("#desk img").count() == 0
    page.keyboard.press("Alt+KeyO")
    said(page, "外市")
    page.goto(page.url.split("/desk")[0] + "/desk/tickets")
    page.locator("#rows tr").first.wait_for()
    assert page.locator("#tickets img").count() == 0


def test_the_list_finds_pages_back_and_exports(desk: Any, visited: House) -> None:
    page = desk()
    ask(page, "请问出租汽车由谁承办？")
    page.goto(page.url.split("/desk")[0] + "/desk/tickets")
    page.locator("#rows tr").first.wait_for()
    page.fill("[name=words]", "请问出租汽车由谁")
    page.keyboard.press("Enter")
    page.locator("#count", has_text="共 ").wait_for()
    assert "%E5" not in page.url
    with page.expect_download() as sent:
        page.click("[name=kind][value=csv]")
    text = sent.value.path().read_text("utf-8-sig")
    assert sent.value.suggested_filename.startswith("工单-")
    assert "出租汽车由谁承办" in text
    assert "火化费能减免" not in text
    page.locator("#rows a").first.click()
    page.locator("#lines li").first.wait_for()
    page.go_back()
    page.locator("#count", has_text="共 ").wait_for()
    assert page.input_value("[name=words]") == "请问出租汽车由谁"


@pytest.mark.parametrize(
    "look",
    [
        {"viewport": WIDE},
        {"viewport": MIDDLE},
        {"viewport": PHONE},
        {"viewport": WIDE, "color_scheme": "dark"},
        {"viewport": WIDE, "contrast": "more"},
        {"viewport": MIDDLE, "color_scheme": "dark", "contrast": "more"},
    ],
)
def test_nothing_hinders_anyone(desk: Any, look: dict[str, Any]) -> None:
    page = desk(**look)
    assert hindrances(page) == []
    ask(page)
    page.locator("#lines textarea").first.fill("减免600元[1]。")
    page.locator(".line.red").wait_for()
    assert hindrances(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= look["viewport"]["width"]
    for key, dialog in (("F1", "keys"), ("Alt+KeyT", "pass"), ("Alt+KeyS", "close")):
        page.keyboard.press(key)
        page.locator(f"#{dialog}-dialog[open]").wait_for()
        assert hindrances(page) == []
        page.keyboard.press("Escape")
    page.keyboard.press("Alt+KeyO")
    page.locator(".city").first.wait_for()
    page.keyboard.press("Alt+KeyR")
    page.locator("#difference li").first.wait_for()
    assert hindrances(page) == []
    page.keyboard.press("Alt+Digit1")
    page.frame_locator("#notice").locator("#cited").wait_for()
    assert hindrances(page) == []
    page.goto(page.url.split("/desk")[0] + "/desk/tickets")
    page.locator("#rows tr").first.wait_for()
    assert hindrances(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= look["viewport"]["width"]

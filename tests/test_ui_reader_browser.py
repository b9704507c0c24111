"""The reader in a real browser: links, finding words, contents, the frame, paper, access for all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from index.records import RepairedText, SourceMap
from tests.browser import MIDDLE, PHONE, WIDE, Visitor, hindrances, serving
from tests.page_samples import SampleCatalogue, SampleLibrary, corpus_answerer, house, notice_titled
from tests.ui_samples import DOCUMENT, NOTICE
from ui.api import application
from ui.reader.routes import routes
from ui.web import build_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FIRE = "/notice/16bf0b1f14136857"  # 第一条 … 第十九条
MARGIN = "/notice/30b8009155851643"  # 第一章 … 第六章, 第一条 … 第三十条
FUNERAL = "/notice/254ab3f2b5f4e7ff"
TWICE = "/notice/16c6b6a2ab37304f"  # prints 第十四条 twice
LIST = "/notice/830957fc9fd031ae"  # its one attachment is a table
PRICES = "/notice/2428b28efa66b1d5"
EXPLAINER = "/notice/d4f23977b952007d"
TARGET = "document.querySelector(':target')?.id ?? ''"
FOUND = "[...(CSS.highlights.get('wz-found') ?? [])].map(String)"
NOW = "[...(CSS.highlights.get('wz-found-now') ?? [])].map(String).join()"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(build_app(house(corpus_answerer(), tmp_path_factory.mktemp("desk")))) as address:
        yield address


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for the many small questions; each begins with a fresh page."""
    page = browser.new_page()
    page.set_default_timeout(10_000)
    yield page
    page.close()


def fresh(tab: Page, address: str) -> Page:
    """The page there, loaded anew, also where only what follows the # is another."""
    tab.goto("about:blank")
    tab.goto(address)
    return tab


def until(page: Page, holds: str) -> None:
    """Wait for an expression to hold. Asked from here: the pages' policy lets nothing be compiled within them."""
    end = time.monotonic() + 5
    while not page.evaluate(holds):
        assert time.monotonic() < end, holds
        page.wait_for_timeout(20)


# ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "hash_", "led_to"),
    [
        (FIRE, "第十二条", "第十二条"),
        (FIRE, quote("第十二条"), "第十二条"),
        (FIRE, "第12条", "第十二条"),
        (FIRE, quote("第１２条"), "第十二条"),
        (FIRE, "第%20十二%20条", "第十二条"),
        (FIRE, "第三条", "第三条"),  # not 第十三条
        (FIRE, "第3条", "第三条"),
        (FIRE, "第十三条第二款", "第十三条第二款"),
        (FIRE, "第13条第2款", "第十三条第二款"),
        (FIRE, "第十三条第一款", "第十三条"),  # the line that bears the number
        (FIRE, "第十三条第（一）项", "第十三条第一款第(一)项"),
        (FIRE, "第13条第3项", "第十三条第一款第(三)项"),
        (TWICE, "第十四条", "第十四条"),
        (TWICE, "第14条-2", "第十四条-2"),
        (LIST, "附件", "附件"),
        (LIST, "附件1", "附件"),  # it has but one
        (LIST, "附件一", "附件"),
        (MARGIN, "第2章", "第二章"),
    ],
)
def test_a_link_to_an_article_however_it_is_spelt(tab: Page, address: str, path: str, hash_: str, led_to: str) -> None:
    page = fresh(tab, f"{address}{path}#{hash_}")
    until(page, f"({TARGET}) === {led_to!r}")
    top = page.evaluate("document.querySelector(':target').getBoundingClientRect().top")
    assert 0 <= top < 300
    assert page.inner_text("#wz-told") == ""


@pytest.mark.parametrize(
    ("hash_", "led_to", "told"),
    [
        ("第二十条", "", "本件没有“第二十条”。请从目录选择，或在本件中查找。"),
        ("第十二条第九款", "第十二条", "本件没有“第十二条第九款”，已显示第十二条。"),
        ("%", "", "本件没有“%”。请从目录选择，或在本件中查找。"),
        ("<img src=x onerror=alert(1)>", "", "本件没有“<img src=x onerror=alert(1)>”。请从目录选择，或在本件中查找。"),
        ("cited", "", "引用的文字在本件中找不到了，文件可能已经更新。"),
    ],
)
def test_a_link_to_what_is_not_there_is_told(tab: Page, address: str, hash_: str, led_to: str, told: str) -> None:
    page = fresh(tab, f"{address}{FIRE}#{hash_}")
    until(page, "document.querySelector('#wz-told').textContent")
    assert page.evaluate("document.querySelector('#wz-told').firstChild.data") == told
    assert page.evaluate(TARGET) == led_to
    page.click("#wz-told button")
    assert not page.is_visible("#wz-told")


ATTACHED = "关于办法的通知\n第一条 甲。\n第十三条 乙。\n附件1\n第一条 丙。\n附件2\n第三条 丁。\n第二款。"


@pytest.fixture(scope="module")
def attached() -> Iterator[str]:
    """A notice with two attachments, which count their articles anew."""
    body = RepairedText(ATTACHED, SourceMap.of(range(len(ATTACHED))))
    notice = replace(NOTICE, title="关于办法的通知", attachments=(), references=(), body=body)
    library = SampleLibrary(SampleCatalogue((notice,), (DOCUMENT,)))
    with serving(application(routes(lambda: library))) as address:
        yield f"{address}/notice/{notice.id}"


@pytest.mark.parametrize(
    ("hash_", "words", "told"),
    [
        ("第一条", "第一条 甲。", ""),
        ("第13条", "第十三条 乙。", ""),
        ("附件1", "附件1", ""),
        ("附件二", "附件2", ""),
        ("附件（2）", "附件2", ""),
        ("附件2 第3条", "第三条 丁。", ""),
        ("附件一第一条", "第一条 丙。", ""),
        ("附件2第三条第二款", "第二款。", ""),
        ("第三条", "第三条 丁。", "正文没有“第三条”，已显示附件里的这一条：附件2第三条。"),  # and not 第十三条
        ("附件3", "", "本件没有“附件3”。请从目录选择，或在本件中查找。"),
        ("附件2第十三条", "", "本件没有“附件2第十三条”。请从目录选择，或在本件中查找。"),
    ],
)
def test_a_link_into_an_attachment(tab: Page, attached: str, hash_: str, words: str, told: str) -> None:
    page = fresh(tab, f"{attached}#{hash_}")
    until(page, "document.querySelector(':target') || document.querySelector('#wz-told').textContent")
    page.wait_for_timeout(50)
    assert page.evaluate("document.querySelector(':target')?.textContent ?? ''") == words
    assert page.evaluate("document.querySelector('#wz-told').firstChild?.data ?? ''") == told


def test_a_hash_that_changes_is_followed(visitor: Visitor) -> None:
    page = visitor.open(FIRE)
    page.evaluate("location.hash = '第99条'")
    until(page, "document.querySelector('#wz-told').textContent")
    page.evaluate("location.hash = '第15条'")
    until(page, f"({TARGET}) === '第十五条'")
    assert not page.is_visible("#wz-told")


def test_the_link_of_an_article_is_copied_by_mouse_and_by_keyboard(visitor: Visitor) -> None:
    page = visitor.open(FIRE, permissions=["clipboard-read", "clipboard-write"])
    page.hover("#第四条")
    button = page.get_by_role("button", name="复制第四条的链接")
    button.click()
    until(page, "document.querySelector('.copy').textContent === '已复制'")
    link = f"{visitor.address}{FIRE}#{quote('第四条')}"
    assert page.evaluate("navigator.clipboard.readText()") == link
    assert "已复制第四条的链接。" in page.inner_text("#wz-told")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "第五条"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "复制第五条的链接"
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#wz-told').textContent.includes('第五条')")
    assert page.evaluate("navigator.clipboard.readText()") == f"{visitor.address}{FIRE}#{quote('第五条')}"


# ── finding words ───────────────────────────────────────────────────────────────────────────────────────────────


def find(page: Page, words: str) -> str:
    """Type into the field by keyboard; what the count says."""
    page.keyboard.press("/")
    page.keyboard.type(words)
    until(page, "document.querySelector('#wz-found').textContent")
    return page.inner_text("#wz-found")


def test_words_are_found_counted_and_gone_through(visitor: Visitor) -> None:
    page = visitor.open(FIRE)
    assert notice_titled("消防安全责任制").text.count("消防设施") == 5
    assert find(page, "消防设施") == "1 / 5"
    assert page.evaluate(FOUND) == ["消防设施"] * 5
    page.keyboard.press("Enter")
    assert page.inner_text("#wz-found") == "2 / 5"
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    assert page.inner_text("#wz-found") == "5 / 5"
    assert page.evaluate(NOW) == "消防设施"
    top = page.evaluate("[...CSS.highlights.get('wz-found-now')][0].getBoundingClientRect().top / innerHeight")
    assert 0 < top < 1
    page.click("[aria-label=下一处]")
    assert page.inner_text("#wz-found") == "1 / 5"
    page.focus("#wz-find")
    page.keyboard.press("Escape")
    assert page.input_value("#wz-find") == ""
    assert page.evaluate(FOUND) == []
    assert page.inner_text("#wz-found") == ""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("普通 火化炉400元／具", "普通火化炉400元/具"),
        ("普通火化炉４００元", "普通火化炉400元"),
        ("同政办规[2024]3号", "同政办规〔2024〕3号"),
        ("办公室关于实施", "办公室关于实施"),  # over the line break of the title
    ],
)
def test_another_spelling_finds_the_same(tab: Page, address: str, words: str, found: str) -> None:
    page = fresh(tab, f"{address}{FUNERAL}")
    assert find(page, words).startswith("1 / ")
    assert page.evaluate(f"{NOW}.replace(/\\s/g, '')") == found


def test_words_do_not_run_from_one_paragraph_into_the_next(visitor: Visitor) -> None:
    page = visitor.open(FUNERAL)
    text = notice_titled("惠民殡葬").text
    first, second = text.split("\n")[-2:]
    assert find(page, first[-3:] + second[:3]) == "没有找到"
    assert page.is_disabled("[aria-label=下一处]")


def test_words_are_found_within_and_around_the_cited_ones(visitor: Visitor) -> None:
    text = notice_titled("惠民殡葬").text
    start = text.index("普通火化炉400元/具")
    page = visitor.open(f"{FUNERAL}?s={start}&e={start + 11}#cited")
    assert find(page, "遗体火化费。普通火化炉") == "1 / 1"
    assert page.evaluate(NOW) == "遗体火化费。普通火化炉"
    assert page.inner_text("mark") == "普通火化炉400元/具"


@pytest.mark.parametrize("cited", [False, True])
def test_a_browser_without_highlights_marks_the_words_and_leaves_the_text_as_it_was(
    browser: Browser, address: str, cited: bool
) -> None:
    text = notice_titled("惠民殡葬").text
    start = text.index("普通火化炉400元/具")
    page = browser.new_page()
    page.set_default_timeout(10_000)
    page.add_init_script("delete window.Highlight")
    page.goto(f"{address}{FUNERAL}" + (f"?s={start}&e={start + 11}" if cited else ""))
    before = page.inner_html("#wz-text")
    assert find(page, "火化炉400元").startswith("1 / ")
    marked = page.evaluate("[...document.querySelectorAll('mark.found')].map(mark => mark.textContent).join('|')")
    assert set(marked.split("|")) == {"火化炉400元"}
    page.keyboard.press("Enter")
    assert page.locator("mark.found.now").count() == 1
    page.fill("#wz-find", "遗体火化费。普通")  # half of it is cited
    until(page, "document.querySelector('mark.found')?.textContent.startsWith('遗体')")
    assert page.evaluate("[...document.querySelectorAll('mark.found.now')].map(m => m.textContent).join('')") == (
        "遗体火化费。普通"
    )
    page.keyboard.press("Escape")
    assert page.inner_html("#wz-text") == before
    page.close()


def test_a_hostile_question_and_a_hostile_notice_are_text(visitor: Visitor) -> None:
    page = visitor.open("/notice/hostile")
    assert find(page, "<img src=x onerror=alert(4)>").startswith("1 / ")
    assert page.locator("img").count() == 0
    assert "<script>alert(1)</script>${alert(2)}" in page.title()


# ── contents ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_contents_follow_the_text_and_fold(visitor: Visitor) -> None:
    page = visitor.open(MARGIN)
    page.click(".contents a >> text=第三章")
    until(page, "document.querySelector('.contents [aria-current]')?.textContent.startsWith('第三章')")
    assert page.evaluate("document.querySelector('.sheet aside').getBoundingClientRect().top") == 0  # it stays
    fold = page.get_by_role("button", name="展开或收起：第三章")
    below = page.locator(".contents li:has(> a[href='#%E7%AC%AC%E4%B8%89%E7%AB%A0']) > ol")
    assert below.is_visible()
    fold.focus()
    page.keyboard.press("Enter")
    assert not below.is_visible()
    assert fold.get_attribute("aria-expanded") == "false"
    page.evaluate("document.getElementById('第三十条').scrollIntoView()")
    until(page, "document.querySelector('.contents [aria-current]')?.textContent.startsWith('第三十条')")
    box = page.locator(".contents [aria-current]").bounding_box()
    assert box
    assert 0 <= box["y"] <= 900


def test_on_a_phone_the_contents_fold_away_and_wide_tables_scroll_within(visitor: Visitor) -> None:
    page = visitor.open(MARGIN, PHONE)
    assert not page.is_visible(".contents nav")
    page.click(".contents summary")
    page.click(".contents a >> text=第四章")
    until(page, "!document.querySelector('.contents').open")
    top = page.evaluate("document.getElementById('第四章').getBoundingClientRect().top")
    assert 56 <= top < 200  # below the field, which stays at the top
    page = visitor.open(PRICES, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = "[...document.querySelectorAll('.table')].some((box) => box.scrollWidth > box.clientWidth)"
    assert page.evaluate(wide)


# ── the frame, paper ────────────────────────────────────────────────────────────────────────────────────────────


def framed(visitor: Visitor, **as_who: Any) -> Page:
    """The citizen's page with a notice beside the answer."""
    page = visitor.open("/", **as_who)
    page.fill("#wz-question textarea", "火化费能减免多少？")
    page.press("#wz-question textarea", "Enter")
    page.click(".answer .mark >> nth=0")
    page.frame_locator("#wz-reader iframe").locator("#cited").wait_for()
    return page


def test_in_the_frame_the_first_escape_clears_the_field_and_the_next_leads_back(visitor: Visitor) -> None:
    page = framed(visitor)
    reader = page.frame_locator("#wz-reader iframe")
    reader.locator("#wz-find").fill("火化")  # it has loaded
    reader.locator(".ways").wait_for(state="hidden")  # the page around it has the way back
    reader.locator("#wz-find").press("Escape")
    assert reader.locator("#wz-find").input_value() == ""
    assert page.is_visible("#wz-reader")
    reader.locator("#wz-find").press("Escape")
    page.wait_for_selector("#wz-reader", state="hidden")


def test_on_paper_stands_the_text_and_its_source_and_nothing_to_click(visitor: Visitor) -> None:
    page = visitor.open(FUNERAL)
    page.emulate_media(media="print")
    for hidden in (".ways", "aside", ".tools", ".find"):
        assert not page.locator(hidden).first.is_visible()
    said = page.inner_text(".imprint")
    assert (
        "出处：《大同市人民政府办公室关于实施惠民殡葬政策的通知》（同政办规〔2024〕3号），大同市人民政府办公室" in said
    )
    assert f"本页地址：{visitor.address}{FUNERAL}" in said


# ── access for all ──────────────────────────────────────────────────────────────────────────────────────────────

FACES: dict[str, dict[str, Any]] = {
    "wide": {"viewport": WIDE},
    "dark": {"viewport": MIDDLE, "color_scheme": "dark"},
    "high contrast": {"viewport": MIDDLE, "contrast": "more"},
    "phone": {"viewport": PHONE},
}


@pytest.mark.parametrize("face", FACES)
def test_nothing_hinders_a_reader(visitor: Visitor, face: str) -> None:
    for path in (MARGIN, PRICES, EXPLAINER, "/notice/1eb477850386b019", f"{FUNERAL}/original", "/notice/none"):
        page = visitor.open(path, **FACES[face]) if path != "/notice/none" else missing(visitor, FACES[face])
        assert hindrances(page) == []
    page = visitor.open(MARGIN, **FACES[face])
    find(page, "家庭")
    page.evaluate("location.hash = '第九十九条'")
    until(page, "document.querySelector('#wz-told').textContent")
    assert hindrances(page) == []


def missing(visitor: Visitor, face: dict[str, Any]) -> Page:
    """The page in place of a notice that is not there; the browser calls its status an error."""
    page = visitor.open(MARGIN, **face)
    page.goto(f"{visitor.address}/notice/none")
    visitor.wrong[:] = [said for said in visitor.wrong if "404" not in said]
    return page


@pytest.mark.parametrize("face", FACES)
def test_nothing_hinders_whoever_looks_through_the_list(visitor: Visitor, face: str) -> None:
    page = visitor.open("/notices", **FACES[face])
    assert hindrances(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.fill("[name=q]", "殡葬")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notices?q=*")
    assert page.locator(".notices li").count() == 2
    page.click(".notices a >> nth=0")
    page.wait_for_selector("#wz-text")


def test_nothing_hinders_a_reader_in_the_frame(visitor: Visitor) -> None:
    page = framed(visitor)
    assert hindrances(page.frames[-1]) == []  # type: ignore[arg-type]

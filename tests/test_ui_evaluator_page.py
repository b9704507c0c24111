"""The evaluator's desk in a real browser: from a run to a case, a mark, a comparison, a proposed case, the export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.runs import write_run
from eval.scores import Result
from qa.records import Question, Status
from tests.browser import MIDDLE, PHONE, WIDE, Visitor, hindrances, serving
from tests.eval_samples import five_results, run_of
from tests.page_samples import corpus_answerer, house, notice_titled
from tests.test_ui_evaluator_cases import FEES, OneFinder
from ui.api import application
from ui.evaluator.glance import Glances
from ui.proposals import Origin, propose
from ui.records import Role
from ui.shown import Shown
from ui.web import routes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

NAME, PASSWORD = "评测员", "一个很长的口令：甲乙丙丁"
PAGES = (
    *("/eval", "/eval/runs/dev-one", "/eval/runs/test-one", "/eval/runs/dev-one/cases/2", "/eval/runs/dev-one/marks"),
    *("/eval/compare?a=dev-one&b=dev-two", "/eval/runs/dev-two/cases/1?with=dev-one"),
    *("/eval/proposals", "/eval/proposals/1"),
)
FACES = ((WIDE, "light", False), (MIDDLE, "dark", False), (PHONE, "dark", True))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("evaluator")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        _write_runs(folder / "data" / "wenzheng" / "runs", Glances(folder / "desk"))
        answerer = replace(corpus_answerer(), retriever=OneFinder(notice_titled("惠民殡葬")))  # type: ignore[arg-type]
        opened = house(answerer, folder / "desk")
        opened.accounts.add(NAME, Role.EVALUATOR, PASSWORD)
        shown = Shown.of(answerer.answer(Question("火化费减免多少？")))
        with opened.store.change():
            propose(opened.store, Origin.FEEDBACK, "人没了烧一下收不收钱", shown, "答非所问", place="大同市")
        with serving(application(routes(opened), opened.accounts.of_session)) as address:
            yield address
        opened.store.close()


def _write_runs(runs: Path, glances: Glances) -> None:
    """dev-one; dev-two, in which the first case is refused; and a test run."""
    first = run_of(five_results())
    outcomes = [result.outcome for result in first.results]
    outcomes[0] = replace(outcomes[0], status=Status.REFUSED, text="没有写到。", citations=())
    second = run_of(tuple(map(Result.of, outcomes)))
    test = replace(first, setup=replace(first.setup, split="test", k=9))
    for name, run in (("dev-one", first), ("dev-two", second), ("test-one", test)):
        (runs / name).mkdir(parents=True)
        write_run(run, runs / name)
        glances.make(runs / name)


def signed_in(visitor: Visitor, viewport: dict[str, int] = WIDE, scheme: str = "light") -> Page:
    page = visitor.open("/login", viewport, color_scheme=scheme)
    page.set_default_timeout(30_000)
    visitor.sign_in(page, NAME, PASSWORD)
    return page


def test_from_a_run_to_an_exported_case(visitor: Visitor) -> None:
    page = signed_in(visitor)
    page.click("text=dev-one")
    page.click("text=逐题 >> nth=0")

    page.select_option("[name=asker]", "agent")
    page.click(".filters button")
    page.wait_for_selector("text=1 / 5 题")
    page.focus("details.case summary")
    page.keyboard.press("Enter")  # by keyboard
    page.wait_for_selector("details.case .part.marks")
    assert "有补助" in page.inner_text(".part.answer")

    page.fill("details.case [name=reason]", "其实说到了")
    page.click("text=判为对")
    page.wait_for_selector("[aria-pressed=true]:has-text('判为对')")
    assert page.evaluate("document.activeElement.textContent") == "判为对"
    assert "其实说到了" in page.inner_text(".part.marks")
    page.reload()
    assert "评测员判对" in page.inner_text("details.case summary")
    page.click("text=人工判断 >> nth=0")
    page.wait_for_url("**/marks")
    assert "不一致的（1）" in page.inner_text("main")

    page.click("text=比较两次")
    page.select_option("[name=a]", "dev-one")
    page.select_option("[name=b]", "dev-two")
    page.click("form[action='/eval/compare'] button")
    page.click("details.case summary >> nth=0")
    page.wait_for_selector(".sides")
    assert page.locator(".sides .side").count() == 2
    assert "补助5000元" in page.inner_text(".side >> nth=0")
    assert "没有写到。" in page.inner_text(".side >> nth=1")

    page.click("text=建议的题")
    page.click("text=人没了烧一下收不收钱")
    page.click("text=采纳为题")
    page.wait_for_selector("text=还不能采纳")
    page.wait_for_function("document.activeElement.id === 'said'")  # read aloud next
    page.fill("[name=words]", "火化")
    page.press("[name=words]", "Enter")
    page.wait_for_selector(".hit")
    page.evaluate(
        """() => { const text = document.querySelector(".hit .passage").firstChild;
                   document.getSelection().setBaseAndExtent(text, 6, text, text.length); }"""
    )
    page.click("[data-picks]")
    page.wait_for_selector("[name=quote_0]")
    assert page.input_value("[name=quote_0]") == FEES[6:]
    page.fill("[name=gold_answer]", "普通火化炉火化费减免400元。")
    page.fill("[name=facts]", "400元 / 四百元")
    page.select_option("[name=type]", "amount")
    page.click("text=采纳为题")
    page.wait_for_selector("text=已采纳（1）")
    with page.expect_download() as download:
        page.click("text=导出采纳的题")
    exported = Path(download.value.path()).read_text("utf-8")
    assert '"question": "人没了烧一下收不收钱"' in exported
    assert download.value.suggested_filename == "cases.jsonl"


def test_cases_of_a_test_run_open_after_a_clear_word(visitor: Visitor) -> None:
    page = signed_in(visitor)
    page.goto(f"{visitor.address}/eval/runs/test-one")
    assert page.locator("details.case").count() == 0
    page.click("text=打开逐题")
    assert page.locator("details.case").count() == 0  # the browser asks for the tick
    page.check("[name=sure]")
    page.click("text=打开逐题")
    page.wait_for_selector("details.case")
    assert "打开过的：评测员" in page.inner_text("#cases")


@pytest.mark.parametrize(("viewport", "scheme", "contrast"), FACES)
def test_no_page_hinders_anybody(visitor: Visitor, viewport: dict[str, int], scheme: str, contrast: bool) -> None:
    page = signed_in(visitor, viewport, scheme)
    if contrast:
        page.click("[data-prefers=contrast]")
    for path in PAGES:
        page.goto(visitor.address + path)
        for each in page.locator("details:not([data-case])").all():
            each.evaluate("(details) => { details.open = true; }")
        assert hindrances(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path


def test_everything_works_without_the_script(browser: Browser, address: str) -> None:
    context: BrowserContext = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{address}/login")
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.goto(f"{address}/eval/runs/dev-one")
    page.click("details.case summary >> nth=1")
    page.click("text=打开这一题 >> nth=1")
    page.wait_for_url("**/cases/3")
    page.fill("[name=reason]", "没有答")
    page.click("text=判为错")
    page.wait_for_selector("[aria-pressed=true]:has-text('判为错')")
    page.click("text=收回")
    page.wait_for_url("**/cases/3")
    assert page.locator("[aria-pressed=true]:has-text('判为错')").count() == 0
    context.close()

"""The real pages in a real browser: serving an application, driving Chromium, asking axe-core what hinders whom.

axe/axe.min.js is axe-core 4.14.1 (Deque, MPL 2.0) as npm has it.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI

from ui.listening import listen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1440, "height": 900}
MIDDLE = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}
_AXE = Path(__file__).parent / "axe" / "axe.min.js"
_WEIGHTY = ("serious", "critical")


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of an application, for as long as the block lasts."""
    import uvicorn

    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)


@contextmanager
def running() -> Iterator[Browser]:
    """Chromium without a window. Skips the test where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Opens pages as one person after another, and keeps whatever leaves the machine, is refused, or breaks."""

    browser: Browser
    address: str
    wrong: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, path: str = "/", viewport: dict[str, int] = WIDE, **as_who: Any) -> Page:
        """A new person's page: no cookie, nothing kept. `as_who`: color_scheme, contrast, forced_colors …

        Nothing moves unless `as_who` says so: a colour that is looked at while it fades is neither old nor new.
        """
        still = {"reduced_motion": "reduce", **as_who}
        context = self.browser.new_context(viewport=viewport, locale="zh-CN", **still)  # type: ignore[arg-type]
        self._contexts.append(context)
        return self.open_in(context, path)

    def open_in(self, context: BrowserContext, path: str = "/") -> Page:
        """One more tab of a person."""
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda r: None if self._local(r.url) else self.wrong.append(r.url))
        page.on("console", lambda m: self.wrong.append(m.text) if m.type == "error" and not _left(m.text) else None)
        page.on("pageerror", lambda e: None if _left(str(e)) else self.wrong.append(str(e)))
        page.on("dialog", lambda d: self.wrong.append(d.message))
        page.goto(self.address + path)
        if path == "/":
            page.wait_for_selector("#wz-send")
            page.wait_for_function("window.wenzhengReady")
        return page

    def sign_in(self, page: Page, name: str, password: str) -> None:
        """By the form of /login, on which the page stands."""
        page.fill("[name=name]", name)
        page.fill("[name=password]", password)
        page.click("button.primary")
        page.wait_for_url(lambda url: "/login" not in url)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _local(self, url: str) -> bool:
        return url.startswith(self.address) or urlsplit(url).scheme in ("data", "about", "blob")


def _left(error: str) -> bool:
    """What Gradio's client throws and says where a page is left while something still streams to it."""
    aborted = ("AbortError: BodyStreamBuffer was aborted", "AbortError: signal is aborted")
    return error.startswith(aborted) or "Connection errored out." in error


def hindrances(page: Page, within: str = "") -> list[str]:
    """What axe-core finds serious or critical: rule, help, and where. `within`: a CSS selector; "" for the page.

    Run from the driver, not by the page: the pages' policy forbids scripts from elsewhere, as it should.
    """
    page.evaluate(_AXE.read_text("utf-8"))
    found = page.evaluate(
        "(within) => axe.run(within || document, {resultTypes: ['violations'], iframes: false})", within
    )
    return [
        f"{each['id']}: {each['help']}: {node['target']}"
        for each in found["violations"]
        if each["impact"] in _WEIGHTY
        for node in each["nodes"]
    ]

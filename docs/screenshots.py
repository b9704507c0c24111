"""Takes the README's screenshots from the real pages: python docs/screenshots.py

In a folder of its own it indexes the bundled gazettes, scores the dev questions, opens an account and serves the three
desks on a free port; drives Chromium (Debian: package chromium) with Playwright. Writes docs/images/*.png.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
WENZHENG = (sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
QUESTION = "火化费能减免多少？"
STORY = (
    "喂您好，我姓王，电话13800138000。我父亲上个月在市殡葬服务中心火化的，当时也没人跟我说有什么政策，"
    "我昨天听邻居讲费用能减。我想问一下，遗体火化费能减免多少？"
)
NAME, PASSWORD = "李坐席", "一个很长的口令2024"


def run(*arguments: str, typed: str = "") -> None:
    """One `wenzheng …`; its output is nobody's."""
    quiet = subprocess.DEVNULL
    subprocess.run([*WENZHENG, *arguments], check=True, stdout=quiet, stderr=quiet, input=typed, text=True)  # noqa: S603


@contextmanager
def at_home() -> Iterator[Path]:
    """A folder where library, desk and runs lie for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ |= {"XDG_DATA_HOME": folder, "WENZHENG_LIBRARY": f"{home / 'library'}"}
        os.environ["WENZHENG_DESK"] = f"{home / 'desk'}"
        run("index")
        run("eval", "--output", f"{home / 'wenzheng' / 'runs' / 'dev'}")
        run("user", "add", NAME, "--role", "admin", typed=PASSWORD)
        yield home


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server, for as long as the block lasts."""
    command = [*WENZHENG, "serve", "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603
    try:
        for line in server.stderr or ():
            found = re.search(r"http://\S+", line)
            if found:
                yield found[0]
                return
        raise SystemExit("the server did not start")
    finally:
        server.terminate()
        server.wait()


def opened(browser: Browser, width: int, height: int, scheme: str = "light") -> Page:
    """An empty page of this size."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="zh-CN",
    )
    return context.new_page()


def citizen(browser: Browser, address: str) -> None:
    """Answer and reader, wide and light; the same in the dark; on a phone."""
    for name, width, height, scheme in (
        ("reader-light", 1440, 900, "light"),
        ("reader-dark", 1440, 900, "dark"),
        ("reader-phone", 390, 844, "light"),
    ):
        page = opened(browser, width, height, scheme)
        page.goto(address)
        page.wait_for_function("window.wenzhengReady")
        page.fill("#wz-question textarea", QUESTION)
        page.press("#wz-question textarea", "Enter")
        page.wait_for_selector(".answer")
        if name == "reader-phone":
            page.screenshot(path=IMAGES / "answer-phone.png")
        page.click(".answer .text .mark >> nth=0")
        page.frame_locator("#wz-reader iframe").locator("#cited").wait_for()
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)
        page.screenshot(path=IMAGES / f"{name}.png")
        page.context.close()


def signed_in(browser: Browser, address: str, path: str) -> Page:
    """A page behind the login."""
    page = opened(browser, 1440, 900)
    page.goto(address + path)
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"**{path}")
    return page


def agent(browser: Browser, address: str) -> None:
    """A caller's story, masked, and the draft that answers it."""
    page = signed_in(browser, address, "/desk")
    page.fill("#story", STORY)
    page.press("#story", "Control+Enter")
    page.wait_for_selector("#sources li")
    page.wait_for_timeout(1000)
    page.screenshot(path=IMAGES / "desk.png")
    page.context.close()


def evaluator(browser: Browser, address: str) -> None:
    """A run, its figures and plots."""
    page = signed_in(browser, address, "/eval")
    page.click("main table a >> nth=0")
    while not page.locator("svg").count():  # it is scored when it is first opened
        page.wait_for_timeout(1000)
        page.reload()
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / "evaluation.png")
    page.context.close()


def report(browser: Browser, home: Path) -> None:
    """The plots of an evaluation report over the dev questions."""
    run("eval", "report", "dev")
    page = opened(browser, 1120, 900)
    page.goto(f"file://{home / 'wenzheng' / 'runs' / 'dev'}/report.html#plots")
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / "report.png")


def main() -> None:
    """All of them."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium on this machine (Debian: apt-get install chromium)")
    IMAGES.mkdir(exist_ok=True)
    with at_home() as home, serving() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for desk in (citizen, agent, evaluator):
            desk(browser, address)
        report(browser, home)
        browser.close()


if __name__ == "__main__":
    main()

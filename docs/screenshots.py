"""Takes the README's screenshots from the real page: python docs/screenshots.py

Indexes the bundled gazettes into a folder of its own, serves them on a free port, and drives Chromium (Debian: package
chromium) with Playwright; writes an evaluation report besides. Writes docs/images/*.png.
"""

from __future__ import annotations

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


def run(*arguments: str) -> None:
    """One `wenzheng …`; its output is nobody's."""
    quiet = subprocess.DEVNULL
    subprocess.run([*WENZHENG, *arguments], check=True, stdout=quiet, stderr=quiet)  # noqa: S603


def report(browser: Browser) -> None:
    """The plots of an evaluation report over the dev questions."""
    with tempfile.TemporaryDirectory() as folder:
        library, outcome = f"{folder}/library", f"{folder}/run"
        run("index", "--library", library)
        run("eval", "--library", library, "--output", outcome)
        run("eval", "report", outcome)
        page = browser.new_page(viewport={"width": 1120, "height": 900}, locale="zh-CN")
        page.goto(f"file://{outcome}/report.html#plots")
        page.wait_for_timeout(500)
        page.screenshot(path=IMAGES / "report.png")


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server over the bundled gazettes, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as library:
        run("index", "--library", library)
        command = [*WENZHENG, "serve", "--port", "0", "--library", library]
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


def opened(browser: Browser, address: str, width: int, height: int, scheme: str) -> Page:
    """The page with one question answered."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="zh-CN",
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_function("window.wenzhengReady")
    page.fill("#wz-question textarea", QUESTION)
    page.press("#wz-question textarea", "Enter")
    page.wait_for_selector(".answer")
    return page


def read_first_citation(page: Page) -> None:
    """Open the notice at the words that the answer rests on."""
    page.click(".answer .text .mark >> nth=0")
    page.frame_locator("#wz-reader iframe").locator("#cited").wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)


def main() -> None:
    """Answer and reader, wide and light; the same in the dark; on a phone. An evaluation report."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no Chromium on this machine (Debian: apt-get install chromium)")
    IMAGES.mkdir(exist_ok=True)
    with serving() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for name, width, height, scheme in (
            ("reader-light", 1440, 900, "light"),
            ("reader-dark", 1440, 900, "dark"),
            ("reader-phone", 390, 844, "light"),
        ):
            page = opened(browser, address, width, height, scheme)
            if name == "reader-phone":
                page.screenshot(path=IMAGES / "answer-phone.png")
            read_first_citation(page)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.context.close()
        report(browser)
        browser.close()


if __name__ == "__main__":
    main()

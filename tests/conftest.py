"""What several files of tests are given: a running Chromium, and a visitor of the service that the file serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser import Visitor


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Skips the test where there is no Chromium."""
    from tests.browser import running

    with running() as browser:
        yield browser


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    """Fails if anything leaves the machine, is refused, or breaks in the browser's console."""
    from tests.browser import Visitor

    visitor = Visitor(browser, address)
    yield visitor
    visitor.close()
    assert visitor.wrong == []

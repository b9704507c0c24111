"""The page /api: all that the description says, and nothing that a browser would take for more than text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser import MIDDLE, PHONE, WIDE, Visitor, hindrances, running, serving
from tests.page_samples import corpus_answerer, house
from tests.program_samples import handler_of, plain_app, read
from ui.programs.manual import manual_page
from ui.programs.routes import routes
from ui.records import Visit


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    made = routes(house(corpus_answerer(), tmp_path_factory.mktemp("desk")))
    html = str(handler_of(made, "GET", "/api")(Visit()).body)
    return html, str(read(handler_of(made, "GET", "/openapi.json")(Visit())))


def test_every_address_field_and_object_stands_there(page: tuple[str, str]) -> None:
    html, description = page
    for path in re.findall(r"'(/(?:api|v1)/[\w/]+)'", description):
        assert f"<code>{path}</code></h2>" in html
    for name in ("question", "history", "asked_on", "stream_options.include_usage", "citations", "messages[].role"):
        assert f"<code>{name}</code>" in html
    assert "curl http://127.0.0.1:7860/api/ask" in html
    assert "place=%E5%A4%A7%E5%90%8C%E5%B8%82&amp;limit=10" in html


def test_each_link_within_the_page_leads_somewhere(page: tuple[str, str]) -> None:
    html, _ = page
    ids = set(re.findall(r'\bid="?([\w]+)', html))
    assert set(re.findall(r'href="#(\w+)"', html)) <= ids


def test_what_a_description_says_is_text() -> None:
    hostile = "<script>alert(1)</script>"
    operation = {"summary": hostile, "operationId": "x", "description": hostile, "responses": {}}
    schema = {
        "type": "object",
        "description": hostile,
        "properties": {"a": {"enum": [hostile], "description": hostile}},
    }
    html = manual_page(
        {
            "info": {"description": hostile},
            "paths": {f"/{hostile}": {"get": operation}},
            "components": {"schemas": {"X": schema}},
        }
    )
    assert hostile not in html
    assert html.count("&lt;script&gt;") >= 6


def test_it_can_be_used_by_all_on_every_screen(tmp_path: Path) -> None:
    with running() as browser, serving(plain_app(house(corpus_answerer(), tmp_path))) as address:
        visitor = Visitor(browser, address)
        for viewport, scheme in ((WIDE, "light"), (MIDDLE, "dark"), (PHONE, "light")):
            page = visitor.open("/api", viewport, color_scheme=scheme)
            assert hindrances(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        visitor.close()
        assert visitor.wrong == []

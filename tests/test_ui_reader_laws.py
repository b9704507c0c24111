"""Laws over all bundled notices: nothing of a text is lost, each article can be reached, no link leads nowhere."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from index.provisions import provisions
from index.records import Notice, ProvisionKind
from index.text import squeeze
from tests.page_samples import bundled
from ui.reader.notice import notice_page
from ui.reader.slots import slots


class Page(HTMLParser):
    """The words of a page by the id under which they stand, all of its ids, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: dict[str, str] = {}
        self._under = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if name := named.get("id"):
            self.ids.append(name)
        if tag in ("p", "h2", "h3", "h4", "div", "footer"):
            self._under = name or ""
        if tag == "a" and (href := named.get("href")):
            self.links.append(href)

    def handle_data(self, data: str) -> None:
        self.words[self._under] = self.words.get(self._under, "") + data


@pytest.fixture(scope="module", params=bundled(), ids=lambda notice: notice.id)
def read(request: pytest.FixtureRequest) -> tuple[Notice, Page]:
    notice: Notice = request.param
    return notice, Page(notice_page(notice, provisions(notice)))


def test_each_article_heading_and_attachment_stands_at_an_address_of_its_own(read: tuple[Notice, Page]) -> None:
    notice, page = read
    tree = provisions(notice)
    named = slots(tree)
    led_to = [p for p in tree if p.kind in (ProvisionKind.ARTICLE, ProvisionKind.HEADING, ProvisionKind.ATTACHMENT)]
    for provision in led_to:
        line = notice.text[provision.span.start : provision.span.end].split("\n")[0]
        assert squeeze(page.words[named[provision.span.start]]).startswith(squeeze(line))
    assert len({named[p.span.start] for p in led_to}) == len(led_to)


def test_an_article_is_at_the_address_that_people_use(read: tuple[Notice, Page]) -> None:
    notice, page = read
    for provision in provisions(notice):
        if provision.kind is ProvisionKind.ARTICLE:
            assert squeeze(page.words[squeeze(provision.address)]).startswith(provision.address.split(" ")[-1])


def test_every_link_within_the_page_leads_somewhere_and_no_id_occurs_twice(read: tuple[Notice, Page]) -> None:
    _, page = read
    assert {unquote(href[1:]) for href in page.links if href.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_bundled_notices_are_looked_at() -> None:
    articles = [p for n in bundled() for p in provisions(n) if p.kind is ProvisionKind.ARTICLE]
    assert (len(bundled()), len(articles)) == (61, 155)

"""The reader page: nothing lost, nothing unescaped, the cited words marked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.provisions import provisions
from index.records import Notice, Relation, RelationKind, RepairedText, SourceMap, Span
from index.validity import validity_on
from tests.page_samples import HOSTILE, bundled, gazettes, hostile_notice, notice_titled
from tests.ui_samples import EXPLAINER, NOTICE, SOURCE_TEXT
from ui.markup import notice_address
from ui.reader.head import Related, related
from ui.reader.notice import missing_page, notice_page, original_page

TODAY = date(2024, 7, 1)


def page(notice: Notice, cited: Span | None = None, relations: tuple[Related, ...] = ()) -> str:
    return notice_page(notice, provisions(notice), cited, relations, validity=validity_on(notice, TODAY))


def with_text(text: str) -> Notice:
    return replace(NOTICE, body=RepairedText(text, SourceMap.of(range(len(text)))))


def words_of(html: str) -> str:
    """What a reader sees, without tags and white space."""
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def marks(html: str) -> list[str]:
    return [unescape(re.sub(r"<[^>]*>", "", found)) for found in re.findall(r"<mark[^>]*>(.*?)</mark>", html)]


class Tags(HTMLParser):
    """Counts the elements and attributes of a page as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(f"@{name}" for name, _ in attrs)}


@pytest.mark.parametrize("notice", bundled(), ids=lambda notice: notice.id)
def test_no_character_of_a_notice_is_lost(notice: Notice) -> None:
    shown = words_of(page(notice).split("<body>")[1])
    for line in notice.text.replace("\t", "\n").split("\n"):
        assert "".join(line.split()) in shown


def test_the_cited_words_are_marked_where_they_stand() -> None:
    notice = notice_titled("惠民殡葬")
    start = notice.text.index("普通火化炉400元/具")
    html = page(notice, Span(start, start + 11))
    assert marks(html) == ["普通火化炉400元/具"]
    assert '<p class="paragraph">遗体火化费。<mark id="cited" tabindex="-1">普通火化炉400元/具</mark>。</p>' in html


def test_a_citation_over_paragraphs_marks_each_and_is_led_to_once() -> None:
    html = page(with_text("第一段话。\n\n第二段话。"), Span(3, 9))
    assert marks(html) == ["话。", "第二"]
    assert html.count('id="cited"') == 1


@pytest.mark.parametrize("cited", [Span(5, 6), Span(2, 2), Span(900, 950)])
def test_a_citation_of_no_words_marks_nothing(cited: Span) -> None:
    assert marks(page(with_text("第一段话。\n第二段话。"), cited)) == []


def test_a_table_by_columns_is_read_row_by_row() -> None:
    notice = notice_titled("重大行政决策事项目录")
    start = notice.text.index("市生态环境局")
    html = page(notice, Span(start, start + 6))
    head = "".join(f'<th scope="col">{name}</th>' for name in ("序号", "决策事项", "承办单位", "决策时间"))
    assert f"<thead><tr>{head}</tr></thead>" in html
    office = '<mark id="cited" tabindex="-1">市生态环境局</mark>'
    plan = '<td class="long">大同市落实空气质量持续改善行动计划实施方案</td>'
    assert f"<tr><td>2</td>{plan}<td>{office}</td><td>2024年5月</td></tr>" in html


def test_a_head_cell_spans_the_blanks_to_its_right() -> None:
    html = page(notice_titled("城镇基准地价"))
    assert '<th scope="col" colspan="2">I级</th>' in html
    assert "<tr><td>工业</td><td>482</td><td>333</td><td>203</td><td></td><td>控制区548</td></tr>" in html


def test_a_roster_has_no_head_row() -> None:
    html = page(notice_titled("生活垃圾分类"))
    assert "<table><tbody><tr><td>组长:</td><td>郑连生</td><td>市政府市长</td></tr>" in html


def test_an_article_can_be_linked_to_and_stands_in_the_contents() -> None:
    html = page(notice_titled("消防安全责任制"))
    href = 'href="#%E7%AC%AC%E5%8D%81%E4%BA%8C%E6%9D%A1"'
    assert f'<p id="第十二条" class="article"><a class="number" {href}>第十二条</a>' in html
    assert f'<li><a class="brief" {href}>第十二条' in html


def test_the_lines_of_the_title_are_the_heading_of_the_page() -> None:
    html = page(notice_titled("惠民殡葬"))
    assert "<h1>大同市人民政府办公室<br>关于实施惠民殡葬政策的通知</h1>" in html
    assert '<p class="title">' not in html


def test_the_head_says_what_is_known_and_no_more() -> None:
    html = page(NOTICE)
    assert "<dt>文号</dt><dd>同政办规〔2024〕3号</dd>" in html
    assert "<dt>发文机关</dt><dd>大同市人民政府办公室、大同市民政局</dd>" in html
    assert "<dt>施行</dt><dd>自公布之日起施行</dd>" in html
    assert "<dt>有效期至</dt><dd>2029-06-26（有效期五年）</dd>" in html
    assert "<dt>成文日期</dt>" not in page(EXPLAINER)


@pytest.mark.parametrize(
    ("notice", "word"),
    [
        (EXPLAINER, ">政策解读</span>"),
        (replace(NOTICE, expires_on=date(2024, 6, 30)), "▲</span>有效期已过（2024-06-30）</span>"),
        (replace(NOTICE, effective_on=date(2024, 7, 2)), "◇</span>尚未施行（自2024-07-02）</span>"),
    ],
)
def test_a_badge_warns(notice: Notice, word: str) -> None:
    assert word in page(notice)


def test_a_notice_in_its_term_says_until_when() -> None:
    html = page(replace(NOTICE, effective_on=TODAY, expires_on=TODAY))
    assert '<span class="badge green" title="本库未见提前废止。"><span aria-hidden="true">■</span>' in html
    assert ">■</span>有效期至2024-07-01</span>" in html


def test_what_repeals_it_is_named_and_linked() -> None:
    newer = replace(NOTICE, id="new", title="新办法", document_number="同政办规〔2025〕1号", references=())
    repealed, explained = Relation(RelationKind.REPEALS, "new", "n1", 0), Relation(RelationKind.EXPLAINS, "n2", "n1")
    relations = related(NOTICE, [(repealed, newer), (explained, EXPLAINER)])
    assert relations == (
        Related("废止", "", "同政发〔2019〕8号", ""),
        Related("废止", "旧办法", "", ""),
        Related("被废止", "新办法", "同政办规〔2025〕1号", "new"),
        Related("解读", "《报警器补贴办法》解读", "", "n2"),
    )
    html = page(NOTICE, None, relations)
    assert "<li><span>废止</span>同政发〔2019〕8号、《旧办法》</li>" in html
    assert '<li><span>被废止</span><a href="/notice/new">《新办法》（同政办规〔2025〕1号）</a></li>' in html


def test_a_repealed_notice_says_by_which_and_since_when() -> None:
    newer = replace(NOTICE, id="new", document_number="同政办规〔2025〕1号", effective_on=date(2025, 3, 1))
    html = notice_page(NOTICE, (), validity=validity_on(NOTICE, date(2026, 1, 1), [newer]))
    assert (
        '<span class="badge red"><span aria-hidden="true">✕</span>已废止（由同政办规〔2025〕1号，自2025-03-01）' in html
    )


def test_a_notice_that_the_library_holds_is_listed_once_and_by_its_own_title() -> None:
    older = replace(NOTICE, id="old", title="关于印发旧办法的通知", document_number="同政发〔2017〕8号", references=())
    relations = related(NOTICE, [(Relation(RelationKind.REPEALS, "n1", "old", 1), older)])
    assert relations == (
        Related("废止", "", "同政发〔2019〕8号", ""),
        Related("废止", "关于印发旧办法的通知", "同政发〔2017〕8号", "old"),
    )


def test_an_explainer_leads_to_what_it_explains() -> None:
    assert related(EXPLAINER, [(Relation(RelationKind.EXPLAINS, "n2", "n1"), NOTICE)]) == (
        Related("解读对象", NOTICE.title, NOTICE.document_number, "n1"),
    )


def test_the_original_is_shown_to_the_character() -> None:
    html = original_page(NOTICE, SOURCE_TEXT, Span(7, 12))
    assert "<pre>每具报警器补贴\n<mark" in html  # the wrap stays, \r\n as one line break
    assert marks(html) == ["400元。"]
    assert "刊头" not in html


def test_the_original_of_a_bundled_notice_holds_all_its_characters() -> None:
    document = gazettes()[0]
    notice = next(n for n in bundled() if n.source == document.source)
    span = notice.source_span()
    assert unescape(original_page(notice, document.text).split("<pre>")[1].split("</pre>")[0]) == (
        document.text[span.start : span.end].replace("\r", "")
    )


def test_hostile_words_are_text_everywhere() -> None:
    notice = hostile_notice()
    relations = (Related("废止", HOSTILE, HOSTILE, '"><script>'),)
    for html in (page(notice, Span(3, 9), relations), original_page(notice, notice.text, Span(3, 9)), missing_page()):
        tags = Tags(html)
        assert html.count("<script") == 4  # our own
        assert not {"img", "@onerror"} & tags.seen
    assert words_of(page(notice)).count("".join(HOSTILE.split())) >= 8


def test_marks_that_turn_a_line_around_are_shown_as_such() -> None:
    assert "甲\ufffd乙" in page(with_text("甲\u202e乙"))


def test_an_address_is_opaque() -> None:
    assert notice_address("a1", Span(3, 9)) == "/notice/a1?s=3&e=9#cited"
    assert notice_address('"><x') == "/notice/%22%3E%3Cx"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="第一二三条章、（）。：\t\n附件1序号 <&\"'甲", max_size=200), st.data())
def test_any_text_is_shown_whole_with_any_citation(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    notice = with_text(text)
    html = page(notice, Span(start, end))
    shown = words_of(html)
    assert all("".join(cell.split()) in shown for cell in re.split(r"[\n\t]", text))
    assert "".join("".join(marks(html)).split()) == "".join(text[start:end].split())

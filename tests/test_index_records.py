from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import BadDocumentNumber
from index.records import Document, DocumentNumber, Place, RepairedText, SourceMap, Span
from tests.gazette_samples import notice

ORIGINS = st.sets(st.integers(0, 300), max_size=60).map(sorted)
NUMBERS = st.builds(
    DocumentNumber,
    prefix=st.text("青政办发函规字大同市水委朔县（）㐀", min_size=1, max_size=20),
    year=st.integers(0, 9999),
    serial=st.integers(0, 99_999),
) | st.builds(
    DocumentNumber,
    prefix=st.text("临河市人民政府主席", max_size=19).map("{}令".format),
    year=st.none(),
    serial=st.integers(0, 99_999),
)


# ── spans ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_span_counts_code_points_and_is_frozen() -> None:
    assert len(Span(3, 7)) == 4
    assert len(Span(3, 3)) == 0
    with pytest.raises(FrozenInstanceError):
        Span(0, 1).start = 2  # type: ignore[misc]


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (4, 3)])
def test_no_such_span(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


@pytest.mark.parametrize(
    ("a", "b", "shared"), [((0, 5), (3, 9), 2), ((0, 5), (5, 9), 0), ((0, 9), (2, 4), 2), ((0, 2), (7, 9), 0)]
)
def test_overlap(a: tuple[int, int], b: tuple[int, int], shared: int) -> None:
    assert Span(*a).overlap(Span(*b)) == Span(*b).overlap(Span(*a)) == shared


@given(st.integers(0, 40), st.integers(0, 9), st.integers(0, 40), st.integers(0, 9))
def test_overlap_counts_shared_offsets(a: int, long: int, b: int, wide: int) -> None:
    shared = set(range(a, a + long)) & set(range(b, b + wide))
    assert Span(a, a + long).overlap(Span(b, b + wide)) == len(shared)


# ── the way back to the source ──────────────────────────────────────────────────────────────────────────────────


def test_a_source_map_keeps_runs() -> None:
    origins = SourceMap.of([4, 5, 6, 10, 11, 30])
    assert origins == SourceMap(starts=(0, 3, 5), sources=(4, 10, 30), length=6)
    assert [origins.source_offset(i) for i in range(6)] == [4, 5, 6, 10, 11, 30]
    assert origins.source_span(Span(1, 5)) == Span(5, 12)  # the wrap at 7–9 lies inside
    assert origins.slice(Span(2, 5)) == SourceMap((0, 1), (6, 10), 3)


def test_a_source_map_of_nothing() -> None:
    assert SourceMap.of([]) == SourceMap((), (), 0)
    with pytest.raises(IndexError):
        SourceMap.of([]).source_offset(0)


@pytest.mark.parametrize("offset", [-1, 2])
def test_a_source_map_refuses_what_lies_outside(offset: int) -> None:
    with pytest.raises(IndexError):
        SourceMap.of([7, 8]).source_offset(offset)


@given(ORIGINS)
def test_a_source_map_gives_back_what_it_was_made_of(origins: list[int]) -> None:
    made = SourceMap.of(origins)
    assert [made.source_offset(i) for i in range(made.length)] == origins


@given(ORIGINS, st.data())
def test_a_slice_leads_where_the_whole_does(origins: list[int], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(origins)))
    end = data.draw(st.integers(start, len(origins)))
    part = SourceMap.of(origins).slice(Span(start, end))
    assert part == SourceMap.of(origins[start:end])


@given(ORIGINS.filter(bool), st.data())
def test_a_source_span_is_the_smallest_that_holds_its_characters(origins: list[int], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(origins) - 1))
    end = data.draw(st.integers(start + 1, len(origins)))
    span = SourceMap.of(origins).source_span(Span(start, end))
    assert (span.start, span.end) == (min(origins[start:end]), max(origins[start:end]) + 1)


def test_a_repaired_text_and_its_map_are_equally_long() -> None:
    whole = RepairedText("甲乙丙", SourceMap.of([0, 2, 3]))
    assert whole.slice(Span(1, 3)) == RepairedText("乙丙", SourceMap.of([2, 3]))
    with pytest.raises(ValueError, match="3 characters but 2 origins"):
        RepairedText("甲乙丙", SourceMap.of([0, 1]))


def test_pages_are_counted_from_one() -> None:
    two_pages = Document("a.pdf", "甲乙丙丁", "0" * 64, "pdf", page_starts=(0, 2))
    assert [two_pages.page_of(offset) for offset in range(4)] == [1, 1, 2, 2]
    assert Document("a.txt", "甲乙", "0" * 64, "txt").page_of(1) is None


# ── document numbers ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "typed",
    [
        "青政办发〔2024〕12号",
        "青政办发[2024]12号",
        "青政办发［2024］12号",
        "青政办发（2024）12号",
        "青政办发(2024)12号",
        "青政办发【2024】12号",
        "青政办发﹝2024﹞12号",
        " 青政办发 〔２０２４〕 １２ 号 ",
        "青政办发〔2024〕第12号",
        "青政办发〔2024〕012号",
    ],
)
def test_a_document_number_has_one_spelling(typed: str) -> None:
    assert DocumentNumber.parse(typed) == DocumentNumber("青政办发", 2024, 12)
    assert str(DocumentNumber.parse(typed)) == "青政办发〔2024〕12号"


@pytest.mark.parametrize("typed", ["青州市人民政府令第8号", "青州市人民政府令　第 8 号", "青州市人民政府令8号"])
def test_an_order_has_no_year(typed: str) -> None:
    assert DocumentNumber.parse(typed) == DocumentNumber("青州市人民政府令", None, 8)
    assert str(DocumentNumber.parse(typed)) == "青州市人民政府令第8号"


@pytest.mark.parametrize(
    "typed", ["", "号", "青政办发2024年12号", "青政办发〔24〕12号", "〔2024〕12号", "第8号", "青政办发〔2024〕号"]
)
def test_what_is_no_document_number_says_what_one_looks_like(typed: str) -> None:
    with pytest.raises(BadDocumentNumber, match=r"不是文号。文号的样子：青政办发〔2024〕12号"):
        DocumentNumber.parse(typed)


@given(NUMBERS)
def test_a_document_number_is_read_as_it_is_written(number: DocumentNumber) -> None:
    assert DocumentNumber.parse(str(number)) == number


@given(st.text() | st.from_regex(r"\A\w{1,3}〔\d{4}〕\d{1,5}号\Z"))
def test_any_text_is_a_number_or_is_refused_in_our_words(text: str) -> None:
    try:
        number = DocumentNumber.parse(text)
    except BadDocumentNumber:
        return
    assert DocumentNumber.parse(str(number)) == number


# ── notices ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_place_is_said_from_the_city_down() -> None:
    assert str(Place("朔州市", "右玉县")) == "朔州市右玉县"
    assert str(Place("", "右玉县")) == "右玉县"
    assert str(Place()) == ""


def test_a_notice_knows_where_its_words_stand_in_the_source() -> None:
    source = "第一条 供水单位应当保\n\n证水质，不得中断供水。"
    held = notice(source)
    assert held.text == "第一条 供水单位应当保证水质，不得中断供水。"
    start = held.text.index("保证水质")
    assert held.source_span(Span(start, start + 4)) == Span(10, 16)  # 保 \n \n 证 水 质
    assert held.source_span() == Span(0, len(source))

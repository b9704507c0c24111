from __future__ import annotations

from dataclasses import replace

from index.records import Notice, RepairedText, SourceMap, Span
from qa.cite import MAX_FURNITURE, Statement, cite, moved_on
from qa.records import Citation
from tests.ui_samples import EXPLAINER, NOTICE


def cited(*statements: Statement) -> tuple[str, tuple[Citation, ...]]:
    """Cited without provisions, on the page that the hundreds of the source's offset tell."""
    return cite(statements, lambda _: (), lambda _, offset: offset // 100)


def furnished(removed: int) -> Notice:
    """补贴400元。 with so many characters of the source removed behind 补贴."""
    origins = SourceMap.of([0, 1, *range(2 + removed, 7 + removed)])
    return replace(NOTICE, body=RepairedText("补贴400元。", origins))


def test_a_sentence_ends_with_its_markers_and_is_quoted_from_the_source() -> None:
    text, (citation,) = cited(Statement("按【2】号，每具400元；", NOTICE, (Span(0, 12),), "大同市："))
    assert text == "大同市：按〔2〕号，每具400元[1]。"  # a mark of the notice does not pass for a citation
    assert citation.quote == "每具报警器补贴400元。"
    assert (citation.source_span, citation.notice_span) == (Span(4, 18), Span(0, 12))


def test_a_stretch_that_is_cited_again_keeps_its_marker() -> None:
    amount, device = Span(7, 12), Span(0, 5)
    text, citations = cited(
        Statement("甲", NOTICE, (amount, amount)),
        Statement("乙", NOTICE, (device, amount)),
        Statement("丙", EXPLAINER, (amount,)),  # the same stretch of another notice
    )
    assert text == "甲[1]。乙[2][1]。丙[3]。"
    assert [(c.notice.id, c.notice_span) for c in citations] == [("n1", amount), ("n1", device), ("n2", amount)]


def test_a_stretch_over_much_furniture_is_cited_in_parts() -> None:
    def quotes(removed: int) -> list[tuple[str, int | None]]:
        _, citations = cited(Statement("补贴400元", furnished(removed), (Span(0, 7),)))
        return [(c.quote, c.page) for c in citations]

    assert quotes(MAX_FURNITURE) == [("补贴400元。", 0)]
    assert quotes(MAX_FURNITURE + 1) == [("补贴", 0), ("400元。", 1)]


def test_markers_move_on_behind_other_sentences_and_years_stay() -> None:
    citations = tuple(Citation(n, NOTICE, "", "", Span(0, 1), Span(0, 1)) for n in (1, 2))
    text, moved = moved_on("每月400元[1][2]。见同政办发[2024]12号。", citations, 3)
    assert text == "每月400元[4][5]。见同政办发[2024]12号。"
    assert [citation.marker for citation in moved] == [4, 5]

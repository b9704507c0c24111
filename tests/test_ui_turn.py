"""One turn of the conversation as HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from index.records import Span
from index.validity import validity_on
from qa.records import Answer, Citation, Draft, Status, Support, Verdict
from tests.page_samples import HOSTILE, hostile_notice
from tests.ui_samples import ANSWER, EXPLAINER, NOTICE
from ui import turn
from ui.shown import Shown
from ui.turn import failure_html, hint_html


def answer_html(answer: Answer) -> str:
    return turn.answer_html(Shown.of(answer))


def draft_html(draft: Draft) -> str:
    return turn.draft_html(Shown.of_draft(draft))


def test_a_mark_leads_to_the_cited_words() -> None:
    html = answer_html(ANSWER)
    assert (
        'href="/notice/n1?s=0&e=12#cited" target="_blank" title="《关于印发〈报警器补贴办法〉的通知》 第三条：' in html
    )
    assert 'aria-label="出处 1">1</a>' in html


def test_a_mark_never_begins_a_line() -> None:
    assert '<p>每具 400 <span class="keep">元<a class="mark"' in answer_html(ANSWER)


@pytest.mark.parametrize("text", ["见同政办发[2024]12号。", "附件[9]。", "[１]", "[0001]"])
def test_brackets_that_lead_nowhere_stay_as_they_are(text: str) -> None:
    html = answer_html(replace(ANSWER, text=text))
    assert text in html
    assert 'class="mark" data-reader' not in html


def test_a_card_names_its_notice_once_and_quotes_each_stretch() -> None:
    second = Citation(3, NOTICE, "第四条", "400元。", Span(13, 18), Span(7, 12))
    html = answer_html(replace(ANSWER, citations=(*ANSWER.citations, second)))
    assert html.count('class="card"') == 2
    assert html.count("《关于印发〈报警器补贴办法〉的通知》</p>") == 1
    assert (
        '<span class="whole">同政办规〔2024〕3号</span><span class="">大同市人民政府办公室、大同市民政局</span>' in html
    )
    assert '<span class="whole">2024-06-27</span>' in html
    assert '<span class="where">第三条 · 第 7 页</span><q>每具报警器补贴400元。</q>' in html
    assert '<span class="where">第四条</span><q>400元。</q>' in html


def test_an_explainer_and_an_expired_notice_are_marked() -> None:
    html = answer_html(ANSWER)
    assert '《〈报警器补贴办法〉解读》<span class="badge blue">政策解读</span>' in html
    late = replace(ANSWER.citations[0], validity=validity_on(NOTICE, date(2030, 1, 1)))
    html = answer_html(replace(ANSWER, citations=(late,)))
    assert '<span class="badge amber"><span aria-hidden="true">▲</span>有效期已过（2029-06-26）</span>' in html


def test_a_long_quote_is_cut_on_the_card_only() -> None:
    citation = Citation(1, EXPLAINER, "", "长" * 161, Span(0, 1), Span(0, 1))
    assert f"<q>{'长' * 160}……</q>" in answer_html(replace(ANSWER, citations=(citation,)))


@pytest.mark.parametrize(
    ("status", "word"),
    [(Status.PARTIAL, "部分答复"), (Status.REFUSED, "没有找到"), (Status.CLARIFY, "请您补充")],
)
def test_a_state_is_a_word_and_a_shape(status: Status, word: str) -> None:
    html = answer_html(replace(ANSWER, status=status))
    assert f"</span>{word}</p>" in html
    assert f'<article class="answer {status.value}">' in html


@pytest.mark.parametrize("status", [Status.ANSWERED, Status.CHAT])
def test_an_answer_speaks_for_itself(status: Status) -> None:
    assert 'class="state' not in answer_html(replace(ANSWER, status=status))


def test_what_a_misspelt_word_was_read_as_is_said_behind_the_answer_and_escaped() -> None:
    html = answer_html(replace(ANSWER, read_as=("公积金", "<b>")))
    told = '<p class="read-as">已按“公积金”、“&lt;b&gt;”查找。</p>'
    assert html.index('class="text"') < html.index(told) < html.index('class="sources"')
    assert "read-as" not in answer_html(ANSWER)


def test_what_is_missing_is_listed_unless_the_answer_says_it() -> None:
    assert "<p>本库没有：</p><ul><li>申请材料</li></ul>" in answer_html(ANSWER)
    assert "本库没有" not in answer_html(replace(ANSWER, text="申请材料见附件。"))


def test_sides_of_a_comparison_stand_apart() -> None:
    answer = replace(ANSWER, text="大同市：400元。\u3000阳泉市：300元。云州区：5元。\n第二行", citations=())
    lines = ("大同市：400元。", "阳泉市：300元。", "云州区：5元。", "第二行")
    assert "".join(f"<p>{line}</p>" for line in lines) in answer_html(answer)


def test_hostile_words_are_text() -> None:
    notice = hostile_notice()
    citation = Citation(1, notice, HOSTILE, HOSTILE, Span(0, 5), Span(0, 5))
    html = answer_html(replace(ANSWER, text=f"{HOSTILE}[1]", citations=(citation,), missing=(f"甲{HOSTILE}",)))
    html += failure_html(HOSTILE) + hint_html(HOSTILE, "请补充")
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") == 12
    assert html.count("${alert(2)}{{alert(3)}}") == 12  # Gradio compiles the page's templates, never what fills them


def test_only_a_sentence_that_is_not_borne_out_bears_a_sign() -> None:
    text = "每具400元。\n附件2须另行去领取。大同市：可以转让。"
    found = (
        Verdict(Span(0, 7), "每具400元。", (), Support.SUPPORTED),
        Verdict(Span(8, 18), "附件2须另行去领取。", (), Support.UNCHECKED),
        Verdict(Span(18, 27), "大同市：可以转让。", (), Support.UNSUPPORTED, ("可以",)),
    )
    html = answer_html(replace(ANSWER, text=text, verdicts=found))
    assert (
        "<p>每具400元。</p>"
        '<p>附件2须另行去领取。<span class="sign amber">？未核验</span></p>'
        '<p>大同市：可以转让。<span class="sign red">✗ 无据</span></p>'
    ) in html


def test_who_wrote_stands_under_what_has_sources() -> None:
    assert answer_html(ANSWER).endswith('<p class="written">以上摘自公报原文。</p></article>')
    written = answer_html(replace(ANSWER, answerer="<b>Qwen3"))
    assert "以上由语言模型“&lt;b&gt;Qwen3”写成" in written
    assert "没有答成" in answer_html(replace(ANSWER, note="语言模型这次没有答成。"))
    assert "written" not in answer_html(replace(ANSWER, status=Status.REFUSED, citations=()))


def test_a_draft_holds_marks_and_nothing_that_acts() -> None:
    draft = draft_html(Draft(f"{HOSTILE}[1]。", ANSWER.citations))
    assert draft.startswith('<article class="answer draft">')
    assert "<script" not in draft
    assert draft.count('class="mark"') == 1
    assert draft_html(Draft()) == ""

"""A draft line by line, and each line held against its quotes again after an edit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.records import Span
from qa.records import Status, Support, Verdict
from tests.agent_samples import CUT, SHOWN, TEXT
from ui.agent.draft import checked, cited, lines_of, masked, sayable
from ui.agent.records import Line
from ui.shown import Shown


def test_one_sentence_a_line_with_the_answerers_verdict() -> None:
    assert lines_of(SHOWN) == (TEXT[:CUT], TEXT[CUT:])
    assert [line.support for line in checked(lines_of(SHOWN), SHOWN)] == [Support.SUPPORTED] * 2


def test_what_the_answerer_says_itself_first_is_a_line_of_its_own() -> None:
    opening = "没有找到直接写明的规定，以下是最接近的条文。"
    moved = (replace(v, span=Span(v.span.start + len(opening), v.span.end + len(opening))) for v in SHOWN.verdicts)
    own = Verdict(Span(0, len(opening)), opening, (), Support.OWN)
    unsure = replace(SHOWN, status=Status.PARTIAL, text=opening + TEXT, verdicts=(own, *moved))
    assert lines_of(unsure) == (opening, TEXT[:CUT], TEXT[CUT:])
    assert [line.support for line in checked(lines_of(unsure), unsure)] == [Support.OWN, *[Support.SUPPORTED] * 2]


@pytest.mark.parametrize(
    ("edited", "support", "failed"),
    [
        ("火化费减免400元[1]。", Support.SUPPORTED, ()),
        ("火化费减免600元[1]。", Support.UNSUPPORTED, ("600元",)),
        ("逾期未申请的也可以减免[1]。", Support.UNSUPPORTED, ("可以",)),
        ("火化费减免400元[7]。", Support.UNSUPPORTED, ("[7]",)),
        ("我们会在三天内给您回电。", Support.UNCHECKED, ()),  # the agent's own word claims no source
        ("火化费减免600元。", Support.UNCHECKED, ()),
        ("", Support.UNCHECKED, ()),
    ],
)
def test_an_edit_is_checked_against_the_quotes_under_its_markers(
    edited: str, support: Support, failed: tuple[str, ...]
) -> None:
    (line,) = checked((edited,), SHOWN)
    assert (line.support, bool(line.failed)) == (support, bool(failed))
    assert set(failed) <= set(line.failed) or failed == ("可以",)


def test_what_is_not_borne_out_never_leaves_the_desk() -> None:
    lines = checked((TEXT[:CUT], "减免600元[1]。", " ", "请您带齐材料。"), SHOWN)
    assert [line.text for line in sayable(lines)] == [TEXT[:CUT], "请您带齐材料。"]
    assert cited(sayable(lines), SHOWN.sources) == SHOWN.sources
    assert cited([Line("请您带齐材料。", Support.UNCHECKED)], SHOWN.sources) == ()


def test_a_refusal_is_the_answerers_own_word_until_it_is_edited() -> None:
    refused = Shown(Status.REFUSED, "本库收录的公报中没有找到。可拨打 12345 咨询。")
    assert [line.support for line in checked(lines_of(refused), refused)] == [Support.OWN] * 2
    assert checked(("别处有。",), refused)[0].support is Support.UNCHECKED
    assert checked(("没有答复。",), None)[0].support is Support.UNCHECKED


def test_only_what_an_agent_typed_is_masked() -> None:
    lines = (TEXT[:CUT], "已电话告知13800138000。")
    assert masked(lines, SHOWN) == (TEXT[:CUT], "已电话告知〔手机号〕。")

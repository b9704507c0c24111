"""An answer as it is kept comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from index.records import Span
from index.validity import validity_on
from qa.records import EXTRACTIVE, Draft, Support, Verdict
from tests.ui_samples import ANSWER, NOTICE
from ui.shown import Shown
from ui.turn import answer_html

DATED = replace(
    ANSWER,
    citations=(replace(ANSWER.citations[0], validity=validity_on(NOTICE, date(2024, 7, 1))), ANSWER.citations[1]),
    verdicts=(Verdict(Span(0, 12), "每具 400 元", (1,), Support.UNSUPPORTED, ("400元",)),),
    read_as=("报警器",),
)


def test_what_is_kept_comes_back_whole() -> None:
    shown = Shown.of(DATED)
    kept = json.loads(json.dumps(shown.to_json()))
    assert Shown.from_json(kept) == shown
    assert answer_html(Shown.from_json(kept)) == answer_html(shown)


def test_it_holds_what_a_reader_needs_and_no_notice() -> None:
    shown = Shown.of(DATED)
    first, second = shown.sources
    assert (first.marker, first.notice_id, first.span, first.page) == (1, "n1", Span(0, 12), 7)
    assert first.name == "《关于印发〈报警器补贴办法〉的通知》"
    assert first.standing is not None
    assert first.standing.word == "有效期至2029-06-26"
    assert second.name == "《〈报警器补贴办法〉解读》（政策解读）"
    assert second.standing is None
    assert shown.told == "已按“报警器”查找。"
    assert shown.answerer == EXTRACTIVE
    assert shown.library == "lib-1"


def test_a_draft_is_text_with_its_sources() -> None:
    shown = Shown.of_draft(Draft("每具 400 元[1]；", ANSWER.citations))
    assert shown.text == "每具 400 元[1]；"
    assert [source.marker for source in shown.sources] == [1, 2]

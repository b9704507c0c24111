"""An answer to paste."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from qa.records import Question, Status
from tests.ui_samples import ANSWER, NOTICE
from ui.citizen.copying import pasted
from ui.shown import Shown


def test_every_source_is_named_numbered_and_quoted() -> None:
    answer = replace(ANSWER, question=Question("每具补多少？", asked_on=date(2026, 3, 1)), missing=("申请材料",))
    text = pasted(Shown.of(answer))
    assert text.startswith(f"{ANSWER.text}\n\n本库没有：申请材料\n\n出处：\n[1] ")
    assert "[1] 《关于印发〈报警器补贴办法〉的通知》（同政办规〔2024〕3号）" in text
    assert " 第三条：“每具报警器补贴400元。”\n[2] 《〈报警器补贴办法〉解读》（政策解读）" in text
    assert text.endswith("\n\n问政自动答复（2026-03-01），以公报原文为准。")
    assert NOTICE.id not in text


def test_a_refusal_has_no_sources() -> None:
    text = pasted(Shown(Status.REFUSED, "没有找到。可拨打 12345 咨询。"))
    assert text == "没有找到。可拨打 12345 咨询。\n\n问政自动答复，以公报原文为准。"

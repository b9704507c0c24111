"""A draft over one rule of a notice, small enough to check by hand."""

from __future__ import annotations

from datetime import date

from index.records import Span
from qa.records import Status, Support, Verdict
from ui.badges import Badge
from ui.shown import Shown, Source

QUOTE = "普通火化炉（含捡灰炉）火化费减免400元/具，均不得超过两次；逾期未申请的不予减免。"
TEXT = "普通火化炉（含捡灰炉）火化费减免400元/具，均不得超过两次[1]。逾期未申请的不予减免[1]。"
CUT = TEXT.index("逾期")
SOURCE = Source(
    marker=1,
    notice_id="n1",
    span=Span(0, len(QUOTE)),
    title="关于实施惠民殡葬政策的通知",
    explainer=False,
    document_number="同政办规〔2024〕3号",
    issuing_authorities=("大同市人民政府办公室",),
    signed_on=date(2024, 6, 27),
    place="大同市",
    address="二、（一）",
    page=None,
    quote=QUOTE,
    standing=Badge("green", "■", "现行有效"),
)
SHOWN = Shown(
    Status.ANSWERED,
    TEXT,
    (SOURCE,),
    (
        Verdict(Span(0, CUT), TEXT[: CUT - 4] + "。", (1,), Support.SUPPORTED),
        Verdict(Span(CUT, len(TEXT)), "逾期未申请的不予减免。", (1,), Support.SUPPORTED),
    ),
    library="lib-1",
    asked_on=date(2024, 7, 1),
)

"""One notice, its explainer, and an answer over them, small enough to count by hand; and an answerer that replays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from index.records import (
    Attachment,
    Chunk,
    Document,
    DocumentType,
    Notice,
    NoticeKind,
    Passage,
    Place,
    Reference,
    RelationKind,
    RepairedText,
    SourceMap,
    Span,
)
from qa.records import Answer, Citation, Question, Status

# 0         1          2
# 0123456789012345678 9012345
SOURCE_TEXT = "（刊头）每具报警器补贴\r\n400元。完"
REPAIRED = "每具报警器补贴400元。"  # the source less its head, its wrap and its last character

DOCUMENT = Document("大同/公报.txt", SOURCE_TEXT, "0" * 64, "txt")
NOTICE = Notice(
    id="n1",
    source="大同/公报.txt",
    kind=NoticeKind.NOTICE,
    title="关于印发《报警器补贴办法》的通知",
    document_number="同政办规〔2024〕3号",
    document_type=DocumentType.NOTICE,
    issuing_authorities=("大同市人民政府办公室", "大同市民政局"),
    place=Place("大同市", "云冈区"),
    signed_on=date(2024, 6, 27),
    effective_on=None,
    effective_rule="自公布之日起施行",
    expires_on=date(2029, 6, 26),
    validity="有效期五年",
    public_release="此件公开发布",
    recipients=("各县、区人民政府",),
    references=(
        Reference(RelationKind.REPEALS, "同政发〔2019〕8号", "", Span(0, 2), Span(0, 6)),
        Reference(RelationKind.REPEALS, "", "旧办法", Span(2, 4), Span(0, 6)),
    ),
    attachments=(Attachment(None, "补贴标准", True), Attachment(2, "申请表", False)),
    explains="",
    body=RepairedText(REPAIRED, SourceMap.of([*range(4, 11), *range(13, 18)])),
)
EXPLAINER = replace(
    NOTICE,
    id="n2",
    kind=NoticeKind.EXPLAINER,
    title="《报警器补贴办法》解读",
    document_number="",
    document_type=DocumentType.EXPLAINER,
    issuing_authorities=(),
    place=Place(),
    signed_on=None,
    effective_rule="",
    expires_on=None,
    validity="",
    public_release="",
    recipients=(),
    references=(),
    attachments=(),
    explains="n1",
)
PASSAGE = Passage(
    rank=1,
    chunk=Chunk("c1", "n1", Span(7, 12), "第三条", ("第一章 总则",), "400元。"),
    notice=NOTICE,
    score=0.75,
    scores={"lexical": 0.5, "dense": 0.25},
)
ANSWER = Answer(
    question=Question("报警器补多少？", asked_on=date(2024, 7, 1)),
    status=Status.PARTIAL,
    text="每具 400 元[1]；解读也这样说[2]。",
    citations=(
        Citation(1, NOTICE, "第三条", "每具报警器补贴400元。", Span(4, 18), Span(0, 12), page=7),
        Citation(2, EXPLAINER, "", "补贴\n400元", Span(9, 16), Span(5, 11)),
    ),
    missing=("申请材料",),
    passages=(PASSAGE,),
    library="lib-1",
    elapsed_ms=12.34,
    confidence=0.625,
)


@dataclass(slots=True)
class ReplayAnswerer:
    """Gives ANSWER to every question, or raises `error`; keeps what it was asked."""

    error: Exception | None = None
    name: str = "extractive"
    asked: list[tuple[Question, int]] = field(default_factory=list)

    def answer(self, question: Question, k: int = 10) -> Answer:
        self.asked.append((question, k))
        if self.error is not None:
            raise self.error
        return replace(ANSWER, question=question)

"""Notices of three cities, small enough to count by hand, for the tests of the library and its engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from index.records import (
    Attachment,
    Cell,
    Chunk,
    Document,
    DocumentType,
    Notice,
    NoticeKind,
    Place,
    Provision,
    ProvisionKind,
    Reference,
    RelationKind,
    RepairedText,
    SourceMap,
    Span,
)

DATONG = Notice(
    id="n-datong",
    source="大同/公报.txt",
    kind=NoticeKind.NOTICE,
    title="关于印发《惠民殡葬办法》的通知",
    document_number="同政办规〔2024〕3号",
    document_type=DocumentType.NOTICE,
    issuing_authorities=("大同市人民政府办公室", "大同市民政局"),
    place=Place("大同市", "云冈区"),
    signed_on=date(2024, 6, 27),
    effective_on=date(2024, 8, 1),
    effective_rule="自2024年8月1日起施行",
    expires_on=date(2029, 7, 31),
    validity="有效期五年",
    public_release="此件公开发布",
    recipients=("各县（区）人民政府", "市直各单位"),
    references=(
        Reference(RelationKind.REPEALS, "同政办发〔2019〕7号", "惠民殡葬试行办法", Span(0, 3), Span(0, 6)),
        Reference(RelationKind.LEGAL_BASIS, "", "骨灰寄存办法", Span(7, 9), Span(7, 13)),
    ),
    attachments=(Attachment(1, "收费表", True, Span(8, 12)), Attachment(None, "申请表", False)),
    explains="",
    body=RepairedText("火化费减免。\n每具四百元。", SourceMap((0, 7), (2, 12), 13)),
)
YANGQUAN = replace(
    DATONG,
    id="n-yangquan",
    source="阳泉.txt",
    title="关于森林防火的通告",
    document_number="",
    document_type=DocumentType.PUBLIC_NOTICE,
    issuing_authorities=("阳泉市人民政府",),
    place=Place("阳泉市"),
    signed_on=date(2023, 3, 1),
    effective_on=None,
    expires_on=None,
    references=(),
    attachments=(),
    body=RepairedText("禁止野外用火。", SourceMap((0,), (0,), 7)),
)
UNDATED = replace(
    YANGQUAN,
    id="n-undated",
    source="解读.txt",
    kind=NoticeKind.EXPLAINER,
    title="《惠民殡葬办法》政策解读",
    document_type=DocumentType.EXPLAINER,
    issuing_authorities=(),
    place=Place(),
    signed_on=None,
    explains="n-datong",
    body=RepairedText("火化不收钱。", SourceMap((0,), (0,), 6)),
)
NOTICES = (DATONG, YANGQUAN, UNDATED)
TREE = (
    Provision(ProvisionKind.ARTICLE, "第一条", "火化费", Span(0, 13), None, 0),
    Provision(ProvisionKind.ROW, "第一条 表1 第1行", "", Span(7, 13), 0, 1, (Cell("标准", Span(9, 11)),)),
)
DOCUMENTS = (
    Document("大同/公报.txt", "头\n火化费减免。\n换页每具四百元。\x00", "a" * 64, "txt", path="/home/某人/公报.txt"),
    Document("阳泉.txt", "禁止野外用火。", "b" * 64, "pdf", (0, 3), "阳泉", True),
    Document("解读.txt", "火化不收钱。", "c" * 64, "html"),
)


def chunks_of(notice: Notice, headings: Sequence[str] = ("第一章 总则",)) -> list[Chunk]:
    """One chunk a paragraph, the line break with the paragraph it ends."""
    chunks, start = [], 0
    for line in notice.text.splitlines(keepends=True):
        span = Span(start, start + len(line))
        chunks.append(Chunk(f"{notice.id}:{start}", notice.id, span, "第一条", tuple(headings), line))
        start = span.end
    return chunks

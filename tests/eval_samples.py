"""Two small gazettes, questions over them, and an answerer that says what it was told to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from eval.cases import Case, Sources
from index.errors import WenzhengError
from index.records import Chunk, DocumentType, Notice, NoticeKind, Passage, Place, RepairedText, SourceMap, Span
from qa.records import Answer, Citation, Question, Status

TEXTS = {
    "a.txt": "第一条 购置新车补助\n5000元。第二条 由市商务局负责，九月底前办结。",
    "b.txt": "本市不设补助，二〇二四年起施行。",
}
SOURCES = Sources(TEXTS)
LIBRARY = "generation-1"


def row(**changes: Any) -> dict[str, Any]:
    """A well-formed question of a.txt, as it stands in JSONL, with some fields changed."""
    return {
        "id": "d-000-001",
        "split": "dev",
        "type": "amount",
        "wording": "lay",
        "asker": "citizen",
        "question": "买车给多少钱？",
        "history": [],
        "asked_on": "2024-08-01",
        "gold_answer": "补助5000元。",
        "key_facts": [["5000元", "五千元"]],
        "evidence": [{"source": "a.txt", "address": "第一条", "quote": "购置新车补助5000元"}],
        "unanswerable": None,
    } | changes


def case(**changes: Any) -> Case:
    return Case.parse(row(**changes))


def refusal_case(**changes: Any) -> Case:
    empty: dict[str, Any] = {"key_facts": [], "evidence": []}
    return case(**({"type": "unanswerable", "unanswerable": "not-mentioned"} | empty | changes))


def notice(source: str, text: str = "") -> Notice:
    """All of a source (default: one of TEXTS) as one notice, nothing repaired: its offsets are source offsets."""
    text = text or TEXTS[source]
    return Notice(
        id=source,
        source=source,
        kind=NoticeKind.NOTICE,
        title="关于补助的通知",
        document_number="",
        document_type=DocumentType.NOTICE,
        issuing_authorities=(),
        place=Place(),
        signed_on=date(2024, 1, 1),
        effective_on=None,
        effective_rule="",
        expires_on=None,
        validity="",
        public_release="",
        recipients=(),
        repeals=(),
        attachments=(),
        explains="",
        body=RepairedText(text, SourceMap.of(range(len(text)))),
    )


def passage(rank: int, source: str, start: int, end: int) -> Passage:
    span = Span(start, end)
    chunk = Chunk(f"{source}:{start}", source, span, "第一条", (), TEXTS[source][start:end])
    return Passage(rank, chunk, notice(source), 1 / rank)


def citation(marker: int, source: str, quote: str) -> Citation:
    start = TEXTS[source].index(quote)
    span = Span(start, start + len(quote))
    return Citation(marker, notice(source), "第一条", quote, span, span)


def answer(
    text: str,
    citations: Sequence[Citation] = (),
    passages: Sequence[Passage] = (),
    status: Status = Status.ANSWERED,
) -> Answer:
    return Answer(Question("?"), status, text, tuple(citations), (), tuple(passages), "scripted", LIBRARY)


class ScriptedAnswerer:
    """Plays answers back by question, and keeps what it was asked."""

    name = "scripted"

    def __init__(self, answers: Mapping[str, Answer | WenzhengError]) -> None:
        self.answers = answers
        self.asked: list[tuple[Question, int]] = []

    def answer(self, question: Question, k: int = 10) -> Answer:
        self.asked.append((question, k))
        said = self.answers[question.text]
        if isinstance(said, WenzhengError):
            raise said
        return said

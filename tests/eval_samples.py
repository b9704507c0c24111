"""Two small gazettes, questions over them, and an answerer that says what it was told to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from eval.cases import Sources, parse_case
from eval.examine import Examiner
from eval.records import Case, Cited, Found, Outcome, Stretch
from eval.runs import Run, Setup, Timings
from eval.scores import Result
from index.errors import LibraryDamaged, WenzhengError
from index.records import (
    Chunk,
    Document,
    DocumentType,
    Notice,
    NoticeKind,
    Passage,
    Place,
    RepairedText,
    SourceMap,
    Span,
)
from qa.records import Answer, Citation, Question, Status

TEXTS = {
    "a.txt": "第一条 购置新车补助\n5000元。第二条 由市商务局负责，九月底前办结。",
    "b.txt": "本市不设补助，二〇二四年起施行。",
}
SOURCES = Sources(TEXTS)
LIBRARY = "generation-1"


# ── questions ──


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


EMPTY: dict[str, Any] = {"key_facts": [], "evidence": []}


def case(**changes: Any) -> Case:
    return parse_case(row(**changes))


def refusal_case(**changes: Any) -> Case:
    return case(**({"type": "unanswerable", "unanswerable": "not-mentioned"} | EMPTY | changes))


def chat_case(**changes: Any) -> Case:
    """Small talk: 您好！"""
    return case(**({"type": "small-talk", "question": "您好！", "gold_answer": "您好！"} | EMPTY | changes))


def probe_case(**changes: Any) -> Case:
    """A question made of another one by changing its place; nobody knows its answer."""
    return case(**({"type": "swapped", "pair": "d-000-009"} | EMPTY | changes))


# ── the library ──


def notice(source: str, text: str = "", **changes: Any) -> Notice:
    """All of a source (default: one of TEXTS) as one notice, nothing repaired: its offsets are source offsets."""
    text = text or TEXTS[source]
    plain = Notice(
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
        references=(),
        attachments=(),
        explains="",
        body=RepairedText(text, SourceMap.of(range(len(text)))),
    )
    return replace(plain, **changes)


class SampleShelf:
    """Some texts (default: TEXTS) as a library's documents, of one notice each, the cities of which can be said."""

    def __init__(
        self,
        texts: Mapping[str, str] = TEXTS,
        cities_of: Mapping[str, str] | None = None,
        lapsed_on: Mapping[str, date] | None = None,
    ) -> None:
        self._texts, self._lapsed_on = texts, lapsed_on or {}
        self._cities_of = cities_of or {}
        self.cities = {name: city for city in self._cities_of.values() for name in (city, city.removesuffix("市"))}

    def document(self, source: str) -> Document:
        return Document(source, self._texts[source], "", "txt")

    def notices(self, source: str) -> Sequence[Notice]:
        return (notice(source, self._texts[source], place=Place(self._cities_of.get(source, ""))),)

    def lapsed(self, notice: Notice, on: date) -> bool:
        return self._lapsed_on.get(notice.source, date.max) <= on


# ── answers ──


def passage(rank: int, source: str, start: int, end: int) -> Passage:
    span = Span(start, end)
    chunk = Chunk(f"{source}:{start}", source, span, "第一条", (), TEXTS[source][start:end])
    return Passage(rank, chunk, notice(source), 1 / rank)


def citation(marker: int, source: str, quote: str, **changes: Any) -> Citation:
    """`changes`: of its notice."""
    start = TEXTS[source].index(quote)
    span = Span(start, start + len(quote))
    return Citation(marker, notice(source, **changes), "第一条", quote, span, span)


def answer(
    text: str,
    citations: Sequence[Citation] = (),
    passages: Sequence[Passage] = (),
    status: Status = Status.ANSWERED,
    confidence: float | None = None,
    answerable: float | None = None,
) -> Answer:
    return Answer(
        Question("?"),
        status,
        text,
        tuple(citations),
        (),
        tuple(passages),
        "scripted",
        LIBRARY,
        confidence=confidence,
        answerable=answerable,
    )


class ScriptedAnswerer:
    """Plays answers back by question, and keeps what it was asked; an error is raised."""

    name = "scripted"

    def __init__(self, answers: Mapping[str, Answer | BaseException]) -> None:
        self.answers = answers
        self.asked: list[tuple[Question, int]] = []

    def answer(self, question: Question, k: int = 10) -> Answer:
        self.asked.append((question, k))
        said = self.answers[question.text]
        if isinstance(said, BaseException):
            raise said
        return said


# ── outcomes ──


def at(start: int, end: int, source: str = "a") -> Stretch:
    return Stretch(source, Span(start, end))


def outcome(asked: Case, said: Answer | WenzhengError, shelf: SampleShelf | None = None) -> Outcome:
    """What comes of asking a case when this is answered."""
    return Examiner(ScriptedAnswerer({asked.question: said}), shelf or SampleShelf(), [asked], 10).examine(asked)[0]


def cited(marker: int, quote: str, **changes: Any) -> Cited:
    """A citation of words that need not stand in TEXTS."""
    return replace(Cited(marker, at(0, max(1, len(quote))), quote), **changes)


def told(text: str, *citations: Cited, asked: Case | None = None, **changes: Any) -> Outcome:
    """An answer's outcome, put together without asking anybody."""
    plain = Outcome(asked or case(), (), (), Status.ANSWERED, text, citations)
    return replace(plain, **changes)


def found(*places: Stretch) -> tuple[Found, ...]:
    return tuple(Found(place, 1 / rank) for rank, place in enumerate(places, 1))


def examined(
    cases: Iterable[Case], answers: Mapping[str, Answer | BaseException], shelf: SampleShelf | None = None
) -> tuple[Result, ...]:
    """The results of cases whose answers are given by question."""
    cases = list(cases)
    examiner = Examiner(ScriptedAnswerer(answers), shelf or SampleShelf(), cases, 10)
    return tuple(Result.of(examiner.examine(each)[0]) for each in cases)


SETUP = Setup(
    answerer="scripted",
    split="dev",
    k=10,
    settings={"embedder": "lsa", "model_timeout_s": 60.0, "answer_from": 0.53},
    library={"id": LIBRARY, "embedder": "lsa", "tokeniser": "han1+han2", "counts": {"notices": 2}},
    questions="0" * 64,
    prompts={"answer": "1" * 64},
    versions={"wenzheng": "0.1.0"},
)


def run_of(results: Sequence[Result]) -> Run:
    """A run that took 1 ms for its first question, 2 for its second …"""
    times = {result.outcome.case.id: float(ms) for ms, result in enumerate(results, 1)}
    return Run(SETUP, tuple(results), Timings("2024-08-01T00:00:00+00:00", 1.5, 1, 300.0, times))


def five_results() -> tuple[Result, ...]:
    """Right; a fact missing with the evidence at rank 2; wrongly refused; rightly refused; failed."""
    ranked = [passage(1, "b.txt", 0, 10), passage(2, "a.txt", 0, 20)]
    cases = [
        case(),
        case(id="d-000-002", wording="official", asker="agent", question="二"),
        case(id="d-000-003", question="三", type="follow-up", history=["先前\n的话"]),
        refusal_case(id="d-000-004", question="四"),
        case(id="d-000-005", question="五"),
    ]
    return examined(
        cases,
        {
            cases[0].question: answer("补助5000元[1]。", [citation(1, "a.txt", "补助\n5000元")], ranked[1:]),
            "二": answer(
                "有补助[1][2]。", [citation(1, "a.txt", "新车补助"), citation(2, "b.txt", "不设补助")], ranked
            ),
            "三": answer("没有写到。", [], [], Status.REFUSED),
            "四": answer("没有写到。", [], ranked, Status.REFUSED),
            "五": LibraryDamaged("库坏了"),
        },
    )


def without_times(run: Run) -> Run:
    """The run as it would be had it taken no time: for comparing."""
    return replace(run, timings=Timings("", 0.0, 0, 0.0, {}))

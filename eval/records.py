"""The nouns of scoring: a case, what came of asking it, why it went wrong. Frozen, no I/O. Open this file first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from index.errors import WenzhengError
from index.records import Span
from index.text import normal, squeeze
from qa.records import Status

SPLITS = ("dev", "test")
TYPES = {
    "number": "数字",
    "amount": "金额",
    "fact": "事实",
    "condition": "条件",
    "list": "列举",
    "procedure": "步骤",
    "department": "部门",
    "table": "表格",
    "validity": "效力",
    "comparison": "比较",
    "person": "人事",
    "follow-up": "追问",
    "transcript": "来电转述",
    "place-swap": "换地",
    "small-talk": "闲聊",
    "swapped": "换地生成",
    "unanswerable": "不能答",
}
WORDINGS = {"lay": "大白话", "official": "公文用语"}
ASKERS = {"citizen": "市民", "agent": "话务员"}
NEAR_MISSES = {
    "wrong-place": "城市不对",
    "wrong-year": "年份不对",
    "missing-attachment": "附件未刊",
    "not-mentioned": "没有写到",
    "elsewhere": "另见文件",
}


class BadQuestions(WenzhengError):
    """Evaluation questions that cannot be used: malformed, or quoting words that no source holds."""


class BadRun(WenzhengError):
    """A run folder, or a baseline, that cannot be read, or does not belong to what it is held against."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a source that answer, or help to answer, a question."""

    source: str
    address: str  # as the writer calls the place; for readers only
    quote: str  # the source's own characters, white space aside


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one source text: evidence, a passage and a citation are compared as such."""

    source: str
    span: Span

    def overlap(self, other: Stretch) -> int:
        """Number of source characters that both hold."""
        return self.span.overlap(other.span) if self.source == other.source else 0


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what a good answer must say and where that stands. The fields of GUIDE.zh.md.

    Right from birth: an answerable case has evidence and key facts, an unanswerable one has neither but the kind of its
    near miss, small talk and probes none of the three. Raises BadQuestions, naming every field that does not fit.
    """

    id: str
    split: str
    type: str  # a key of TYPES
    wording: str  # a key of WORDINGS
    asker: str  # a key of ASKERS
    question: str
    history: tuple[str, ...]
    asked_on: date
    gold_answer: str
    key_facts: tuple[tuple[str, ...], ...]  # each fact as the spellings that count
    evidence: tuple[Evidence, ...]
    unanswerable: str | None  # a key of NEAR_MISSES
    pair: str | None = None  # id of the same question about another place

    def __post_init__(self) -> None:
        problems = [f"{name} 是空的" for name in ("id", "question", "gold_answer") if not getattr(self, name).strip()]
        allowed: tuple[tuple[str, Collection[str]], ...] = (
            ("split", SPLITS),
            ("type", TYPES),
            ("wording", WORDINGS),
            ("asker", ASKERS),
        )
        for name, values in allowed:
            if getattr(self, name) not in values:
                problems.append(f"{name} 不能是“{getattr(self, name)}”，可用：{'、'.join(values)}")
        if self.unanswerable is not None and self.unanswerable not in NEAR_MISSES:
            problems.append(f"unanswerable 不能是“{self.unanswerable}”，可用：null、{'、'.join(NEAR_MISSES)}")
        if (self.type == "unanswerable") != (self.unanswerable is not None):
            problems.append("type 与 unanswerable 对不上：要么都说不能答，要么都不说")
        if self.type == "follow-up" and not self.history:
            problems.append("追问题要有 history")
        if self.type in ("place-swap", "swapped") and not self.pair:
            problems.append("换地题要有 pair：另一地那一题的 id")
        if self.answerable and not (self.evidence and self.key_facts):
            problems.append("能答的题要有 evidence 和 key_facts")
        if not self.answerable and (self.evidence or self.key_facts):
            problems.append("不能答的题和闲聊，evidence 与 key_facts 要留空")
        if any(not fact or not all(normal(spelling) for spelling in fact) for fact in self.key_facts):
            problems.append("key_facts 里每个要点至少要有一种写法，写法不能是空的")
        if any(not squeeze(evidence.quote) for evidence in self.evidence):
            problems.append("evidence 的 quote 不能是空的")
        if problems:
            raise BadQuestions("；".join(problems))

    @property
    def answerable(self) -> bool:
        """Whether the notices hold an answer; if not, a refusal is due, or some friendly words."""
        return self.unanswerable is None and not self.small_talk and not self.probe

    @property
    def small_talk(self) -> bool:
        """Whether it asks nothing of the notices: thanks, greetings, what is outside public affairs."""
        return self.type == "small-talk"

    @property
    def probe(self) -> bool:
        """Whether it was made by eval.swaps: nobody knows its answer, but it must not be answered from elsewhere."""
        return self.type == "swapped"


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was retrieved: where it stands, how strongly it was believed in, and its words."""

    place: Stretch
    score: float
    notice: str = ""  # title
    address: str = ""
    text: str = ""  # repaired; for readers only


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of an answer, and what the library knows of its notice."""

    marker: int
    place: Stretch
    quote: str
    notice: str = ""  # title
    document_number: str = ""
    address: str = ""
    city: str = ""  # where the notice holds; "" where it names no city
    lapsed: bool = False  # repealed or expired on the day asked


class Fault(StrEnum):
    """Why an answer is not right: the first that applies, in this order."""

    FAILED = "出错"  # the answerer raised an error
    ANSWERED = "该拒未拒"
    TALKED = "闲聊误答"
    REFUSED = "误拒"
    CHATTED = "误作闲聊"
    NOT_FOUND = "未检出"  # facts missing; no passage hits the evidence
    NOT_CHOSEN = "未选中"  # facts missing; the evidence was found, but not cited
    INCOMPLETE = "缺要点"  # facts missing, though the evidence is cited
    WRONG_CITATION = "引错"  # all facts, but cited from elsewhere
    TOO_LONG = "过长"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked: the case, its evidence located in the sources, and what was answered.

    All that scores are made from, and nothing else: an outcome read back from a run folder is worth the same.
    """

    case: Case
    evidence: tuple[Stretch, ...]  # of case.evidence, in its order
    cities: tuple[str, ...]  # that an answer may rest on: those the question names, else those of its evidence
    status: Status | None  # None where the answerer failed
    text: str
    citations: tuple[Cited, ...] = ()
    passages: tuple[Found, ...] = ()  # best first
    confidence: float | None = None  # the answerer's own belief, in [0, 1], that the answer is right
    answerable: float | None = None  # its belief, in [0, 1], that the notices answer at all; None where it tells none
    answerer: str = ""
    error: str = ""  # what the answerer said when it failed

    @property
    def refused(self) -> bool:
        """No answer was given: refused, or a question back."""
        return self.status in (Status.REFUSED, Status.CLARIFY)

    @property
    def answered(self) -> bool:
        """An answer was given, in full or in part."""
        return self.status in (Status.ANSWERED, Status.PARTIAL)

    @property
    def found(self) -> tuple[Stretch, ...]:
        """Where the passages stand, best first."""
        return tuple(passage.place for passage in self.passages)

    @property
    def cited(self) -> tuple[Stretch, ...]:
        """Where the citations stand, in the answer's order."""
        return tuple(citation.place for citation in self.citations)

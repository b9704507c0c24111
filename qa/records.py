"""The nouns of answering: what is asked, and what is answered with which words behind it. Frozen, no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from index.records import Notice, Passage, Span, Validity

EXTRACTIVE = "extractive"  # who writes where no model does


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, with the person's earlier questions, oldest first."""

    text: str
    history: tuple[str, ...] = ()
    asked_on: date = field(default_factory=date.today)
    place: str = ""  # chosen on a page or by --place: 大同市; a place named in the text comes before it


class Status(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    PARTIAL = "partial"  # in part: `missing` says what is not in these notices; or the nearest words, called so
    REFUSED = "refused"  # nothing in these notices answers it
    CLARIFY = "clarify"  # one question back, since there is nothing to search for
    CHAT = "chat"  # thanks, greetings: no citations


@dataclass(frozen=True, slots=True)
class Citation:
    """One stretch of one notice that an answer rests on.

    `quote` is made of the source's own characters: white space aside it is a subsequence of source text[start:end].
    """

    marker: int  # [1] in the answer
    notice: Notice
    address: str  # 第二条第（一）项
    quote: str
    source_span: Span  # in the source text of `notice.source`
    notice_span: Span  # in the repaired text of `notice`
    page: int | None = None  # PDF only, from 1
    validity: Validity | None = None  # how the notice stands on the day that is asked about


class Support(StrEnum):
    """What holding a sentence against its quotes came to."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"  # it says what they do not say, or the reverse of it
    UNCHECKED = "unchecked"  # it says nothing that can be checked, and shares too few words to tell
    OWN = "own"  # the answerer's word on what these notices hold or lack, not theirs: it has no quote


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence of an answer, held against the quotes under its own markers."""

    span: Span  # of the answer's text, with markers and end mark
    text: str  # without markers
    markers: tuple[int, ...]
    support: Support
    failed: tuple[str, ...] = ()  # what of it does not stand there: 6000元, 民政局, 可以, [9]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, short, conclusion first; each sentence ends with the markers of its citations: …400元[1][2]。"""

    question: Question
    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    missing: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()  # what was retrieved, best first, cited or not
    answerer: str = EXTRACTIVE  # who wrote: extractive, or a model's name
    library: str = ""  # id of the library generation that answered
    elapsed_ms: float = 0.0
    read_as: tuple[str, ...] = ()  # words searched for in place of, or beside, what seems misspelt or is in pinyin
    confidence: float | None = None  # own belief, in [0, 1], that answering is right; None where there is none to have
    answerable: float | None = None  # that the notices answer at all: refused below a threshold; None as above
    verdicts: tuple[Verdict, ...] = ()  # one a sentence, in their order; none unless answered or partial
    dropped: int = 0  # sentences that were not said, since their quotes do not bear them out
    note: str = ""  # for the person who asked: why the notices' own words stand where a model was to write
    prompts: Mapping[str, str] = field(default_factory=dict)  # name → sha256 of each that a model was asked under


@dataclass(frozen=True, slots=True)
class Draft:
    """What may be shown of an answer while a model writes: the sentences that have been checked, with their markers."""

    text: str = ""
    citations: tuple[Citation, ...] = ()


class Answerer(Protocol):
    """Anything that answers. Refusing is an answer, not an error; a question of any length and shape gets one."""

    @property
    def name(self) -> str:
        """Who writes: extractive, or a model's name."""

    def answer(self, question: Question, k: int = 10) -> Answer:
        """Answer from at most k passages."""


class StreamingAnswerer(Answerer, Protocol):
    """An answerer that can be watched."""

    def stream(self, question: Question, k: int = 10) -> Iterator[Draft | Answer]:
        """Drafts as they grow, the same one again where nothing is new for a while; at the end, once, the answer.

        The answer may be another than the drafts: a model that fails in the middle has not answered. Closing the
        iterator stops the writing.
        """

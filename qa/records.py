"""The nouns of answering: what is asked, and what is answered with which words behind it. Frozen, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from index.records import Notice, Passage, Span


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
    PARTIAL = "partial"  # answered as far as these notices go; `missing` says what is not in them
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


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, short, conclusion first; each sentence ends with the markers of its citations: …400元[1][2]。"""

    question: Question
    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    missing: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()  # what was retrieved, best first, cited or not
    answerer: str = "extractive"  # who wrote: extractive, or a model's name
    library: str = ""  # id of the library generation that answered
    elapsed_ms: float = 0.0
    read_as: tuple[str, ...] = ()  # words searched for in place of, or beside, what seems misspelt or is in pinyin
    confidence: float | None = None  # own belief, in [0, 1], that answering is right; None where there is none to have


class Answerer(Protocol):
    """Anything that answers. Refusing is an answer, not an error; a question of any length and shape gets one."""

    @property
    def name(self) -> str:
        """Who writes: extractive, or a model's name."""

    def answer(self, question: Question, k: int = 10) -> Answer:
        """Answer from at most k passages."""

"""What a question's answer is worth: a case, where its evidence stands, and the answer → scores. Pure.

Every score is one number per question, or None where the question cannot have it (never 0); a set's figure is the mean
over those that have it, with their number. Notation: E the question's evidence stretches, P its passages in rank order,
C its citations, all as stretches of source texts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from eval.cases import Case, Stretch, missing_facts
from index.records import Passage
from qa.records import Answer, Citation, Status

CUTOFFS = (1, 5, 10)
READ_CHARS = 2000

_MARKER = re.compile(r"\[\d{1,3}\]")  # [2024] is a year


def stretch_of(words: Passage | Citation) -> Stretch:
    """Where a passage or a citation stands in its source text."""
    return Stretch(words.notice.source, words.source_span)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked: the case, its evidence located in the sources (in the case's order), and the answer."""

    case: Case
    evidence: tuple[Stretch, ...]
    answer: Answer

    @property
    def passages(self) -> tuple[Stretch, ...]:
        """What was retrieved, best first."""
        return tuple(map(stretch_of, self.answer.passages))

    @property
    def citations(self) -> tuple[Stretch, ...]:
        """What is cited, in the answer's order."""
        return tuple(map(stretch_of, self.answer.citations))

    @property
    def refused(self) -> bool:
        """No answer was given: refused, or a question back."""
        return self.answer.status in (Status.REFUSED, Status.CLARIFY)


# ── finding ─────────────────────────────────────────────────────────────────────────────────────────────────────


def hits(passage: Stretch, evidence: Stretch) -> bool:
    """A passage hits evidence when it holds half or more of it in one piece: 2 · |p ∩ e| ≥ |e|."""
    return 2 * passage.overlap(evidence) >= len(evidence.span)


def recall_at(k: int, evidence: Sequence[Stretch], passages: Sequence[Stretch]) -> float | None:
    """Share of the evidence that the first k passages hit: |{e ∈ E : some p ∈ P[:k] hits e}| / |E|. None if E = ∅."""
    if not evidence:
        return None
    return sum(any(hits(p, e) for p in passages[:k]) for e in evidence) / len(evidence)


def hit_at(k: int, evidence: Sequence[Stretch], passages: Sequence[Stretch]) -> float | None:
    """1 if any of the first k passages hits any evidence, else 0. None if E = ∅."""
    if not evidence:
        return None
    return float(any(hits(p, e) for p in passages[:k] for e in evidence))


def reciprocal_rank(evidence: Sequence[Stretch], passages: Sequence[Stretch]) -> float | None:
    """1 / rank of the first passage that hits any evidence, 0 if none does. None if E = ∅. Its mean is the MRR."""
    if not evidence:
        return None
    ranks = (rank for rank, p in enumerate(passages, 1) if any(hits(p, e) for e in evidence))
    return 1 / next(ranks, math.inf)


def recall_within(max_chars: int, evidence: Sequence[Stretch], passages: Sequence[Stretch]) -> float | None:
    """Recall of the longest run P[:j] whose source lengths sum to at most max_chars; none is cut. None if E = ∅.

    It compares rankings whose passages differ in length. The length is that of the source span, white space included.
    """
    read, chars = 0, 0
    for passage in passages:
        chars += len(passage.span)
        if chars > max_chars:
            break
        read += 1
    return recall_at(read, evidence, passages)


# ── citing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def citation_precision(evidence: Sequence[Stretch], citations: Sequence[Stretch]) -> float | None:
    """Share of the citations that overlap evidence: |{c ∈ C : ∃e |c ∩ e| > 0}| / |C|. None if C = ∅ or E = ∅."""
    if not citations or not evidence:
        return None
    return sum(any(c.overlap(e) for e in evidence) for c in citations) / len(citations)


def citation_recall(evidence: Sequence[Stretch], citations: Sequence[Stretch]) -> float | None:
    """Share of the evidence that a citation overlaps: |{e ∈ E : ∃c |c ∩ e| > 0}| / |E|. None if E = ∅."""
    if not evidence:
        return None
    return sum(any(c.overlap(e) for c in citations) for e in evidence) / len(evidence)


# ── answering ───────────────────────────────────────────────────────────────────────────────────────────────────


class Fault(StrEnum):
    """Why an answer is not right: the first that applies, in this order."""

    FAILED = "出错"  # the answerer raised an error (see eval.run)
    ANSWERED = "该拒未拒"
    REFUSED = "误拒"
    CHATTED = "误作闲聊"
    NOT_FOUND = "未检出"  # facts missing; no passage hits the evidence
    NOT_CHOSEN = "未选中"  # facts missing; the evidence was found, but not cited
    INCOMPLETE = "缺要点"  # facts missing, though the evidence is cited
    WRONG_CITATION = "引错"  # all facts, but cited from elsewhere
    TOO_LONG = "过长"


def without_markers(text: str) -> str:
    """An answer as it is read: without its citation marks [1][2]. [2024] is a year and stays."""
    return _MARKER.sub("", text)


def max_answer_chars(gold_answer: str) -> int:
    """How long a right answer may be, in characters: max(120, 2 · |gold| + 60)."""
    return max(120, 2 * len(gold_answer) + 60)


def fault(outcome: Outcome) -> Fault | None:
    """None where the answer is right, else why it is not.

    Right, for an answerable question = an answer is given, it states every key fact in one of its spellings, a citation
    overlaps the evidence, and it has at most `max_answer_chars` characters, citation marks aside. Right, for an
    unanswerable question = refused, or a question back.
    """
    if not outcome.case.answerable:
        return None if outcome.refused else Fault.ANSWERED
    if outcome.refused:
        return Fault.REFUSED
    if outcome.answer.status is Status.CHAT:
        return Fault.CHATTED
    text = without_markers(outcome.answer.text)
    cited = bool(citation_recall(outcome.evidence, outcome.citations))
    if missing_facts(outcome.case, text):
        found = hit_at(len(outcome.passages), outcome.evidence, outcome.passages)
        return Fault.INCOMPLETE if cited else Fault.NOT_CHOSEN if found else Fault.NOT_FOUND
    if not cited:
        return Fault.WRONG_CITATION
    return Fault.TOO_LONG if len(text) > max_answer_chars(outcome.case.gold_answer) else None


def right(outcome: Outcome) -> float:
    """1 if right, else 0: see `fault`."""
    return float(fault(outcome) is None)


# ── refusing ────────────────────────────────────────────────────────────────────────────────────────────────────


def refusal_precision(outcome: Outcome) -> float | None:
    """1 if the refused question is unanswerable, else 0; None if not refused.

    Mean: |refused ∩ unanswerable| / |refused|.
    """
    return float(not outcome.case.answerable) if outcome.refused else None


def refusal_recall(outcome: Outcome) -> float | None:
    """1 if the unanswerable question is refused, else 0; None if answerable.

    Mean: |refused ∩ unanswerable| / |unanswerable|.
    """
    return None if outcome.case.answerable else float(outcome.refused)


def false_refusal(outcome: Outcome) -> float | None:
    """1 if the answerable question is refused, else 0; None if unanswerable.

    Mean: |refused ∩ answerable| / |answerable|.
    """
    return float(outcome.refused) if outcome.case.answerable else None


# ── all of them ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Metric:
    """A score with its name in JSON and its heading in tables."""

    name: str
    heading: str
    score: Callable[[Outcome], float | None]


_Compare = Callable[[Sequence[Stretch], Sequence[Stretch]], float | None]


def _finding(name: str, heading: str, score: _Compare) -> Metric:
    return Metric(name, heading, lambda outcome: score(outcome.evidence, outcome.passages))


def _citing(name: str, heading: str, score: _Compare) -> Metric:
    return Metric(name, heading, lambda outcome: score(outcome.evidence, outcome.citations))


FINDING = (
    *(_finding(f"recall@{k}", f"召回@{k}", partial(recall_at, k)) for k in CUTOFFS),
    *(_finding(f"hit@{k}", f"命中@{k}", partial(hit_at, k)) for k in CUTOFFS),
    _finding("mrr", "MRR", reciprocal_rank),
    _finding(f"recall@{READ_CHARS}chars", f"{READ_CHARS}字召回", partial(recall_within, READ_CHARS)),
)
ANSWERING = (
    Metric("right", "答对", right),
    _citing("citation_precision", "引用准确", citation_precision),
    _citing("citation_recall", "引用召回", citation_recall),
    Metric("refusal_precision", "拒答准确", refusal_precision),
    Metric("refusal_recall", "拒答召回", refusal_recall),
    Metric("false_refusal", "误拒", false_refusal),
)
METRICS = (*FINDING, *ANSWERING)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean and the number of questions behind it; without any, the value is None."""

    value: float | None
    n: int

    @classmethod
    def of(cls, scores: Iterable[float | None]) -> Mean:
        """Of the scores that are not None."""
        given = [score for score in scores if score is not None]
        return cls(math.fsum(given) / len(given) if given else None, len(given))


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest rank: the smallest value with at least `share` (0 < share ≤ 1) of the values at or below it."""
    if not 0 < share <= 1:
        raise ValueError(share)
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else None

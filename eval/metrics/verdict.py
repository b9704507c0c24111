"""Right or not, and why not: the one figure that everything else explains. Pure."""

from __future__ import annotations

from eval.metrics.citation import citation_recall
from eval.metrics.facts import missing_facts, without_markers
from eval.metrics.ranking import hit_at
from eval.records import Fault, Outcome
from qa.records import Status


def right(outcome: Outcome) -> float | None:
    """1 if right, else 0: see `fault`. None where nobody knows what would be right."""
    return None if outcome.case.probe else float(fault(outcome) is None)


def fault(outcome: Outcome) -> Fault | None:
    """None where the answer is right, else why it is not.

    Right, for an answerable question = an answer is given, it states every key fact in one of its spellings, a citation
    overlaps the evidence, and it has at most `max_answer_chars` characters, citation marks aside. Right, for an
    unanswerable question = refused, or a question back. Right, for small talk = nothing is answered and nothing cited.
    """
    if outcome.status is None:
        return Fault.FAILED
    if outcome.case.probe:
        return None
    if outcome.case.small_talk:
        return Fault.TALKED if outcome.answered or outcome.citations else None
    if not outcome.case.answerable:
        return None if outcome.refused else Fault.ANSWERED
    if outcome.refused:
        return Fault.REFUSED
    if outcome.status is Status.CHAT:
        return Fault.CHATTED
    text = without_markers(outcome.text)
    cited = bool(citation_recall(outcome.evidence, outcome.cited))
    if missing_facts(outcome.case, text):
        found = hit_at(len(outcome.found), outcome.evidence, outcome.found)
        return Fault.INCOMPLETE if cited else Fault.NOT_CHOSEN if found else Fault.NOT_FOUND
    if not cited:
        return Fault.WRONG_CITATION
    return Fault.TOO_LONG if len(text) > max_answer_chars(outcome.case.gold_answer) else None


def misled(outcome: Outcome) -> float | None:
    """1 if an answer that is not right is given without reserve; None where nobody knows, or nothing is asked.

    An answer in part says of itself what it lacks, or that it comes but near; a refusal misleads nobody.
    """
    if outcome.status is None or outcome.case.small_talk or outcome.case.probe:
        return None
    return float(outcome.status is Status.ANSWERED and fault(outcome) is not None)


def max_answer_chars(gold_answer: str) -> int:
    """How long a right answer may be, in characters: max(120, 2 · |gold| + 60)."""
    return max(120, 2 * len(gold_answer) + 60)

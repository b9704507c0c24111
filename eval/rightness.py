"""Is a passage, or a unit of a notice, what answers a question? By its evidence and key facts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.facts import missing_facts
from eval.metrics.ranking import hits
from eval.records import Case, Stretch
from index.records import Passage
from qa.units import Unit

_OVERLAP = 0.3  # of the shorter of unit and evidence


def held(passage: Passage, evidence: Sequence[Stretch]) -> float:
    """The share of the evidence that a passage holds; 0 where there is none."""
    stretch = Stretch(passage.notice.source, passage.source_span)
    return sum(hits(stretch, each) for each in evidence) / max(1, len(evidence))


def rightness(case: Case, unit: Unit, evidence: Sequence[Stretch]) -> float:
    """The share of the key facts that a unit holds, where it overlaps the evidence; else 0."""
    span = unit.notice.source_span(unit.span)
    if not any(overlaps(stretch, Stretch(unit.notice.source, span)) for stretch in evidence):
        return 0.0
    remark = unit.notice.text[unit.remark.start : unit.remark.end] if unit.remark else ""
    return 1 - len(missing_facts(case, unit.text + remark)) / len(case.key_facts)


def overlaps(evidence: Stretch, stretch: Stretch) -> bool:
    """Do they share enough of the shorter one?"""
    if evidence.source != stretch.source:
        return False
    return evidence.span.overlap(stretch.span) > _OVERLAP * min(len(evidence.span), len(stretch.span))

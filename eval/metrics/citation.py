"""Citing: does what is cited overlap the gold evidence? Kept apart from whether it supports the sentence. Pure.

Precision and recall as in Gao et al., "Enabling Large Language Models to Generate Text with Citations", EMNLP 2023,
with overlap of gold evidence in the place of entailment; intersection over union as for spans (Jaccard).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.records import Stretch


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


def citation_iou(evidence: Sequence[Stretch], citations: Sequence[Stretch]) -> float | None:
    """Characters that both hold, over those that either holds: |∪C ∩ ∪E| / |∪C ∪ ∪E|. None if C = ∅ or E = ∅."""
    if not citations or not evidence:
        return None
    cited, due = _characters(citations), _characters(evidence)
    return len(cited & due) / len(cited | due)


def _characters(stretches: Iterable[Stretch]) -> set[tuple[str, int]]:
    return {(each.source, offset) for each in stretches for offset in range(each.span.start, each.span.end)}

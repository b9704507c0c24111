"""Finding: where in the ranking the evidence stands. recall@k, hit@k, MRR, nDCG@k as ir-measures defines them. Pure.

The relevant items are the pieces of evidence; a passage brings the items that it hits. As in ir-measures (MacAvaney,
Macdonald, Ounis, "Streamlining Evaluation with ir-measures", ECIR 2022) recall@k is the share of relevant items and
hit@k, its Success@k, the share of questions with one. nDCG: Järvelin and Kekäläinen, "Cumulated gain-based evaluation
of IR techniques", ACM TOIS 20(4), 2002, with gain 1 and discount log2(1 + rank).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eval.records import Stretch


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
    return 1 / min(first_ranks(evidence, passages), default=math.inf)


def ndcg_at(k: int, evidence: Sequence[Stretch], passages: Sequence[Stretch]) -> float | None:
    """Σ_j 1/log2(1 + max(r_j, j)) / Σ_{j ≤ min(k, |E|)} 1/log2(1 + j), r_j the j-th smallest rank at which evidence is
    first hit, over those with max(r_j, j) ≤ k. None if E = ∅.

    Where no passage hits two pieces, this is nDCG@k with gain 1. A passage that hits several counts as if they stood
    at its rank and the next ones: else one passage could be worth more than the ideal ranking.
    """
    if not evidence:
        return None
    ranks = [max(rank, j) for j, rank in enumerate(first_ranks(evidence, passages), 1)]
    gained = math.fsum(1 / math.log2(1 + rank) for rank in ranks if rank <= k)
    ideal = math.fsum(1 / math.log2(1 + j) for j in range(1, min(k, len(evidence)) + 1))
    return gained / ideal


def first_ranks(evidence: Sequence[Stretch], passages: Sequence[Stretch]) -> list[int]:
    """For each piece of evidence that is hit, the rank, from 1, of the first passage that does so; ascending."""
    ranks = (next((rank for rank, p in enumerate(passages, 1) if hits(p, e)), None) for e in evidence)
    return sorted(rank for rank in ranks if rank is not None)


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

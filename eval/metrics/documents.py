"""Finding whole documents: a ranking of their ids against judged relevance, as ir-measures and trec_eval score. Pure.

Relevant is what was judged above 0; what was not judged counts as not relevant. Each id stands in a ranking once. nDCG
takes the judged relevance as gain (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM
TOIS 20(4), 2002, with discount log2(1 + rank); trec_eval's ndcg_cut). In ir-measures (MacAvaney, Macdonald, Ounis,
ECIR 2022) the four are called R@k, Success@k, RR@k and nDCG@k; tests hold them equal.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence


def recall_of_documents(k: int, judged: Mapping[str, int], ranking: Sequence[str]) -> float | None:
    """Share of the relevant documents that are among the first k. None if none is relevant."""
    relevant = _relevant(judged)
    return len(relevant.intersection(ranking[:k])) / len(relevant) if relevant else None


def hit_of_documents(k: int, judged: Mapping[str, int], ranking: Sequence[str]) -> float | None:
    """1 if a relevant document is among the first k, else 0. None if none is relevant."""
    relevant = _relevant(judged)
    return float(not relevant.isdisjoint(ranking[:k])) if relevant else None


def reciprocal_rank_of_documents(k: int, judged: Mapping[str, int], ranking: Sequence[str]) -> float | None:
    """1 / rank of the first relevant document among the first k, 0 if none is. None if none is relevant."""
    relevant = _relevant(judged)
    ranks = (rank for rank, each in enumerate(ranking[:k], 1) if each in relevant)
    return 1 / next(ranks, math.inf) if relevant else None


def ndcg_of_documents(k: int, judged: Mapping[str, int], ranking: Sequence[str]) -> float | None:
    """Σ_{i ≤ k} rel(i) / log2(1 + i), against the same sum for the best possible ranking. None if none is relevant."""
    gains = [max(0, relevance) for relevance in judged.values()]
    ideal = _discounted(sorted(gains, reverse=True)[:k])
    return _discounted(max(0, judged.get(each, 0)) for each in ranking[:k]) / ideal if ideal else None


def _relevant(judged: Mapping[str, int]) -> set[str]:
    return {each for each, relevance in judged.items() if relevance > 0}


def _discounted(gains: Iterable[int]) -> float:
    return math.fsum(gain / math.log2(1 + rank) for rank, gain in enumerate(gains, 1))

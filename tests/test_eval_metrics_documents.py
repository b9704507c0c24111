import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from eval.metrics.documents import (
    hit_of_documents,
    ndcg_of_documents,
    recall_of_documents,
    reciprocal_rank_of_documents,
)

JUDGED = {"a": 2, "b": 1, "c": 1, "x": 0}  # three relevant, one judged irrelevant
RANKING = ("x", "b", "u", "a")  # u was not judged; c is not found


def test_recall_is_the_share_of_what_is_relevant() -> None:
    assert [recall_of_documents(k, JUDGED, RANKING) for k in (1, 2, 4, 100)] == [0, 1 / 3, 2 / 3, 2 / 3]


def test_a_hit_is_any_relevant_document() -> None:
    assert [hit_of_documents(k, JUDGED, RANKING) for k in (1, 2, 4)] == [0, 1, 1]


def test_the_reciprocal_rank_is_that_of_the_first_relevant_document_and_ends_at_the_cutoff() -> None:
    assert [reciprocal_rank_of_documents(k, JUDGED, RANKING) for k in (1, 2, 10)] == [0, 1 / 2, 1 / 2]


def test_ndcg_weighs_by_judged_relevance() -> None:
    ideal = 2 / 1 + 1 / math.log2(3) + 1 / 2
    assert ndcg_of_documents(10, JUDGED, RANKING) == pytest.approx((1 / math.log2(3) + 2 / math.log2(5)) / ideal)
    assert ndcg_of_documents(2, JUDGED, RANKING) == pytest.approx((1 / math.log2(3)) / (2 + 1 / math.log2(3)))
    assert ndcg_of_documents(10, JUDGED, ("a", "c", "b")) == 1


def test_nothing_found_is_zero_and_nothing_relevant_is_no_score() -> None:
    measures = (recall_of_documents, hit_of_documents, reciprocal_rank_of_documents, ndcg_of_documents)
    assert [measure(10, JUDGED, ()) for measure in measures] == [0, 0, 0, 0]
    assert [measure(10, {"x": 0, "y": -1}, RANKING) for measure in measures] == [None] * 4


IDS = [f"d{i}" for i in range(16)]


@given(
    st.dictionaries(st.sampled_from(IDS), st.integers(0, 3), min_size=1).filter(lambda judged: any(judged.values())),
    st.lists(st.sampled_from(IDS), unique=True, min_size=1),
    st.integers(1, 12),
)
def test_they_are_what_ir_measures_says(judged: dict[str, int], ranking: list[str], k: int) -> None:
    qrels = [ir_measures.Qrel("q", each, relevance) for each, relevance in judged.items()]
    run = [ir_measures.ScoredDoc("q", each, float(-rank)) for rank, each in enumerate(ranking)]
    theirs = ir_measures.calc_aggregate([R @ k, Success @ k, RR @ k, nDCG @ k], qrels, run)
    ours = {
        R @ k: recall_of_documents(k, judged, ranking),
        Success @ k: hit_of_documents(k, judged, ranking),
        RR @ k: reciprocal_rank_of_documents(k, judged, ranking),
        nDCG @ k: ndcg_of_documents(k, judged, ranking),
    }
    assert ours == pytest.approx(theirs)

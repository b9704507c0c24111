from math import log2

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from eval.metrics.ranking import first_ranks, hit_at, hits, ndcg_at, recall_at, recall_within, reciprocal_rank
from eval.records import Stretch
from tests.eval_samples import at


def test_a_passage_hits_from_half_the_evidence_on() -> None:
    assert hits(at(0, 15), at(10, 20))  # 5 of 10
    assert not hits(at(0, 14), at(10, 20))  # 4 of 10
    assert not hits(at(0, 11), at(10, 13))  # 1 of 3
    assert hits(at(0, 12), at(10, 13))  # 2 of 3
    assert not hits(at(10, 20, "b"), at(10, 20))


def test_halves_in_two_passages_are_no_piece() -> None:
    evidence = [at(10, 20)]
    assert recall_at(2, evidence, [at(6, 14), at(16, 24)]) == 0.0  # 4 and 4 of 10


def test_ranks() -> None:
    evidence = [at(10, 20), at(50, 60), at(90, 100)]
    passages = [at(200, 300), at(0, 20), at(0, 20, "b"), at(40, 60), at(10, 20)]
    assert [recall_at(k, evidence, passages) for k in (1, 2, 3, 4, 10)] == [0, 1 / 3, 1 / 3, 2 / 3, 2 / 3]
    assert [hit_at(k, evidence, passages) for k in (1, 2, 10)] == [0.0, 1.0, 1.0]
    assert reciprocal_rank(evidence, passages) == 0.5
    assert reciprocal_rank(evidence, passages[:1]) == 0.0
    assert reciprocal_rank(evidence, []) == 0.0
    assert first_ranks(evidence, passages) == [2, 4]  # the fifth hits what the second has hit
    assert first_ranks(evidence, []) == []


def test_gain_falls_with_the_logarithm_of_the_rank() -> None:
    evidence = [at(10, 20), at(50, 60), at(90, 100)]
    passages = [at(200, 300), at(0, 20), at(0, 20, "b"), at(40, 60)]
    ideal = 1 + 1 / log2(3) + 1 / 2
    assert ndcg_at(10, evidence, passages) == pytest.approx((1 / log2(3) + 1 / log2(5)) / ideal)
    assert ndcg_at(3, evidence, passages) == pytest.approx(1 / log2(3) / ideal)
    assert ndcg_at(2, evidence, passages) == pytest.approx(1 / log2(3) / (1 + 1 / log2(3)))
    assert ndcg_at(1, evidence, passages) == 0.0
    assert ndcg_at(10, evidence[:1], [at(10, 20)]) == 1.0


def test_a_passage_that_hits_two_pieces_is_worth_no_more_than_the_ideal() -> None:
    evidence = [at(10, 20), at(30, 40)]
    assert ndcg_at(10, evidence, [at(0, 50)]) == 1.0
    assert ndcg_at(1, evidence, [at(0, 50)]) == 1.0
    ideal = 1 + 1 / log2(3)
    assert ndcg_at(10, evidence, [at(0, 5), at(0, 50)]) == pytest.approx(2 / log2(3) / ideal)  # both at rank 2


def test_reading_stops_before_the_passage_that_goes_beyond() -> None:
    evidence = [at(0, 10), at(1900, 1910), at(3000, 3010)]
    passages = [at(0, 1000), at(1000, 2000), at(3000, 3010)]
    assert recall_within(2000, evidence, passages) == 2 / 3
    assert recall_within(1999, evidence, passages) == 1 / 3  # the third would fit, but a reader goes in order
    assert recall_within(2010, evidence, passages) == 1.0
    assert recall_within(2000, evidence, [at(0, 2001)]) == 0.0


def test_without_evidence_nothing_applies() -> None:
    passages = [at(0, 10)]
    assert recall_at(5, [], passages) is None
    assert hit_at(5, [], passages) is None
    assert reciprocal_rank([], passages) is None
    assert ndcg_at(10, [], passages) is None
    assert recall_within(2000, [], passages) is None


stretches = st.lists(
    st.builds(
        lambda source, start, length: at(start, start + length, source),
        st.sampled_from("ab"),
        st.integers(0, 60),
        st.integers(1, 30),
    ),
    max_size=8,
)


@given(stretches.filter(bool), stretches)
def test_laws_of_finding(evidence: list[Stretch], passages: list[Stretch]) -> None:
    recalls = [recall_at(k, evidence, passages) or 0.0 for k in range(len(passages) + 2)]
    assert recalls == sorted(recalls)
    assert recalls[0] == 0.0
    for k, recall in enumerate(recalls):
        assert (recall > 0) == bool(hit_at(k, evidence, passages))
    assert bool(reciprocal_rank(evidence, passages)) == (recalls[-1] > 0)
    assert recall_within(10**6, evidence, passages) == recalls[-1]
    gain = ndcg_at(10, evidence, passages)
    assert gain is not None
    assert 0 <= gain <= 1 + 1e-12
    assert (gain > 0) == (recalls[-1] > 0)
    assert recall_at(len(evidence), evidence, evidence) == 1.0  # the oracle
    assert reciprocal_rank(evidence, evidence) == 1.0
    assert ndcg_at(10, evidence, evidence) == pytest.approx(1)


@given(st.integers(1, 12), st.lists(st.integers(0, 14), min_size=1, max_size=15))
def test_where_no_passage_hits_two_pieces_ir_measures_agrees(pieces: int, hit: list[int]) -> None:
    """Evidence stands for relevant documents; a passage that hits nothing, or what was hit before, for another one."""
    evidence = [at(100 * i, 100 * i + 10) for i in range(pieces)]
    passages = [at(100 * i, 100 * i + 10) for i in hit]
    names = [f"e{i}" if i not in hit[:rank] else f"again{rank}" for rank, i in enumerate(hit)]
    qrels = [ir_measures.Qrel("q", f"e{i}", 1) for i in range(pieces)]
    ranking = [ir_measures.ScoredDoc("q", name, float(-rank)) for rank, name in enumerate(names)]
    ours = {
        **{R @ k: recall_at(k, evidence, passages) for k in (1, 5, 10)},
        **{Success @ k: hit_at(k, evidence, passages) for k in (1, 5, 10)},
        RR: reciprocal_rank(evidence, passages),
        nDCG @ 10: ndcg_at(10, evidence, passages),
    }
    assert ir_measures.calc_aggregate(list(ours), qrels, ranking) == pytest.approx(ours)

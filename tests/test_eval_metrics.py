import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Case, Stretch
from eval.metrics import (
    METRICS,
    Fault,
    Mean,
    Outcome,
    citation_precision,
    citation_recall,
    false_refusal,
    fault,
    hit_at,
    hits,
    max_answer_chars,
    percentile,
    recall_at,
    recall_within,
    reciprocal_rank,
    refusal_precision,
    refusal_recall,
    right,
    without_markers,
)
from index.records import Span
from qa.records import Answer, Status
from tests.eval_samples import SOURCES, answer, case, citation, passage, refusal_case


def at(start: int, end: int, source: str = "a") -> Stretch:
    return Stretch(source, Span(start, end))


def outcome(asked: Case, said: Answer) -> Outcome:
    return Outcome(asked, SOURCES.locate(asked), said)


# ── finding ──


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
    assert recall_within(2000, [], passages) is None
    assert citation_precision([], passages) is None
    assert citation_recall([], passages) is None


def test_citations_overlap_with_a_single_character() -> None:
    evidence = [at(10, 20), at(50, 60)]
    citations = [at(19, 30), at(20, 30), at(10, 20, "b")]
    assert citation_precision(evidence, citations) == 1 / 3
    assert citation_recall(evidence, citations) == 1 / 2
    assert citation_precision(evidence, []) is None
    assert citation_recall(evidence, []) == 0.0


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
    assert recall_at(len(evidence), evidence, evidence) == 1.0  # the oracle
    assert citation_recall(evidence, evidence) == citation_precision(evidence, evidence) == 1.0


# ── answering ──

EVIDENCE = "补助\n5000元"  # 6 of the evidence's 11 characters and its line break
FOUND = [passage(1, "a.txt", 0, 20)]
ELSEWHERE = [passage(1, "b.txt", 0, 10)]


def test_right_needs_the_facts_the_evidence_and_brevity() -> None:
    quoted = [citation(1, "a.txt", EVIDENCE)]
    assert right(outcome(case(), answer("补助五千元[1]。", quoted, FOUND))) == 1.0
    assert right(outcome(case(), answer("补助五千元[1]。", quoted, FOUND, Status.PARTIAL))) == 1.0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer("没有依据。", [], FOUND, Status.REFUSED), Fault.REFUSED),
        (answer("您问哪里？", [], [], Status.CLARIFY), Fault.REFUSED),
        (answer("不客气，5000元。", [citation(1, "a.txt", EVIDENCE)], [], Status.CHAT), Fault.CHATTED),
        (answer("不设补助[1]。", [citation(1, "b.txt", "不设补助")], ELSEWHERE), Fault.NOT_FOUND),
        (answer("由市商务局负责[1]。", [citation(1, "a.txt", "市商务局")], FOUND), Fault.NOT_CHOSEN),
        (answer("有补助[1]。", [citation(1, "a.txt", "新车")], FOUND), Fault.INCOMPLETE),
        (answer("有补助[1]。", [citation(1, "a.txt", "新车")], ELSEWHERE), Fault.INCOMPLETE),
        (answer("补助5000元[1]。", [citation(1, "b.txt", "补助")], FOUND), Fault.WRONG_CITATION),
        (answer("补助5000元。", [], FOUND), Fault.WRONG_CITATION),
        (answer("补助5000元[1]。" + "好" * 112, [citation(1, "a.txt", EVIDENCE)], FOUND), None),  # 120
        (answer("补助5000元[1]。" + "好" * 113, [citation(1, "a.txt", EVIDENCE)], FOUND), Fault.TOO_LONG),
    ],
)
def test_why_an_answer_is_not_right(said: Answer, why: Fault | None) -> None:
    result = outcome(case(), said)
    assert fault(result) is why
    assert right(result) == float(why is None)


def test_refusing_or_asking_back_is_right_where_nothing_answers() -> None:
    asked = refusal_case()
    assert fault(outcome(asked, answer("没有写到。", status=Status.REFUSED))) is None
    assert fault(outcome(asked, answer("您问哪里？", status=Status.CLARIFY))) is None
    assert fault(outcome(asked, answer("5000元[1]。", [citation(1, "a.txt", EVIDENCE)]))) is Fault.ANSWERED
    assert fault(outcome(asked, answer("部分[1]。", status=Status.PARTIAL))) is Fault.ANSWERED
    assert fault(outcome(asked, answer("您好。", status=Status.CHAT))) is Fault.ANSWERED


def test_refusals() -> None:
    def scores(asked: Case, status: Status) -> tuple[float | None, ...]:
        asked_and_said = outcome(asked, answer("……", status=status))
        return refusal_precision(asked_and_said), refusal_recall(asked_and_said), false_refusal(asked_and_said)

    assert scores(case(), Status.ANSWERED) == (None, None, 0.0)
    assert scores(case(), Status.REFUSED) == (0.0, None, 1.0)
    assert scores(refusal_case(), Status.CLARIFY) == (1.0, 1.0, None)
    assert scores(refusal_case(), Status.ANSWERED) == (None, 0.0, None)


def test_markers_are_not_read() -> None:
    assert without_markers("按〔2024〕9号，5000[1]元[2][13]，见[2024]。") == "按〔2024〕9号，5000元，见[2024]。"


def test_how_long_an_answer_may_be() -> None:
    assert [max_answer_chars("字" * n) for n in (0, 30, 31, 100)] == [120, 120, 122, 260]


# ── all of them ──


def test_every_metric_of_one_outcome() -> None:
    said = answer("补助5000元[1]。", [citation(1, "a.txt", EVIDENCE)], [*ELSEWHERE, passage(2, "a.txt", 0, 20)])
    assert {metric.name: metric.score(outcome(case(), said)) for metric in METRICS} == {
        "recall@1": 0.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "hit@1": 0.0,
        "hit@5": 1.0,
        "hit@10": 1.0,
        "mrr": 0.5,
        "recall@2000chars": 1.0,
        "right": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "refusal_precision": None,
        "refusal_recall": None,
        "false_refusal": 0.0,
    }


def test_a_mean_leaves_out_what_does_not_apply() -> None:
    assert Mean.of([1.0, None, 0.0, 0.5]) == Mean(0.5, 3)
    assert Mean.of([None]) == Mean(None, 0)


def test_percentiles_are_values_that_occurred() -> None:
    times = [30.0, 10.0, 20.0, 40.0]
    assert [percentile(times, share) for share in (0.25, 0.5, 0.51, 0.95, 1)] == [10.0, 20.0, 30.0, 40.0, 40.0]
    assert percentile([], 0.5) is None
    with pytest.raises(ValueError, match="0"):
        percentile(times, 0)

from dataclasses import replace
from math import log2

import pytest

from eval.records import Fault
from eval.scores import (
    BY_NAME,
    HEADLINES,
    METRICS,
    SET_METRICS,
    Metric,
    Result,
    SetMetric,
    believed_questions,
    fault_counts,
    judged_answers,
    summary,
)
from eval.statistics import Mean
from index.errors import LibraryDamaged
from qa.records import Answer, Status
from tests.eval_samples import (
    SampleShelf,
    answer,
    case,
    chat_case,
    citation,
    examined,
    five_results,
    outcome,
    passage,
    probe_case,
    refusal_case,
)

QUOTED = [citation(1, "a.txt", "补助\n5000元")]  # characters 8 to 16; the evidence stands at 4 to 16
RANKED = [passage(1, "b.txt", 0, 10), passage(2, "a.txt", 0, 20)]


@pytest.fixture(scope="module")
def results() -> tuple[Result, ...]:
    return five_results()


# ── one outcome ──


def test_every_metric_of_one_outcome() -> None:
    result = Result.of(outcome(case(), answer("补助5000元[1]。", QUOTED, RANKED)))
    assert result.fault is None
    assert result.scores == {
        "recall@1": 0.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "hit@1": 0.0,
        "hit@5": 1.0,
        "hit@10": 1.0,
        "mrr": 0.5,
        "ndcg@10": pytest.approx(1 / log2(3)),
        "recall@2000chars": 1.0,
        "right": 1.0,
        "key_fact_recall": 1.0,
        "key_fact_precision": 1.0,
        "exact_match": 1.0,
        "character_f1": 1.0,
        "rouge_l": 1.0,
        "verbosity": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "citation_iou": 8 / 12,
        "citation_support": 1.0,
        "support_rate": 1.0,
        "refusal_precision": None,
        "refusal_recall": None,
        "false_refusal": 0.0,
        "wrong_place": None,
        "wrong_law": 0.0,
        "misled": 0.0,
    }


def test_a_refused_question_has_the_scores_of_finding_and_refusing_alone() -> None:
    shelf = SampleShelf(cities_of={"a.txt": "大同市"})
    result = Result.of(outcome(case(), answer("没有写到。", [], RANKED, Status.REFUSED), shelf))
    assert result.fault is Fault.REFUSED
    assert {name: score for name, score in result.scores.items() if score is not None} == {
        "recall@1": 0.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "hit@1": 0.0,
        "hit@5": 1.0,
        "hit@10": 1.0,
        "mrr": 0.5,
        "ndcg@10": pytest.approx(1 / log2(3)),
        "recall@2000chars": 1.0,
        "right": 0.0,
        "key_fact_recall": 0.0,
        "citation_recall": 0.0,
        "refusal_precision": 0.0,
        "false_refusal": 1.0,
        "misled": 0.0,
    }


def test_small_talk_is_right_or_not_and_nothing_else() -> None:
    result = Result.of(outcome(chat_case(), answer("您好！", status=Status.CHAT)))
    assert {name: score for name, score in result.scores.items() if score is not None} == {"right": 1.0}


def test_where_the_answerer_failed_no_score_applies_but_not_right() -> None:
    result = Result.of(outcome(case(), LibraryDamaged("库坏了")))
    assert result.fault is Fault.FAILED
    assert result.scores == {name: 0.0 if name == "right" else None for name in BY_NAME}


def test_names_and_headings_tell_the_metrics_apart() -> None:
    shown: list[Metric | SetMetric] = [*METRICS, *SET_METRICS]
    for names in ([m.name for m in shown], [m.heading for m in shown], [m.english for m in shown]):
        assert len(set(names)) == len(names)
    assert set(HEADLINES) <= set(BY_NAME)


# ── sets ──


def test_means_carry_their_number(results: tuple[Result, ...]) -> None:
    means = summary(results)
    # first 1, second 0, third 0; the fourth has no evidence, the fifth failed
    assert means["recall@1"] == Mean(1 / 3, 3)
    assert means["mrr"] == Mean(0.5, 3)  # 1, 1/2, 0
    assert means["right"] == Mean(2 / 5, 5)  # a failed case is not right
    assert means["citation_precision"] == Mean(0.75, 2)  # 1, 1/2
    assert means["refusal_precision"] == Mean(0.5, 2)
    assert means["refusal_recall"] == Mean(1.0, 1)
    assert means["false_refusal"] == Mean(1 / 3, 3)
    assert means["wrong_place"] == Mean(None, 0)
    assert list(means) == [*BY_NAME, "aurc", "ece", "auroc"]


def test_without_results_nothing_applies() -> None:
    assert set(summary(()).values()) == {Mean(None, 0)}
    assert set(summary((), intervals=True).values()) == {Mean(None, 0)}


def test_refusal_precision_needs_both_kinds_of_question(results: tuple[Result, ...]) -> None:
    assert summary(results[:3])["refusal_precision"] == Mean(None, 0)
    assert summary(results[3:4])["refusal_precision"] == Mean(None, 0)
    refused = answer("没有写到。", status=Status.REFUSED)
    others = (Result.of(outcome(asked(), refused)) for asked in (chat_case, probe_case))
    assert summary([*results[:3], *others])["refusal_precision"] == Mean(None, 0)  # they are of neither kind


def test_intervals_come_on_demand(results: tuple[Result, ...]) -> None:
    assert {mean.interval for mean in summary(results).values()} == {None}
    means = summary(results, intervals=True)
    assert means["right"].interval is not None
    assert means["right"].interval.low < 0.4 < means["right"].interval.high
    assert means["refusal_recall"].interval == pytest.approx((0.025, 1.0))  # one of one
    assert means["wrong_place"].interval is None


def test_faults_are_counted_the_most_frequent_first(results: tuple[Result, ...]) -> None:
    assert fault_counts(results) == {"缺要点": 1, "误拒": 1, "出错": 1}
    assert list(fault_counts([*results, results[2]])) == ["误拒", "缺要点", "出错"]
    assert fault_counts(results[:1]) == fault_counts(()) == {}


# ── confidence ──


def judged_results() -> tuple[Result, ...]:
    def sure(confidence: float | None, text: str = "补助5000元[1]。", status: Status = Status.ANSWERED) -> Answer:
        return replace(answer(text, QUOTED, status=status), confidence=confidence)

    refused, chat = sure(0.1, status=Status.REFUSED), sure(0.2, "您好！", Status.CHAT)
    asked = [
        (case(id="d-000-001", question="一"), sure(0.9)),
        (case(id="d-000-002", question="二"), sure(0.5, "有补助[1]。")),
        (refusal_case(id="d-000-003", question="三"), sure(0.7)),  # it should have been refused
        (case(id="d-000-004", question="四"), refused),
        (case(id="d-000-005", question="五"), sure(None)),
        (chat_case(id="d-000-006", question="六"), chat),
        (chat_case(id="d-000-007", question="七"), sure(0.3)),
        (probe_case(id="d-000-008", question="八"), sure(0.4)),
        (case(id="d-000-009", question="九"), chat),
    ]
    return examined([each for each, _ in asked], {each.question: said for each, said in asked})


def test_confidence_is_judged_where_an_answer_was_given_to_what_has_one_or_none() -> None:
    results = judged_results()
    assert judged_answers(result.outcome for result in results) == [(0.9, 1.0), (0.5, 0.0), (0.7, 0.0)]
    means = summary(results, intervals=True)
    assert means["aurc"].n == means["ece"].n == 3
    assert means["aurc"].value == pytest.approx((0 + 1 / 2 + 2 / 3) / 3)
    assert means["ece"].value == pytest.approx((0.1 + 0.5 + 0.7) / 3)
    for name in ("aurc", "ece"):
        mean = means[name]
        assert mean.interval is not None
        assert mean.value is not None
        assert mean.interval.low <= mean.value <= mean.interval.high


def test_what_is_settled_without_a_belief_counts_as_certain() -> None:
    outcomes = [result.outcome for result in judged_results()]
    believed = [replace(outcomes[0], answerable=0.3), *outcomes[1:]]
    # an answer, a refusal, small talk in the place of an answer; small talk itself and probes do not count
    assert believed_questions(believed) == [(0.3, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 1.0)]
    assert believed_questions(outcomes) == []

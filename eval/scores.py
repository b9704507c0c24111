"""Every metric by name, and what they come to over a set. Pure.

The files of metrics/ hold the formulas; this one says in which order they are shown, under which heading, and whether
more is better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from eval.metrics.citation import citation_iou, citation_precision, citation_recall
from eval.metrics.confidence import area_under_risk_coverage, calibration_error
from eval.metrics.facts import key_fact_precision, key_fact_recall
from eval.metrics.grounds import wrong_law, wrong_place
from eval.metrics.length import verbosity
from eval.metrics.overlap import character_f1, exact_match, rouge_l
from eval.metrics.ranking import hit_at, ndcg_at, recall_at, recall_within, reciprocal_rank
from eval.metrics.refusal import area_under_refusal_curve, false_refusal, refusal_precision, refusal_recall
from eval.metrics.support import citation_support, support_rate
from eval.metrics.verdict import fault, misled, right
from eval.records import Fault, Outcome, Stretch
from eval.statistics import Mean, bootstrap_of

CUTOFFS = (1, 5, 10)
READ_CHARS = 2000
HEADLINES = ("right", "recall@5", "citation_recall", "citation_support", "refusal_recall", "false_refusal")


@dataclass(frozen=True, slots=True)
class Metric:
    """A score of one question, with its name in JSON and its headings in tables."""

    name: str
    heading: str  # Chinese
    english: str
    score: Callable[[Outcome], float | None]
    sign: int = 1  # 1: more is better; -1: less is; 0: neither


Belief = tuple[float, float]  # a belief, and 1 if it came true, else 0


@dataclass(frozen=True, slots=True)
class SetMetric:
    """A figure of a whole set: of the beliefs in its questions that `beliefs` picks out."""

    name: str
    heading: str
    english: str
    figure: Callable[[Sequence[Belief]], float | None]
    beliefs: Callable[[Iterable[Outcome]], list[Belief]]
    sign: int = -1


def judged_answers(outcomes: Iterable[Outcome]) -> list[Belief]:
    """Confidence and rightness of each question that was answered and is no small talk."""
    return [
        (outcome.confidence, good)
        for outcome in outcomes
        if outcome.answered
        and outcome.confidence is not None
        and (good := right(outcome)) is not None
        and not outcome.case.small_talk
    ]


def believed_questions(outcomes: Iterable[Outcome]) -> list[Belief]:
    """Of each question, small talk and probes aside, the belief that the notices answer it, and whether they do.

    What the answerer settled without such a belief counts as certain. [] where it never tells one.
    """
    asked = [o for o in outcomes if o.status is not None and not (o.case.small_talk or o.case.probe)]
    if all(outcome.answerable is None for outcome in asked):
        return []
    return [(float(not o.refused) if o.answerable is None else o.answerable, float(o.case.answerable)) for o in asked]


_Compare = Callable[[Sequence[Stretch], Sequence[Stretch]], float | None]


def _finding(name: str, heading: str, english: str, score: _Compare) -> Metric:
    return Metric(name, heading, english, lambda outcome: score(outcome.evidence, outcome.found))


def _citing(name: str, heading: str, english: str, score: _Compare) -> Metric:
    return Metric(name, heading, english, lambda outcome: score(outcome.evidence, outcome.cited))


FINDING = (
    *(_finding(f"recall@{k}", f"召回@{k}", f"recall@{k}", partial(recall_at, k)) for k in CUTOFFS),
    *(_finding(f"hit@{k}", f"命中@{k}", f"hit@{k}", partial(hit_at, k)) for k in CUTOFFS),
    _finding("mrr", "MRR", "MRR", reciprocal_rank),
    _finding("ndcg@10", "nDCG@10", "nDCG@10", partial(ndcg_at, 10)),
    _finding(
        f"recall@{READ_CHARS}chars",
        f"{READ_CHARS}字召回",
        f"recall in {READ_CHARS} chars",
        partial(recall_within, READ_CHARS),
    ),
)
ANSWERING = (
    Metric("right", "答对", "right", right),
    Metric("key_fact_recall", "要点召回", "key-fact recall", key_fact_recall),
    Metric("key_fact_precision", "要点准确", "key-fact precision", key_fact_precision),
    Metric("exact_match", "全同", "exact match", exact_match),
    Metric("character_f1", "字F1", "character F1", character_f1),
    Metric("rouge_l", "ROUGE-L", "ROUGE-L", rouge_l),
    Metric("verbosity", "篇幅比", "verbosity", verbosity, 0),
)
CITING = (
    _citing("citation_precision", "引用准确", "citation precision", citation_precision),
    _citing("citation_recall", "引用召回", "citation recall", citation_recall),
    _citing("citation_iou", "引用重合", "citation IoU", citation_iou),
    Metric("citation_support", "句句有据", "citation support", citation_support),
    Metric("support_rate", "数名有据", "support rate", support_rate),
)
REFUSING = (
    Metric("refusal_precision", "拒答准确", "refusal precision", refusal_precision),
    Metric("refusal_recall", "拒答召回", "refusal recall", refusal_recall),
    Metric("false_refusal", "误拒", "false refusals", false_refusal, -1),
    Metric("wrong_place", "串城", "wrong place", wrong_place, -1),
    Metric("wrong_law", "引失效", "wrong law", wrong_law, -1),
    Metric("misled", "断言有误", "misled", misled, -1),
)
METRICS = (*FINDING, *ANSWERING, *CITING, *REFUSING)
SET_METRICS = (
    SetMetric("aurc", "风险覆盖面积", "area under risk–coverage", area_under_risk_coverage, judged_answers),
    SetMetric("ece", "校准误差", "calibration error", calibration_error, judged_answers),
    SetMetric("auroc", "拒答曲线面积", "area under the refusal curve", area_under_refusal_curve, believed_questions, 1),
)
BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome with every score of it."""

    outcome: Outcome
    scores: Mapping[str, float | None]  # by Metric.name
    fault: Fault | None  # None where right

    @classmethod
    def of(cls, outcome: Outcome) -> Result:
        """Where the answerer failed, the answer is not right, and no other score applies."""
        if outcome.status is None:
            failed: dict[str, float | None] = {metric.name: None for metric in METRICS}
            failed["right"] = right(outcome)
            return cls(outcome, failed, fault(outcome))
        return cls(outcome, {metric.name: metric.score(outcome) for metric in METRICS}, fault(outcome))


def summary(results: Iterable[Result], *, intervals: bool = False) -> dict[str, Mean]:
    """The mean of every metric and the figure of every set metric over some results, by name.

    Refusal precision applies only where the results hold both kinds of question: among answerable ones alone it would
    be 0 whatever the answerer does, among unanswerable ones alone 1.
    """
    results = tuple(results)
    means = {m.name: Mean.of((r.scores[m.name] for r in results), interval=intervals) for m in METRICS}
    kinds = {c.answerable for r in results if not ((c := r.outcome.case).small_talk or c.probe)}
    if len(kinds) < 2:
        means["refusal_precision"] = Mean(None, 0)
    for each in SET_METRICS:
        beliefs = each.beliefs(result.outcome for result in results)
        value = each.figure(beliefs)
        interval = bootstrap_of(beliefs, each.figure) if intervals else None
        means[each.name] = Mean(value, len(beliefs) if value is not None else 0, interval)
    return means


def fault_counts(results: Iterable[Result]) -> dict[str, int]:
    """How many answers are not right for each reason, the most frequent first."""
    return dict(Counter(str(result.fault) for result in results if result.fault).most_common())

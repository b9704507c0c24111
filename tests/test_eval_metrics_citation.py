import pytest
from hypothesis import given

from eval.metrics.citation import citation_iou, citation_precision, citation_recall
from eval.records import Stretch
from tests.eval_samples import at
from tests.test_eval_metrics_ranking import stretches


def test_citations_overlap_with_a_single_character() -> None:
    evidence = [at(10, 20), at(50, 60)]
    citations = [at(19, 30), at(20, 30), at(10, 20, "b")]
    assert citation_precision(evidence, citations) == 1 / 3
    assert citation_recall(evidence, citations) == 1 / 2


def test_what_both_hold_is_held_against_what_either_holds() -> None:
    assert citation_iou([at(10, 20)], [at(15, 25)]) == 5 / 15
    assert citation_iou([at(10, 20)], [at(10, 20), at(12, 14)]) == 1.0  # a character counts once
    assert citation_iou([at(10, 20), at(18, 30)], [at(10, 15)]) == 5 / 20
    assert citation_iou([at(10, 20)], [at(10, 20, "b")]) == 0.0
    assert citation_iou([at(10, 20)], [at(10, 20), at(0, 10, "b")]) == 10 / 20


def test_without_citations_none_is_wrong_but_all_are_missing() -> None:
    evidence = [at(10, 20)]
    assert citation_precision(evidence, []) is None
    assert citation_iou(evidence, []) is None
    assert citation_recall(evidence, []) == 0.0


def test_without_evidence_nothing_applies() -> None:
    citations = [at(0, 10)]
    assert citation_precision([], citations) is None
    assert citation_recall([], citations) is None
    assert citation_iou([], citations) is None


@given(stretches.filter(bool), stretches.filter(bool))
def test_laws_of_citing(evidence: list[Stretch], citations: list[Stretch]) -> None:
    assert citation_recall(evidence, evidence) == citation_precision(evidence, evidence) == 1.0
    assert citation_iou(evidence, evidence) == 1.0
    assert citation_iou(evidence, citations) == pytest.approx(citation_iou(citations, evidence))
    assert citation_precision(evidence, citations) == citation_recall(citations, evidence)
    assert bool(citation_iou(evidence, citations)) == bool(citation_recall(evidence, citations))

from itertools import groupby, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.confidence import (
    Judged,
    Point,
    area_under_risk_coverage,
    calibration_error,
    reliability,
    risk_coverage,
)

FOUR = [(0.7, 1.0), (0.9, 1.0), (0.6, 0.0), (0.8, 0.0)]  # by confidence: right, wrong, right, wrong
TIED = [(0.5, 0.0), (0.9, 1.0), (0.5, 1.0)]

judged = st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.sampled_from([0.0, 1.0])), max_size=6)


def test_the_curve_goes_from_the_most_confident_answer_to_all() -> None:
    assert risk_coverage(FOUR) == [Point(1 / 4, 0), Point(1 / 2, 1 / 2), Point(3 / 4, 1 / 3), Point(1, 1 / 2)]


def test_of_all_questions_only_the_answered_are_covered() -> None:
    assert risk_coverage(FOUR, 8)[-1] == Point(1 / 2, 1 / 2)


def test_answers_of_equal_confidence_enter_the_curve_together() -> None:
    assert risk_coverage(TIED) == [Point(1 / 3, 0), Point(1, 1 / 3)]


def test_the_area_is_the_mean_risk_of_the_prefixes() -> None:
    assert area_under_risk_coverage(FOUR) == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)
    assert area_under_risk_coverage(TIED) == pytest.approx((0 + 0.5 / 2 + 1 / 3) / 3)
    assert area_under_risk_coverage([(0.2, 1.0), (0.1, 1.0)]) == 0.0
    assert area_under_risk_coverage([(0.2, 0.0)]) == 1.0


def test_bins_are_of_neighbours_and_as_equal_as_can_be() -> None:
    low, high = reliability(FOUR, 2)
    assert low == pytest.approx((0.65, 0.5, 2))
    assert high == pytest.approx((0.85, 0.5, 2))
    assert [b.n for b in reliability([(i / 7, 1.0) for i in range(7)], 3)] == [2, 2, 3]
    assert len(reliability(FOUR)) == 4  # no bin is empty


def test_the_calibration_error_is_the_gap_of_each_bin_by_its_number() -> None:
    assert calibration_error(FOUR, 2) == pytest.approx((0.15 + 0.35) / 2)
    assert calibration_error(FOUR) == pytest.approx((0.6 + 0.3 + 0.8 + 0.1) / 4)
    assert calibration_error([(1.0, 1.0), (0.0, 0.0)]) == 0.0
    assert calibration_error([(1.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)], 1) == pytest.approx(0.875 - 0.75)


def test_without_answers_nothing_applies() -> None:
    assert risk_coverage([]) == []
    assert reliability([]) == []
    assert area_under_risk_coverage([]) is None
    assert calibration_error([]) is None


@given(judged.filter(bool))
def test_the_area_is_that_of_all_orders_that_confidence_allows(judged: list[Judged]) -> None:
    ordered = sorted(judged, key=lambda each: -each[0])
    tied = [list(group) for _, group in groupby(ordered, key=lambda each: each[0])]
    orders = [[right for part in parts for _, right in part] for parts in product(*map(permutations, tied))]
    areas = [sum((i - sum(order[:i])) / i for i in range(1, len(order) + 1)) / len(order) for order in orders]
    assert area_under_risk_coverage(judged) == pytest.approx(sum(areas) / len(areas))


@given(judged.filter(bool))
def test_laws_of_confidence(judged: list[Judged]) -> None:
    wrong = 1 - sum(right for _, right in judged) / len(judged)
    assert risk_coverage(judged)[-1] == pytest.approx((1, wrong))
    assert sum(b.n for b in reliability(judged)) == len(judged)
    assert [b.confidence for b in reliability(judged)] == sorted(b.confidence for b in reliability(judged))
    one, ten = calibration_error(judged, 1), calibration_error(judged)
    assert one is not None
    assert ten is not None
    assert one == pytest.approx(abs(sum(c for c, _ in judged) / len(judged) - (1 - wrong)))
    assert one <= ten + 1e-12  # gaps of one sign add up, of two cancel in one bin

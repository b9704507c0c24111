"""Cross-checked with scipy and scikit-learn, which come with other packages."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap, permutation_test
from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]

from eval.metrics.confidence import calibration_error
from eval.statistics import (
    Difference,
    Interval,
    Mean,
    bootstrap_interval,
    bootstrap_of,
    cohen_kappa,
    exact_interval,
    paired_difference,
    percentile,
)

HALF = [0.0, 1.0] * 50

shares = st.lists(st.floats(0, 1), min_size=2, max_size=30)


# ── means ──


def test_a_mean_leaves_out_what_does_not_apply() -> None:
    assert Mean.of([1.0, None, 0.0, 0.5]) == Mean(0.5, 3)
    assert Mean.of([None]) == Mean(None, 0)
    assert Mean.of([None], interval=True) == Mean(None, 0)


def test_a_mean_comes_with_its_interval_on_demand() -> None:
    mean = Mean.of([*HALF, None], interval=True)
    assert (mean.value, mean.n, mean.interval) == (0.5, 100, bootstrap_interval(HALF))


def test_percentiles_are_values_that_occurred() -> None:
    times = [30.0, 10.0, 20.0, 40.0]
    assert [percentile(times, share) for share in (0.25, 0.5, 0.51, 0.95, 1)] == [10.0, 20.0, 30.0, 40.0, 40.0]
    assert percentile([], 0.5) is None
    with pytest.raises(ValueError, match="0"):
        percentile(times, 0)


# ── intervals of a mean ──


def test_values_without_spread_have_no_interval_but_their_own_value() -> None:
    assert bootstrap_interval([0.5] * 7) == Interval(0.5, 0.5)
    assert bootstrap_interval([0.25]) == Interval(0.25, 0.25)
    assert bootstrap_interval([]) is None
    assert bootstrap_interval([None, None]) is None


def test_a_rate_of_nothing_or_all_still_has_a_bound() -> None:
    """With none of n, the upper end is 1 − 0.025^(1/n): 0.0362 for 100, 0.975 for one."""
    assert bootstrap_interval([0.0] * 100) == pytest.approx((0.0, 1 - 0.025**0.01))
    assert bootstrap_interval([1.0] * 100) == pytest.approx((0.025**0.01, 1.0))
    assert bootstrap_interval([0.0, None]) == pytest.approx((0.0, 0.975))


def test_the_interval_is_the_same_every_time_and_another_with_another_seed() -> None:
    values = [i / 97 for i in range(97)]
    assert bootstrap_interval(values) == bootstrap_interval(values)
    assert bootstrap_interval(values) != bootstrap_interval(values, seed=1)


def test_what_does_not_apply_moves_no_interval() -> None:
    assert bootstrap_interval([*HALF, None]) == bootstrap_interval(HALF)


def test_the_interval_of_a_half_is_what_theory_says() -> None:
    """Of 100 coins: 0.5 ± 1.96 · 0.05."""
    assert bootstrap_interval(HALF, resamples=20_000) == pytest.approx((0.402, 0.598), abs=0.011)


def test_many_values_are_resampled_in_blocks() -> None:
    """3000 × 2000 values do not fit one block; theory: 0.5 ± 1.96 · 0.5/√3000."""
    assert bootstrap_interval([0.0, 1.0] * 1500) == pytest.approx((0.4821, 0.5179), abs=0.002)


@pytest.mark.parametrize("block", [1, 700, 10**9])
def test_blocks_change_no_interval(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    values = [i / 97 for i in range(97)]
    whole = bootstrap_interval(values)
    monkeypatch.setattr("eval.statistics._BLOCK", block)
    assert bootstrap_interval(values) == whole


@settings(max_examples=25, deadline=None)
@given(shares)
def test_the_bootstrap_agrees_with_scipys(values: list[float]) -> None:
    spread = float(np.std(values))
    if spread < 1e-6 or set(values) <= {0.0} or set(values) <= {1.0}:
        return
    theirs = bootstrap((values,), np.mean, n_resamples=8000, method="percentile", rng=1).confidence_interval
    ours = bootstrap_interval(values, resamples=8000)
    # an end of the interval is good to some 3 % of a standard error with 8000 resamples: five times that, and a step
    tolerance = 0.15 * spread / len(values) ** 0.5 + max(np.diff(sorted(values))) / len(values)
    assert ours == pytest.approx((theirs.low, theirs.high), abs=tolerance)


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.9, 0.95]))
def test_the_exact_interval_agrees_with_scipys(rate: tuple[int, int], level: float) -> None:
    theirs = binomtest(*rate).proportion_ci(level, method="exact")
    assert exact_interval(*rate, level) == pytest.approx((theirs.low, theirs.high))


def test_exact_intervals_of_small_numbers() -> None:
    assert exact_interval(0, 3) == pytest.approx((0.0, 1 - 0.025 ** (1 / 3)))
    assert exact_interval(1, 1) == pytest.approx((0.025, 1.0))
    assert exact_interval(5, 10) == pytest.approx((0.187086, 0.812914), abs=1e-6)  # Clopper and Pearson's table


# ── intervals of any figure ──


def test_any_figure_of_a_set_has_an_interval() -> None:
    def mean(values: Any) -> float | None:
        return sum(values) / len(values) if values else None

    assert bootstrap_of(HALF, mean, resamples=4000) == pytest.approx((0.402, 0.598), abs=0.02)
    assert bootstrap_of(HALF, mean, resamples=50) == bootstrap_of(HALF, mean, resamples=50)
    assert bootstrap_of(HALF, mean, resamples=50) != bootstrap_of(HALF, mean, resamples=50, seed=1)
    assert bootstrap_of([], mean) is None
    assert bootstrap_of([(1.0, 1.0)] * 5, calibration_error, resamples=50) == Interval(0.0, 0.0)


def test_resamples_without_a_figure_are_left_out() -> None:
    """The share of the ones that are no zeros: None for a resample of zeros alone, else 1."""
    assert bootstrap_of([0, 1], lambda drawn: 1.0 if any(drawn) else None, resamples=100) == Interval(1.0, 1.0)


# ── differences ──


def test_a_difference_tells_both_sides() -> None:
    found = paired_difference([(0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)])
    assert found is not None
    assert (found.a, found.b, found.mean, found.n, found.better, found.worse) == (0.5, 0.75, 0.25, 4, 2, 1)
    assert found.effect == pytest.approx(0.25 / (2.75 / 3) ** 0.5)  # gaps 1, 0, −1, 1: Σ(g − 1/4)² = 2.75


def test_a_planted_drop_is_found() -> None:
    """3 % of 500 answers, all one way: by chance 2 · 2⁻¹⁵ of the time."""
    pairs = [(1.0, 0.0)] * 15 + [(1.0, 1.0)] * 285 + [(0.0, 0.0)] * 200
    found = paired_difference(pairs)
    assert found is not None
    assert found.mean == pytest.approx(-0.03)
    assert found.interval.high < 0
    assert found.p < 0.01
    assert (found.better, found.worse, found.n) == (0, 15, 500)


def test_as_many_one_way_as_the_other_is_no_difference() -> None:
    found = paired_difference([(1.0, 0.0)] * 15 + [(0.0, 1.0)] * 15 + [(1.0, 1.0)] * 470)
    assert found is not None
    assert (found.mean, found.p, found.effect) == (0.0, 1.0, 0.0)
    assert found.interval.low < 0 < found.interval.high


def test_equal_answers_do_not_differ() -> None:
    same = paired_difference([(0.5, 0.5), (1.0, 1.0)])
    assert same == Difference(0.75, 0.75, 2, 0, 0, Interval(0.0, 0.0), 1.0, None)
    assert paired_difference([]) is None


def test_one_pair_shows_no_spread_and_proves_nothing() -> None:
    found = paired_difference([(0.0, 1.0)])
    assert found == Difference(0.0, 1.0, 1, 1, 0, Interval(1.0, 1.0), 1.0, None)


def test_gaps_that_differ_by_rounding_alone_have_no_spread() -> None:
    found = paired_difference([(0.1, 0.4), (0.2, 0.5)])  # 0.30000000000000004 and 0.3
    assert found is not None
    assert found.effect is None


def test_a_difference_is_the_same_every_time_and_never_impossible() -> None:
    pairs = [(0.0, 1.0)] * 400
    found = paired_difference(pairs)
    assert found == paired_difference(pairs)
    assert found is not None
    assert found.p == 1 / 2001  # of 2000 random arrangements none, and the one observed
    assert found.effect is None


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.5, 1.0])), min_size=1, max_size=20))
def test_a_difference_turned_round_is_its_opposite(pairs: list[tuple[float, float]]) -> None:
    one, other = paired_difference(pairs), paired_difference([(b, a) for a, b in pairs])
    assert one is not None
    assert other is not None
    assert (one.a, one.b, one.better, one.worse, one.p) == (other.b, other.a, other.worse, other.better, other.p)
    assert one.interval == pytest.approx((-other.interval.high, -other.interval.low))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.5, 1.0])), min_size=2, max_size=10))
def test_p_agrees_with_all_the_arrangements_that_scipy_counts(pairs: list[tuple[float, float]]) -> None:
    def gap(a: Any, b: Any, axis: int) -> Any:
        return np.mean(b, axis=axis) - np.mean(a, axis=axis)

    a, b = zip(*pairs, strict=True)
    exact = permutation_test((a, b), gap, permutation_type="samples", n_resamples=2000, vectorized=True).pvalue
    found = paired_difference(pairs, resamples=20_000)
    assert found is not None
    assert found.p == pytest.approx(exact, abs=0.02)  # a standard error is 0.0035 at most


# ── agreement ──


def test_kappa_is_agreement_beyond_chance() -> None:
    """20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: agreed 0.7, by chance 0.5 · 0.6 + 0.5 · 0.4 = 0.5."""
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)


def test_kappa_of_agreement_and_of_its_opposite() -> None:
    assert cohen_kappa([(True, True), (False, False)]) == 1.0
    assert cohen_kappa([(True, False), (False, True)]) == -1.0
    assert cohen_kappa([(True, True), (True, False)]) == 0.0  # who always says yes agrees by chance


def test_where_chance_alone_must_agree_kappa_says_nothing() -> None:
    assert cohen_kappa([]) is None
    assert cohen_kappa([(True, True)] * 5) is None
    assert cohen_kappa([(False, False)]) is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_kappa_agrees_with_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    ours = cohen_kappa(pairs)
    if ours is not None:
        a, b = zip(*pairs, strict=True)
        assert ours == pytest.approx(cohen_kappa_score(a, b))

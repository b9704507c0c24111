"""index/fitted.py: weights are read once, and weigh what they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.fitted import fitted, logistic, weighed


def test_weights_are_read_once_until_they_are_fitted_anew(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_text('{"words": 2.0}', "utf-8")
    assert fitted(file) == {"words": 2.0}
    file.write_text('{"words": 3.0}', "utf-8")
    assert fitted(file) == {"words": 2.0}
    fitted.cache_clear()
    assert fitted(file) == {"words": 3.0}


def test_a_value_without_a_weight_counts_nothing() -> None:
    assert weighed({"words": 2.0}, ("words", "sense"), (1.5, 9.0)) == 3.0
    with pytest.raises(ValueError, match="shorter"):
        weighed({"words": 2.0}, ("words", "sense"), (1.5,))


def test_odds_become_a_probability_and_never_overflow() -> None:
    assert logistic(0.0) == 0.5
    assert logistic(1000.0) == pytest.approx(1.0)
    assert 0 < logistic(-1000.0) < 1e-12

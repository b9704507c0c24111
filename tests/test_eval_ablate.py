"""eval/ablate.py: what is left out is known, and recall is that of questions that were not learned from."""

from __future__ import annotations

import numpy as np
import pytest

from eval.ablate import SETTINGS, recalls
from eval.fit import Example
from index.rerank import FEATURES


def test_what_is_left_out_are_features_and_each_setting_differs() -> None:
    assert all(setting.without <= set(FEATURES) for setting in SETTINGS)
    assert len({(s.without, s.related, s.thesaurus, s.embedder) for s in SETTINGS}) == len(SETTINGS)


def test_a_feature_that_tells_finds_the_passage_and_one_that_does_not_finds_it_by_chance() -> None:
    chance = np.random.default_rng(0)
    telling, idle = [], []
    for _ in range(60):
        right = np.zeros(10)
        right[chance.integers(10)] = 1
        telling.append(Example(np.column_stack([right, chance.random(10)]), right))
        idle.append(Example(chance.random((10, 2)), right))
    assert np.mean(recalls(telling), axis=0) == pytest.approx([1, 1])
    first, five = np.mean(recalls(idle), axis=0)
    assert first < 0.3
    assert 0.3 < five < 0.7

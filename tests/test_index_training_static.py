"""index/training/static.py: slopes against differences, and a toy language that it must learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.training import static
from index.training.model import StaticEmbedder
from index.training.pairs import Pair, Recipe

PLAN = static.Plan(dim=8, vocabulary=100, epochs=3, batch=8, rate=0.05, overlap_dropout=0.0, dropout=0.0)
LAY = [Pair(a, b, "toy") for a, b in ("房契", "活没", "病看", "水断", "校上", "老养", "车公", "火救") for _ in range(4)]
RECIPES = {"toy": Recipe(times=20)}


def counted(pairs: list[Pair]) -> tuple[list[str], static.Bags, static.Floats]:
    vocabulary, idf = static.vocabulary_of([t for p in pairs for t in (p.question, p.passage)], 100, least=1)
    return vocabulary, static.bags_of(pairs, {token: row for row, token in enumerate(vocabulary)}), idf


def test_the_vocabulary_holds_what_most_texts_hold_ties_by_spelling() -> None:
    vocabulary, idf = static.vocabulary_of(["甲", "乙", "甲乙", "甲"], 2, least=1)
    assert vocabulary == ["甲", "乙"]
    np.testing.assert_allclose(idf, np.log([5 / 3.5, 5 / 2.5]), rtol=1e-6)


def test_bags_count_by_logarithm_and_know_what_is_shared() -> None:
    rows = {"甲": 0, "乙": 1, "丙": 2}
    bags = static.bags_of([Pair("甲，甲，乙", "乙，丙", "x"), Pair("丁", "乙，丙", "x")], rows)
    np.testing.assert_allclose(bags.questions.toarray(), [[1 + np.log(2), 1, 0], [0, 0, 0]], rtol=1e-6)
    assert bags.shared.tolist() == [False, True]  # of the entries 甲, 乙
    assert bags.passage_ids.tolist() == [0, 0]


def test_the_slope_is_that_of_the_loss() -> None:
    _, bags, idf = counted([Pair("房契", "证产权", "x"), Pair("没活", "失业", "x"), Pair("看病", "医疗", "x")])
    table: Any = static.begin(idf, PLAN).table.astype(np.float64)
    ids = np.array([0, 1, 2])
    slope: Any = np.zeros_like(table)
    static._contrast(bags.questions, bags.passages, table, slope, ids, 0.3)
    for at in [(0, 0), (3, 5), (7, 2)]:
        sides = []
        for way in (1e-5, -1e-5):
            moved = table.copy()
            moved[at] += way
            sides.append(static._contrast(bags.questions, bags.passages, moved, np.zeros_like(table), ids, 0.3))
        assert slope[at] == pytest.approx((sides[0] - sides[1]) / 2e-5, rel=1e-3, abs=1e-7)


def test_a_batch_is_of_one_source_and_neighbours_stay_together() -> None:
    import random

    pairs = [Pair(f"问{n}", f"答{n}", "a" if n < 24 else "b") for n in range(48)]
    _, bags, _ = counted(pairs)
    drawn = static.batches(bags, {"a": Recipe(), "b": Recipe(at_most=8, times=2)}, 8, random.Random(0))
    assert len(drawn) == 3 + 2
    for rows in drawn:
        assert len({pairs[row].source for row in rows}) == 1
        assert all((rows[at : at + 4] == np.arange(rows[at], rows[at] + 4)).all() for at in (0, 4))


def test_it_learns_which_words_belong_together_and_a_killed_run_ends_the_same(tmp_path: Path) -> None:
    vocabulary, bags, idf = counted(LAY)
    whole = static.train(static.begin(idf, PLAN), bags, RECIPES, PLAN, lambda state, loss: None)

    def killed(state: static.State, loss: float) -> None:
        static.save_state(state, static.described(PLAN), tmp_path)
        if state.epochs == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        static.train(static.begin(idf, PLAN), bags, RECIPES, PLAN, killed)
    kept = static.load_state(static.described(PLAN), tmp_path)
    assert kept is not None
    assert kept.epochs == 2
    again = static.train(kept, bags, RECIPES, PLAN, lambda state, loss: None)
    np.testing.assert_array_equal(again.table, whole.table)
    assert static.load_state(static.described(static.Plan()), tmp_path) is None  # of another plan

    rows = {token: row for row, token in enumerate(vocabulary)}
    asked, right = ["房", "活", "病", "水"], ["契", "没", "看", "断"]
    judged = [{n} for n in range(4)]
    assert static.share_found(asked, right, judged, rows, whole.table) == 1
    name = static.write_model(whole, vocabulary, {"seed": 0}, tmp_path / "model")
    opened = StaticEmbedder.load(tmp_path / "model")
    assert opened.name == name
    plain = static.unit(static.bag(["房契"], rows) @ whole.table)[0][0]
    np.testing.assert_allclose(opened.embed_question("房契"), plain, atol=0.02)

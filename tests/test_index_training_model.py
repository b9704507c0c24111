"""index/training/model.py: a table worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from index.errors import EmbedderError
from index.tokens import RECIPE
from index.training.model import StaticEmbedder


def written(folder: Path, tokeniser: str = RECIPE.name) -> Path:
    """甲 and 乙 are at right angles and 乙 is twice as long; 丙 lies between them."""
    folder.mkdir(exist_ok=True)
    np.save(folder / "table.npy", np.array([[100, 0], [0, 100], [60, 80]], np.int8))
    np.save(folder / "scales.npy", np.array([0.01, 0.02, 0.01], np.float32))
    (folder / "tokens.txt").write_text("甲\n乙\n丙", encoding="utf-8")
    (folder / "embedder.json").write_text(json.dumps({"name": "static-2-x", "tokeniser": tokeniser}), encoding="utf-8")
    return folder


def test_a_text_is_the_sum_of_its_tokens_at_unit_length(tmp_path: Path) -> None:
    embedder = StaticEmbedder.load(written(tmp_path))
    assert (embedder.name, embedder.dim) == ("static-2-x", 2)
    both = np.array([1, 2]) / np.sqrt(5)
    np.testing.assert_allclose(embedder.embed_question("甲，乙"), both, atol=1e-6)
    np.testing.assert_allclose(embedder.embed_texts(["甲，乙", "", "丁"]), [both, [0, 0], [0, 0]], atol=1e-6)
    assert embedder.embed_texts([]).shape == (0, 2)


def test_a_token_said_twice_counts_by_its_logarithm(tmp_path: Path) -> None:
    vector = StaticEmbedder.load(written(tmp_path)).embed_question("甲，甲，乙")
    assert vector[0] / vector[1] == pytest.approx((1 + np.log(2)) / 2)


def test_each_token_of_the_question_meets_the_nearest_of_the_passage(tmp_path: Path) -> None:
    embedder = StaticEmbedder.load(written(tmp_path))
    # 甲 weighs 1, 乙 2. 丙 is 0.6 near to 甲 and 0.8 to 乙
    found = embedder.nearness("甲，乙", ["丙", "甲", "甲，乙", "甲，丙", "丁", ""])
    assert found == pytest.approx([(0.6 + 2 * 0.8) / 3, 1 / 3, 1, (1 + 2 * 0.8) / 3, 0, 0])
    assert embedder.nearness("丁", ["甲"]) == [0]
    assert embedder.nearness("甲", []) == []


def test_a_model_of_another_tokeniser_or_without_its_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="分词"):
        StaticEmbedder.load(written(tmp_path, "words"))
    (written(tmp_path) / "table.npy").unlink()
    with pytest.raises(EmbedderError, match="读不出来"):
        StaticEmbedder.load(tmp_path)

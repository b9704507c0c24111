"""index/sentences.py: vectors of sentences, written row by row and read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.errors import LibraryDamaged
from index.sentences import SentenceVectors, SentenceWriter

EAST, NORTH = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)


def kept(folder: Path) -> SentenceVectors:
    with SentenceWriter(folder) as writer:
        for row in ([EAST, NORTH], [], [0 * EAST, (EAST + NORTH) / np.sqrt(2)]):
            writer.add(np.array(row, np.float32).reshape(len(row), 2))
    return SentenceVectors.load(folder, 2)


def test_each_sentence_of_a_row_is_compared_with_the_question(tmp_path: Path) -> None:
    vectors = kept(tmp_path / "sentences")
    assert len(vectors) == 3
    first, second, third = vectors.cosines([0, 1, 2], EAST)
    assert (first, second) == ((1.0, 0.0), ())
    assert third == pytest.approx((0.0, 0.7071), abs=1e-3)  # a sentence of no known piece is near to nothing
    assert vectors.cosines([2, 0], NORTH)[1] == (0.0, 1.0)
    assert vectors.cosines([], NORTH) == []


def test_the_cosines_hold_in_eight_bits(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    rows = chance.standard_normal((40, 256)).astype(np.float32)
    question = chance.standard_normal(256).astype(np.float32)
    question /= np.linalg.norm(question)
    with SentenceWriter(tmp_path / "sentences") as writer:
        writer.add(rows)
    (found,) = SentenceVectors.load(tmp_path / "sentences", 256).cosines([0], question)
    true = rows @ question / np.linalg.norm(rows, axis=1)
    assert np.abs(np.array(found) - true).max() < 0.005


def test_a_library_without_a_sentence_opens(tmp_path: Path) -> None:
    with SentenceWriter(tmp_path / "sentences") as writer:
        writer.add(np.zeros((0, 2), np.float32))
    assert SentenceVectors.load(tmp_path / "sentences", 2).cosines([0], EAST) == [()]


def test_what_is_cut_short_is_named(tmp_path: Path) -> None:
    kept(tmp_path / "sentences")
    file = tmp_path / "sentences" / "vectors.bin"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(LibraryDamaged, match="句子向量"):
        SentenceVectors.load(tmp_path / "sentences", 2)
    file.unlink()
    with pytest.raises(LibraryDamaged, match="wenzheng index"):
        SentenceVectors.load(tmp_path / "sentences", 2)

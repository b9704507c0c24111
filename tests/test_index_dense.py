from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dense import DenseIndex
from index.errors import EmbedderError, LibraryDamaged

if TYPE_CHECKING:
    from index.embed import Vectors


def vectors(rows: int, dim: int = 16, seed: int = 0) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    unit: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return unit


def brute_force(rows: Vectors, question: Vectors, k: int, allowed: set[int]) -> list[tuple[int, float]]:
    scores = rows @ question
    return [(row, float(scores[row])) for row in sorted(allowed, key=lambda row: (-scores[row], row))[:k]]


@given(
    rows=st.integers(1, 60),
    k=st.integers(1, 70),
    stretches=st.none() | st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59)), max_size=4),
    seed=st.integers(0, 5),
    exact=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_hits_are_those_of_brute_force_score_by_score(
    rows: int, k: int, stretches: list[tuple[int, int]] | None, seed: int, exact: bool
) -> None:
    drawn = vectors(rows, seed=seed)
    index = DenseIndex.build(drawn) if exact else DenseIndex.build(drawn, exact_floats=0)
    question = vectors(1, seed=99)[0]
    within = None if stretches is None else [range(min(pair), min(rows, max(pair))) for pair in stretches]
    allowed = set(range(rows)) if within is None else {row for stretch in within for row in stretch if row < rows}
    hits = index.search(question, k, within)
    expected = brute_force(drawn, question, k, allowed)
    assert [hit.row for hit in hits] == [row for row, _ in expected]
    assert [hit.score for hit in hits] == pytest.approx([score for _, score in expected], abs=1e-5)


def test_a_graph_finds_nearly_all_and_all_of_a_few(tmp_path: Path) -> None:
    drawn = vectors(3000)
    DenseIndex.build(drawn, exact_floats=1000).save(tmp_path / "vectors.faiss")
    graph = DenseIndex.load(tmp_path / "vectors.faiss")
    found = true = 0
    for question in vectors(20, seed=1):
        best = {row for row, _ in brute_force(drawn, question, 10, set(range(3000)))}
        found += len(best & {hit.row for hit in graph.search(question, 10)})
        true += 10
        few = brute_force(drawn, question, 10, set(range(100, 150)))
        assert [hit.row for hit in graph.search(question, 10, [range(100, 150)])] == [row for row, _ in few]
    assert found / true >= 0.95


def test_equal_rows_stand_in_the_order_of_rows() -> None:
    index = DenseIndex.build(np.repeat(vectors(1), 9, axis=0))
    assert [hit.row for hit in index.search(vectors(1)[0], 9)] == list(range(9))


def test_a_zero_vector_finds_nothing_and_a_zero_row_is_not_found() -> None:
    rows = np.zeros((3, 2), np.float32)
    rows[1] = [0.6, 0.8]
    index = DenseIndex.build(rows)
    assert index.search(np.zeros(2, np.float32), 3) == []
    assert [(hit.row, round(hit.score, 6)) for hit in index.search(np.array([1, 0], np.float32), 3)] == [(1, 0.6)]


def test_an_empty_index_or_no_allowed_row_finds_nothing() -> None:
    question = vectors(1)[0]
    assert DenseIndex.build(np.zeros((0, 16), np.float32)).search(question, 5) == []
    index = DenseIndex.build(vectors(4))
    assert index.search(question, 5, []) == []
    assert index.search(question, 5, [range(2, 2)]) == []
    assert index.search(question, 0) == []


def test_it_gives_back_what_it_was_built_from(tmp_path: Path) -> None:
    for exact_floats in (0, 10_000):
        index = DenseIndex.build(vectors(20), exact_floats=exact_floats)
        index.save(tmp_path / "vectors.faiss")
        again = DenseIndex.load(tmp_path / "vectors.faiss")
        assert (len(again), again.dim) == (20, 16)
        np.testing.assert_array_equal(again.vectors(), vectors(20))


@pytest.mark.parametrize(
    "wrong",
    [
        np.array([[1, np.nan]], np.float32),
        np.array([[3, 4]], np.float32),
        np.zeros(4, np.float32),
        np.zeros((4, 0), np.float32),
    ],
)
def test_vectors_that_are_none_are_refused(wrong: Vectors) -> None:
    with pytest.raises(EmbedderError, match="请换一个模型"):
        DenseIndex.build(wrong)


def test_a_question_of_another_size_or_without_a_number_is_refused() -> None:
    index = DenseIndex.build(vectors(4))
    for wrong in (np.zeros(8, np.float32), np.full(16, np.nan, np.float32)):
        with pytest.raises(EmbedderError, match="应为 16 个数"):
            index.search(wrong, 3)


def test_a_file_that_is_no_index_is_named(tmp_path: Path) -> None:
    path = tmp_path / "vectors.faiss"
    with pytest.raises(LibraryDamaged, match=r"vectors\.faiss.*wenzheng index"):
        DenseIndex.load(path)
    path.write_bytes(b"not an index")
    with pytest.raises(LibraryDamaged, match=r"vectors\.faiss.*wenzheng index"):
        DenseIndex.load(path)


def test_a_full_disk_is_an_os_error() -> None:
    with pytest.raises(OSError, match="/dev/full"):
        DenseIndex.build(vectors(4000)).save(Path("/dev/full"))

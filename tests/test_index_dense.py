from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dense import DenseIndex, mask
from index.errors import EmbedderError, LibraryDamaged, LibraryMismatch

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
    batch=st.integers(1, 60),
)
@settings(max_examples=60, deadline=None)
def test_hits_are_those_of_brute_force_score_by_score(
    rows: int, k: int, stretches: list[tuple[int, int]] | None, seed: int, batch: int
) -> None:
    drawn = vectors(rows, seed=seed)
    index = DenseIndex.build(drawn[at : at + batch] for at in range(0, rows, batch))
    question = vectors(1, seed=99)[0]
    within = None if stretches is None else [range(min(pair), min(rows, max(pair))) for pair in stretches]
    allowed = set(range(rows)) if within is None else {row for stretch in within for row in stretch}
    hits = index.search(question, k, None if within is None else mask(within, rows))
    expected = brute_force(drawn, question, k, allowed)
    assert [hit.row for hit in hits] == [row for row, _ in expected]
    assert [hit.score for hit in hits] == pytest.approx([score for _, score in expected], abs=1e-5)


@pytest.mark.parametrize("every", [1, 2, 7, 500])  # which rows may be found; of the last, six
def test_in_lists_nearly_all_are_found_with_and_without_a_filter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    monkeypatch.setattr("index.dense.EXACT_FLOATS", 1000)
    drawn = vectors(3000)
    DenseIndex.build([drawn[:1234], drawn[1234:]], exact_floats=1000).save(tmp_path / "vectors.faiss")
    index = DenseIndex.load(tmp_path / "vectors.faiss")
    assert (len(index), index.dim) == (3000, 16)
    allowed = set(range(0, 3000, every))
    chosen = np.isin(np.arange(3000), list(allowed))
    found = true = 0
    for question in vectors(20, seed=1):
        best = dict(brute_force(drawn, question, 10, allowed))
        hits = index.search(question, 10, None if every == 1 else chosen)
        assert {hit.row for hit in hits} <= allowed
        found += len(best.keys() & {hit.row for hit in hits})
        true += len(best)
        assert all(hit.score == pytest.approx(best[hit.row], abs=0.02) for hit in hits if hit.row in best)
    assert found / true >= 0.95


def test_in_lists_a_zero_row_counts_and_is_not_found() -> None:
    drawn = vectors(200)
    drawn[::2] = 0
    index = DenseIndex.build([drawn], exact_floats=0)
    assert len(index) == 200
    assert {hit.row for hit in index.search(vectors(1, seed=9)[0], 200)} == set(range(1, 200, 2))


def test_the_graph_of_an_older_version_is_named(tmp_path: Path) -> None:
    import faiss

    faiss.write_index(faiss.IndexHNSWFlat(4, 4), str(tmp_path / "vectors.faiss"))
    with pytest.raises(LibraryMismatch, match=r"另一版本.*wenzheng index"):
        DenseIndex.load(tmp_path / "vectors.faiss")


def test_equal_rows_stand_in_the_order_of_rows() -> None:
    index = DenseIndex.build([np.repeat(vectors(1), 9, axis=0)])
    assert [hit.row for hit in index.search(vectors(1)[0], 9)] == list(range(9))


def test_a_zero_vector_finds_nothing_and_a_zero_row_is_not_found() -> None:
    rows = np.zeros((3, 2), np.float32)
    rows[1] = [0.6, 0.8]
    index = DenseIndex.build([rows])
    assert index.search(np.zeros(2, np.float32), 3) == []
    assert [(hit.row, round(hit.score, 6)) for hit in index.search(np.array([1, 0], np.float32), 3)] == [(1, 0.6)]


def test_an_empty_index_or_no_allowed_row_finds_nothing() -> None:
    question = vectors(1)[0]
    assert DenseIndex.build([np.zeros((0, 16), np.float32)]).search(question, 5) == []
    index = DenseIndex.build([vectors(4)])
    assert index.search(question, 5, mask([], 4)) == []
    assert index.search(question, 5, mask([range(2, 2)], 4)) == []
    assert index.search(question, 0) == []


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
        DenseIndex.build([wrong])


def test_a_question_of_another_size_or_without_a_number_is_refused() -> None:
    index = DenseIndex.build([vectors(4)])
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
        DenseIndex.build([vectors(4000)]).save(Path("/dev/full"))

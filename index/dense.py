"""Vectors → nearest rows. The one door to faiss.

Up to EXACT_FLOATS numbers every row is compared; above, a graph (HNSW) is walked. Measured on chunks of laws and news,
256 numbers each, two cores: comparing all takes 2 ms for 50,000 rows and 7 ms for 100,000; the graph of 100,000 takes
0.6 ms, finds 98 % of the true 50, and 48 s to build (IVF of like quality: 1.1 ms, 96 %, 32 s). A search runs on one
thread: on two, a single question takes five times as long, for the threads wait longer than they work.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import EmbedderError, LibraryDamaged
from index.hits import Hit

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    import numpy.typing as npt

    from index.embed import Vector, Vectors

EXACT_FLOATS = 16_000_000  # rows × dim: 62,500 rows of 256, 5 ms at most
_NEIGHBOURS = 32  # of a row in the graph
_WIDTH_BUILDING = 200  # of the beam that looks for them
_WIDTH_SEARCHING = 256


class DenseIndex:
    """An index of unit vectors; a row's score is its inner product with the question's vector. Safe with threads."""

    @classmethod
    def build(cls, vectors: Vectors, exact_floats: int = EXACT_FLOATS) -> DenseIndex:
        """From float32 (rows, dim): unit vectors, and zero rows, which are never found. Else EmbedderError.

        An exact index is the same for the same vectors; a graph built on several threads may differ in a few edges.
        """
        import numpy as np

        faiss = _faiss()

        _check(vectors)
        dim = vectors.shape[1]
        if vectors.size <= exact_floats:
            index = faiss.IndexFlatIP(dim)
        else:
            index = faiss.IndexHNSWFlat(dim, _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
            index.hnsw.efConstruction = _WIDTH_BUILDING
            faiss.omp_set_num_threads(os.cpu_count() or 1)
        index.add(np.ascontiguousarray(vectors, np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> DenseIndex:
        """Read what `save` wrote. LibraryDamaged.

        faiss trusts the sizes that it reads and may crash on an altered file: verify the file's hash before.
        """
        faiss = _faiss()
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as exc:
            raise LibraryDamaged(f"{path} 不是完好的向量索引。请重新运行 `wenzheng index`。") from exc

    def __init__(self, index: Any) -> None:  # noqa: ANN401 (a faiss.Index; its stubs do not know half of it)
        self._index = index

    def save(self, path: Path) -> None:
        """Write one file. OSError where the disk is full."""
        faiss = _faiss()
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as exc:
            raise OSError(f"{path}: {exc}") from exc

    @property
    def dim(self) -> int:
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def vectors(self) -> Vectors:
        """float32 (rows, dim): what it was built from, to be built on again."""
        vectors: Vectors = self._index.reconstruct_n(0, len(self))
        return vectors

    def search(self, vector: Vector, k: int, rows: Sequence[range] | None = None) -> list[Hit]:
        """The k nearest rows, of these stretches of rows or (None) of all; best first, ties by row.

        A zero vector finds nothing, and a zero row is not found; EmbedderError for a vector of another size or with a
        number that is none. Few enough rows are searched exactly, even in a graph.
        """
        import numpy as np

        faiss = _faiss()

        question = np.asarray(vector, np.float32)
        if question.shape != (self.dim,) or not np.isfinite(question).all():
            raise EmbedderError(
                f"问题的向量不可用：应为 {self.dim} 个数，得到的形状是 {question.shape}。"
                "请检查嵌入模型，或重新运行 `wenzheng index`。"
            )
        if rows is None:
            rows = [range(len(self))]
        allowed = np.zeros(len(self), bool)
        for stretch in rows:
            allowed[stretch.start : stretch.stop] = True
        count = int(allowed.sum())
        if k < 1 or not count or not question.any():
            return []
        selector = None
        if count < len(self):
            selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        index = self._index
        if not isinstance(index, faiss.IndexHNSW):
            parameters = faiss.SearchParameters(sel=selector)
        elif count * self.dim <= EXACT_FLOATS:
            index, parameters = faiss.downcast_index(index.storage), faiss.SearchParameters(sel=selector)
        else:  # the walk passes rows that may not be found, hence the wider beam
            width = max(k, _WIDTH_SEARCHING) * len(self) // count
            parameters = faiss.SearchParametersHNSW(sel=selector, efSearch=width)
        faiss.omp_set_num_threads(1)  # a setting of the calling thread, hence here
        scores, found = index.search(question[None], min(k, count), params=parameters)
        hits = [Hit(int(row), float(score)) for row, score in zip(found[0], scores[0], strict=True) if row >= 0]
        return sorted((hit for hit in hits if hit.score != 0), key=lambda hit: (-hit.score, hit.row))


def _faiss() -> ModuleType:
    import faiss

    return faiss


def _check(vectors: npt.NDArray[np.float32]) -> None:
    import numpy as np

    if vectors.ndim != 2 or not vectors.shape[1] or not np.isfinite(vectors).all():
        raise EmbedderError(f"嵌入模型给出的向量不可用（形状 {vectors.shape}，或含有非数值）。请换一个模型。")
    lengths = np.linalg.norm(vectors, axis=1)
    if not ((lengths == 0) | (np.abs(lengths - 1) < 1e-3)).all():
        raise EmbedderError("嵌入模型给出的向量长度不是 1。请换一个模型。")

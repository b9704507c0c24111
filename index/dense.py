"""Vectors → nearest rows. The one door to faiss.

Up to EXACT_FLOATS numbers every row is compared; above, rows of eight bits a number lie in lists around centres, and
the lists of the nearest centres are compared (faiss's IVF over SQ8). Measured on chunks of laws, news and letters and
the dev questions, 256 numbers each, one core's time, against the true 50 of all rows as float32:

    rows     lists  compared  found  a search  building
    70,000     530       132  95.7 %   1.2 ms     0.8 s
    258,941  1,018       169  95.4 %   2.8 ms     3.0 s
    258,941  1,018       203  96.2 %   3.2 ms     3.0 s

The rule below compares 139 lists of 530 and 192 of 1,018. All lists of the 70,000 find 98.8 %: the rest is what eight
bits lose. A row takes 264 bytes. A graph (HNSW over float32) finds 98 % of 100,000 in 0.6 ms, but takes 48 s to build,
and 1.3 KB a row. A search runs on one thread: on two, a single question takes five times as long, for the threads wait
longer than they work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, isqrt, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import REBUILD, EmbedderError, LibraryDamaged, LibraryMismatch
from index.hits import Hit

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    import numpy.typing as npt

    from index.embed import Vector, Vectors

    Rows = npt.NDArray[np.bool_]  # one a row: may it be found?

EXACT_FLOATS = 16_000_000  # rows × dim: 62,500 rows of 256, 5 ms at most
_LISTS = 2  # times the square root of the rows
_PROBED = 6  # times the square root of the lists
_LEARNT_FROM = 40  # rows a list, from which its centre is learnt
_ROUNDS = 10  # of k-means


class DenseIndex:
    """An index of unit vectors; a row's score is its inner product with the question's vector. Safe with threads."""

    @classmethod
    def build(cls, batches: Iterable[Vectors], exact_floats: int = EXACT_FLOATS) -> DenseIndex:
        """From float32 (rows, dim), one batch at least: unit vectors, and zero rows, which are never found. Else
        EmbedderError.

        Same vectors, same index. Beyond `exact_floats` the batches wait as float16, 512 MB for a million rows of 256.
        """
        import numpy as np

        kept: list[npt.NDArray[np.floating]] = []
        floats = 0
        for batch in batches:
            _check(batch)
            kept.append(batch)
            floats += batch.size
            if floats > exact_floats:
                kept = [each.astype(np.float16, copy=False) for each in kept]
        if floats > exact_floats:
            return cls(_in_lists(kept))
        index = _faiss().IndexFlatIP(kept[0].shape[1])
        for batch in kept:
            index.add(np.ascontiguousarray(batch, np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> DenseIndex:
        """Read what `save` wrote. LibraryDamaged, LibraryMismatch.

        faiss trusts the sizes that it reads and may crash on an altered file: verify the file's hash before.
        """
        faiss = _faiss()
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as exc:
            raise LibraryDamaged(f"{path} 不是完好的向量索引。请重新运行 `wenzheng index`。") from exc
        if not isinstance(index, faiss.IndexFlat | faiss.IndexIVF):  # up to 0.4.0 large libraries had a graph
            raise LibraryMismatch(f"{path} 是另一版本的问政建立的向量索引。{REBUILD}")
        return cls(index)

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

    def search(self, vector: Vector, k: int, allowed: Rows | None = None) -> list[Hit]:
        """The k nearest rows, of those allowed (bool, one a row) or (None) of all; best first, ties by row.

        A zero vector finds nothing, and a zero row is not found; EmbedderError for a vector of another size or with a
        number that is none. Few enough rows are all compared, also where they lie in lists.
        """
        import numpy as np

        faiss = _faiss()

        question = np.asarray(vector, np.float32)
        if question.shape != (self.dim,) or not np.isfinite(question).all():
            raise EmbedderError(
                f"问题的向量不可用：应为 {self.dim} 个数，得到的形状是 {question.shape}。"
                "请检查嵌入模型，或重新运行 `wenzheng index`。"
            )
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if k < 1 or not count or not question.any():
            return []
        selector = None
        if allowed is not None and count < len(self):
            selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        if isinstance(self._index, faiss.IndexIVF):
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=self._probed(count))
        else:
            parameters = faiss.SearchParameters(sel=selector)
        faiss.omp_set_num_threads(1)  # a setting of the calling thread, hence here
        scores, found = self._index.search(question[None], min(k, count), params=parameters)
        hits = [Hit(int(row), float(score)) for row, score in zip(found[0], scores[0], strict=True) if row >= 0]
        return sorted((hit for hit in hits if hit.score != 0), key=lambda hit: (-hit.score, hit.row))

    def _probed(self, count: int) -> int:
        """How many lists are looked into where so many rows may be found: the fewer may, the farther they lie."""
        lists = int(self._index.nlist)
        if count * self.dim <= EXACT_FLOATS:
            return lists
        return min(lists, ceil(_PROBED * sqrt(lists) * len(self) / count))


def mask(stretches: Iterable[range], rows: int) -> Rows:
    """Which of so many rows lie in these stretches."""
    import numpy as np

    allowed: Rows = np.zeros(rows, bool)
    for stretch in stretches:
        allowed[stretch.start : stretch.stop] = True
    return allowed


def _in_lists(batches: Sequence[npt.NDArray[np.floating]]) -> Any:  # noqa: ANN401 (a faiss.IndexIVF)
    """Zero rows get no number, by which they would be found, but count."""
    import numpy as np

    faiss = _faiss()
    rows, dim = sum(map(len, batches)), batches[0].shape[1]
    lists = min(rows, _LISTS * isqrt(rows))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dim), dim, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False
    )
    index.cp.niter, index.cp.min_points_per_centroid = _ROUNDS, 1
    step = max(1, rows // (_LEARNT_FROM * lists))  # evenly: neighbours resemble each other
    at = 0
    faiss.omp_set_num_threads(1)  # sums in one order on every machine
    sample = np.concatenate([batch[::step] for batch in batches]).astype(np.float32)
    index.train(sample)
    for batch in batches:
        numbers = np.arange(at, at + len(batch), dtype=np.int64)
        index.add_with_ids(batch.astype(np.float32), np.where(batch.any(axis=1), numbers, -1))
        at += len(batch)
    return index


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

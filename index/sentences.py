"""The vectors of a library's sentences: how near each one of a passage comes to a question, in meaning.

A chunk's vector tells of all that stands in it; the sentence that answers is one of ten. Two arrays in a folder, mapped
and not read: vectors.bin: of each sentence dim numbers in eight bits, of which only the direction counts; starts.npy:
where the sentences of each row begin, and the end. Sentences are those of index/excerpt.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from index.errors import LibraryDamaged

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.embed import Vector, Vectors
    from index.pieces import Ids

_VECTORS, _STARTS = "vectors.bin", "starts.npy"
_LARGEST = 127  # of eight bits


class SentenceVectors:
    """Open for reading. Safe with threads."""

    def __init__(self, vectors: npt.NDArray[np.int8], starts: Ids) -> None:
        self._vectors = vectors
        self._starts = starts

    @classmethod
    def load(cls, folder: Path, dim: int) -> SentenceVectors:
        """Open what SentenceWriter wrote. Raises LibraryDamaged."""
        import numpy as np

        try:
            starts = np.load(folder / _STARTS, mmap_mode="r", allow_pickle=False)
            count = (folder / _VECTORS).stat().st_size
            if not len(starts) or starts[-1] * dim != count:
                raise ValueError(count)
            shape = (int(starts[-1]), dim)
            vectors = np.memmap(folder / _VECTORS, np.int8, "r", shape=shape) if count else np.zeros(shape, np.int8)
        except (OSError, EOFError, ValueError) as exc:
            raise LibraryDamaged(f"{folder} 里的句子向量读不出来。请重新运行 `wenzheng index`。") from exc
        return cls(vectors, starts)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def cosines(self, rows: Sequence[int], vector: Vector) -> list[tuple[float, ...]]:
        """For each row the cosine of each of its sentences with a vector, in reading order; 0 for one of no piece."""
        import numpy as np

        spans = [(int(self._starts[row]), int(self._starts[row + 1])) for row in rows]
        held = np.concatenate([np.zeros((0, len(vector)), np.float32), *(self._vectors[a:b] for a, b in spans)])
        lengths = np.linalg.norm(held, axis=1)
        found = (held @ vector / np.where(lengths > 0, lengths, 1)).tolist()
        ends = np.cumsum([b - a for a, b in spans]).tolist()
        return [tuple(found[end - (b - a) : end]) for (a, b), end in zip(spans, ends, strict=True)]


class SentenceWriter:
    """Writes a new folder, row by row. OSError where the disk is full."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._ends = [0]
        self._file = (folder / _VECTORS).open("wb")

    def add(self, vectors: Vectors) -> None:
        """The next row's: (sentences, dim)."""
        import numpy as np

        largest = np.abs(vectors).max(axis=1, initial=0.0, keepdims=True)
        self._file.write(np.rint(vectors / np.where(largest > 0, largest, 1) * _LARGEST).astype(np.int8).tobytes())
        self._ends.append(self._ends[-1] + len(vectors))

    def __enter__(self) -> SentenceWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        import numpy as np

        self._file.close()
        if kind is None:
            np.save(self._folder / _STARTS, np.array(self._ends, np.int64), allow_pickle=False)

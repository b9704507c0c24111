"""The embedder of our own: a text's vector is the mean of its pieces' vectors. Opened with numpy alone.

Its folder (index/models/encoder) is a sentence-transformers model, StaticEmbedding and Normalize, and opens there, too.
How it was made: index/training/.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import EmbedderError
from index.pieces import SHIPPED, Cutter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.embed import Vector, Vectors
    from index.pieces import Ids

WEIGHTS, TENSOR = "model.safetensors", "embedding.weight"


class StaticEmbedder:
    """An Embedder over a table of piece vectors, sixteen bits a number, mapped and not read. Safe with threads."""

    def __init__(self, name: str, cutter: Cutter, table: npt.NDArray[np.float16]) -> None:
        self._name = name
        self._cutter = cutter
        self._table = table

    @classmethod
    @cache
    def load(cls, folder: Path = SHIPPED) -> StaticEmbedder:
        """Open what the training wrote. Raises EmbedderError."""
        import numpy as np

        try:
            offset, rows, dim = _place(folder / WEIGHTS)
            table = np.memmap(folder / WEIGHTS, np.float16, "r", offset, (rows, dim))
            digest = hashlib.sha256((folder / "tokenizer.json").read_bytes() + table[::97].tobytes()).hexdigest()
        except (OSError, ValueError, KeyError, TypeError, struct.error) as exc:
            raise EmbedderError(f"随附的模型 {folder} 不完整。请重新安装 wenzheng。") from exc
        return cls(f"static-{dim}-{digest[:12]}", Cutter.load(folder), table)

    @property
    def name(self) -> str:
        """static-256-…: a digest of the table and its pieces."""
        return self._name

    @property
    def dim(self) -> int:
        return int(self._table.shape[1])

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. A text none of whose pieces is known gives a zero row."""
        return unit_sums(self._table, self._cutter.ids(texts))

    @property
    def cutter(self) -> Cutter:
        """What cuts its texts into pieces."""
        return self._cutter

    def embed_pieces(self, rows: Sequence[Ids]) -> Vectors:
        """As embed_texts, of texts that have been cut: thousands at once, for which the table is read whole."""
        import numpy as np

        return unit_sums(np.asarray(self._table, np.float32), rows)

    def embed_question(self, text: str) -> Vector:
        vector: Vector = self.embed_texts([text])[0]
        return vector


def unit_sums(table: npt.NDArray[np.floating], rows: Sequence[Ids]) -> Vectors:
    """(rows, dim): of each row's pieces the sum of their vectors, at length 1; zero where there are none."""
    import numpy as np

    vectors = np.zeros((len(rows), table.shape[1]), np.float32)
    for vector, ids in zip(vectors, rows, strict=True):
        vector[:] = table[ids].sum(axis=0, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return np.asarray(vectors / lengths, np.float32)


def _place(path: Path) -> tuple[int, int, int]:
    """Where the table's numbers begin, its rows and columns; the header of a safetensors file: its length in eight
    bytes, then JSON.
    """
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        entry = json.loads(file.read(length))[TENSOR]
    if entry["dtype"] != "F16":
        raise ValueError(entry["dtype"])
    rows, dim = entry["shape"]
    return 8 + length + int(entry["data_offsets"][0]), int(rows), int(dim)

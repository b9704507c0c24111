"""The embedder that ships: a small transformer reads a text, each piece amid the others.

A text's vector is the mean of what the network says of its pieces, at length 1. Beside the table of index/static.py,
which knows a piece by itself, it tells 银行 of a river from that of money; it takes some milliseconds for a passage.
Its folder (index/models/embedder) holds the network in eight bits; its pieces are those of index/pieces.py. How it was
made: index/training/embedding/.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import EmbedderError
from index.network import open_network
from index.pieces import Cutter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.embed import Vector, Vectors
    from index.pieces import Ids

Stretch = tuple[int, int]  # where a part of a text begins and ends
SHIPPED = Path(__file__).parent / "models" / "embedder"
ABOUT = "embedder.json"
ASKED, READ = 60, 255  # pieces of a question, and of a passage, that are read
QUESTION, PASSAGE = 0, 2  # segments, as the reader knows them (index/cross.py)
_AT_ONCE = 2  # texts, each on a core of its own: faster than both cores on one after the other


class ContextualEmbedder:
    """An Embedder over the network, opened once. Safe with threads."""

    def __init__(self, name: str, session: Any, cutter: Cutter, first: int, dim: int) -> None:  # noqa: ANN401 (an InferenceSession)
        self._name = name
        self._session = session
        self._cutter = cutter
        self._first = first  # the piece that begins a text
        self._dim = dim
        self._hands = ThreadPoolExecutor(_AT_ONCE, "embedder")

    @classmethod
    @cache
    def load(cls, folder: Path = SHIPPED) -> ContextualEmbedder:
        """Open what the training wrote. Raises EmbedderError."""
        try:
            cutter = Cutter.load()
            about, content, session = open_network(folder, ABOUT, cutter.name)
            dim = int(about["dim"])
            name = f"contextual-{dim}-{hashlib.sha256(content).hexdigest()[:12]}"
            return cls(name, session, cutter, int(about["first"]), dim)
        except Exception as exc:  # onnxruntime's errors have no common class
            raise EmbedderError(f"随附的模型 {folder} 打不开。请重新安装 wenzheng。") from exc

    @property
    def name(self) -> str:
        """contextual-256-…: a digest of the network."""
        return self._name

    @property
    def dim(self) -> int:
        return self._dim

    @property
    def cutter(self) -> Cutter:
        """What cuts its texts into pieces."""
        return self._cutter

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. Of a text beyond READ pieces the rest is not read; one without known pieces has a zero row."""
        import numpy as np

        vectors = [vector for vector, _ in self.embed_amid(texts, [()] * len(texts))]
        return np.stack(vectors) if vectors else np.zeros((0, self._dim), np.float32)

    def embed_amid(self, texts: Sequence[str], parts: Sequence[Sequence[Stretch]]) -> list[tuple[Vector, Vectors]]:
        """Of each text its vector, and (parts, dim): those of stretches of it, read amid the rest (“late chunking”:
        Günther et al., arXiv 2409.04701, 2024); zero for one without known pieces, or beyond what is read.
        """
        import numpy as np

        def embed(cut: tuple[Ids, Ids], stretches: Sequence[Stretch]) -> tuple[Vector, Vectors]:
            ids, places = (each[:READ] for each in cut)
            said = self._said(ids, PASSAGE) if len(ids) else np.zeros((1, self._dim), np.float32)
            begins, inside = places[:, 0], said[1:]
            means = [_mean(inside[(begins >= start) & (begins < end)], self._dim) for start, end in stretches]
            return _unit(said.mean(axis=0)), np.stack(means) if means else np.zeros((0, self._dim), np.float32)

        return list(self._hands.map(embed, self._cutter.places(texts), parts))

    def embed_question(self, text: str) -> Vector:
        import numpy as np

        ids = self._cutter.ids([text])[0][-ASKED:]
        return _unit(self._said(ids, QUESTION).mean(axis=0)) if len(ids) else np.zeros(self._dim, np.float32)

    def _said(self, ids: Ids, segment: int) -> Vectors:
        """(1 + pieces, dim). Each text in a run of its own, so that its vector does not depend on others."""
        import numpy as np

        row: npt.NDArray[np.int64] = np.concatenate([[self._first], ids])[None]
        (said,) = self._session.run(None, {"ids": row, "segments": np.full_like(row, segment)})
        vectors: Vectors = said[0, :, : self._dim]
        return vectors


def _mean(vectors: Vectors, dim: int) -> Vector:
    import numpy as np

    return _unit(vectors.mean(axis=0)) if len(vectors) else np.zeros(dim, np.float32)


def _unit(vector: Vector) -> Vector:
    import numpy as np

    length = np.linalg.norm(vector)
    unit: Vector = vector / length if length else vector
    return unit

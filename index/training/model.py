"""The learned static embeddings: a text's vector is the sum of its tokens' vectors. Opened with numpy alone.

Trained by `python -m index.training static`; what it learned from stands in its `embedder.json`. Beside vectors it
compares a question with passages token by token: to each of the question's tokens the nearest one of the passage,
weighed by the length of the token's vector, which training made longer the more it tells (late interaction: Khattab
and Zaharia, "ColBERT", SIGIR 2020).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import EmbedderError
from index.tokens import RECIPE, present, tokens

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.embed import Vector, Vectors

    Rows = npt.NDArray[np.int32]


class StaticEmbedder:
    """An Embedder over a table of token vectors, eight bits an entry, mapped and not read."""

    def __init__(
        self, name: str, features: Sequence[str], table: npt.NDArray[np.int8], scales: npt.NDArray[np.float32]
    ) -> None:
        self._name = name
        self._rows = {feature: row for row, feature in enumerate(features)}
        self._table = table
        self._scales = scales

    @property
    def name(self) -> str:
        """static-256-…: a digest of the table and its tokens."""
        return self._name

    @property
    def dim(self) -> int:
        return int(self._table.shape[1])

    @classmethod
    def load(cls, folder: Path) -> StaticEmbedder:
        """Open what the training wrote. Raises EmbedderError."""
        import numpy as np

        try:
            about = json.loads((folder / "embedder.json").read_text(encoding="utf-8"))
            name, tokeniser = str(about["name"]), about["tokeniser"]
            features = (folder / "tokens.txt").read_text(encoding="utf-8").split("\n")
            table = np.load(folder / "table.npy", mmap_mode="r", allow_pickle=False)
            scales = np.load(folder / "scales.npy", allow_pickle=False)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as exc:
            raise EmbedderError(f"静态嵌入模型 {folder} 读不出来。请重新训练。") from exc
        if tokeniser != RECIPE.name or table.ndim != 2 or not len(features) == len(table) == len(scales):
            raise EmbedderError(f"静态嵌入模型 {folder} 与本版本的分词不符。请重新训练。")
        return cls(name, features, table, scales)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. A text none of whose tokens is known gives a zero row."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dim), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            vector[:] = self.embed_question(text)
        return vectors

    def embed_question(self, text: str) -> Vector:
        import numpy as np

        known = np.array([self._rows.get(token, -1) for token in tokens(text)], np.int32)
        rows, times = np.unique(known[known >= 0], return_counts=True)
        weights = (1 + np.log(times)).astype(np.float32) * self._scales[rows]
        vector: Vector = weights @ self._table[rows].astype(np.float32)
        length = float(np.linalg.norm(vector))
        return vector / length if length > 0 else vector

    def nearness(self, question: str, texts: Sequence[str]) -> list[float]:
        """For each text how near its tokens come to the question's: the mean of the best cosines, in [-1, 1].

        0 where either side has no known token.
        """
        import numpy as np

        asked = self._present(question)
        held = [self._present(text) for text in texts]
        union = np.unique(np.concatenate([asked, *held]))
        if not len(asked) or not len(union):
            return [0.0] * len(texts)
        vectors = self._table[union].astype(np.float32)
        lengths = np.linalg.norm(vectors, axis=1)
        lengths[lengths == 0] = 1
        vectors /= lengths[:, None]
        own = np.searchsorted(union, asked)
        weights = lengths[own] * self._scales[asked]
        weights /= weights.sum()
        cosines = np.ascontiguousarray((vectors[own] @ vectors.T).T)  # a row for each token of the texts
        return [
            float(weights @ cosines[np.searchsorted(union, rows)].max(axis=0)) if len(rows) else 0.0 for rows in held
        ]

    def _present(self, text: str) -> Rows:
        """The rows of the text's tokens, once each, ascending."""
        import numpy as np

        return np.array(sorted(self._rows[token] for token in present(text) if token in self._rows), np.int32)

"""The embedder that needs no download: latent semantics, fitted on the library's own chunks.

Tokens are weighed by tf-idf and projected on the main directions of the texts it was fitted on (a truncated singular
value decomposition). Fitting leans on scipy; loading and embedding on numpy alone, so that a cold question stays quick.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import LibraryDamaged, LibraryMismatch
from index.tokens import RECIPE, tokens

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from scipy.sparse import csr_array

    from index.embed import Vector, Vectors

DIM = 256
MAX_FEATURES = 32_768  # the most frequent tokens; more win nothing
MIN_TEXTS = 2  # that hold a token before it is a feature
FIT_AT_MOST = 10_000  # texts, evenly taken: the directions no longer move much beyond
_SURPLUS = 32  # directions beyond `dim` while iterating, so that the last ones kept are true
_ROUNDS = 3  # of power iteration
_PEAK = 1024.0  # largest entry of the stored matrix: float16 keeps three digits down to a ten-millionth of it


class LatentSemanticEmbedder:
    """An Embedder whose vectors are near when the texts' tokens occur in like company."""

    def __init__(self, name: str, fitted_on: int, features: Sequence[str], matrix: npt.NDArray[np.float16]) -> None:
        self._name = name
        self._fitted_on = fitted_on
        self._rows = {feature: row for row, feature in enumerate(features)}
        self._matrix = matrix

    @property
    def name(self) -> str:
        """lsa-256-…: a digest of the texts it was fitted on and of the recipe, the same on every machine."""
        return self._name

    @property
    def dim(self) -> int:
        return int(self._matrix.shape[1])

    @property
    def fitted_on(self) -> int:
        """How many texts the library had when it was fitted."""
        return self._fitted_on

    @classmethod
    def fit(cls, texts: Sequence[str], dim: int = DIM, seed: int = 0) -> LatentSemanticEmbedder:
        """Learn from these texts; the same texts in the same order give the same embedder.

        With fewer texts than `dim` the directions that do not exist are zero; with none every vector is zero.
        """
        import numpy as np
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        step = max(1, math.ceil(len(texts) / FIT_AT_MOST))
        counts = [Counter(tokens(text)) for text in texts[::step]]
        spread = Counter(token for count in counts for token in count)
        common = ((n, token) for token, n in spread.items() if n >= MIN_TEXTS)
        features = [token for _, token in sorted(common, key=lambda each: (-each[0], each[1]))[:MAX_FEATURES]]
        idf = np.array([math.log((1 + len(counts)) / (1 + spread[each])) + 1 for each in features], np.float32)

        matrix = np.zeros((len(features), dim), np.float32)
        if features:
            with threadpool_limits(1, "blas"):  # sums in one order on every machine; two threads are no faster here
                directions, strengths = _singular(_weigh(counts, features, idf), dim, seed)
            # half-whitened: the first directions, which all texts share, would drown the rest
            matrix[:, : len(strengths)] = idf[:, None] * directions * strengths**-0.5
            matrix *= _PEAK / np.abs(matrix).max()
        digest = hashlib.sha256(repr((dim, seed, RECIPE.name, MAX_FEATURES, MIN_TEXTS, FIT_AT_MOST)).encode())
        for text in texts:
            digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
        return cls(f"lsa-{dim}-{digest.hexdigest()[:12]}", len(texts), features, matrix.astype(np.float16))

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. A text none of whose tokens is known gives a zero row."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dim), np.float32)
        matrix = np.asarray(self._matrix, np.float32)  # once for all: the gathering is three times as fast
        for vector, text in zip(vectors, texts, strict=True):
            vector[:] = self._embed(text, matrix)
        return vectors

    def embed_question(self, text: str) -> Vector:
        return self._embed(text, self._matrix)

    def _embed(self, text: str, matrix: npt.NDArray[np.floating]) -> Vector:
        import numpy as np

        rows = np.array([self._rows.get(token, -1) for token in tokens(text)], np.int32)
        rows, times = np.unique(rows[rows >= 0], return_counts=True)
        vector: Vector = (1 + np.log(times)).astype(np.float32) @ matrix[rows].astype(np.float32, copy=False)
        length = float(np.linalg.norm(vector))
        return vector / length if length > 0 else vector

    def save(self, folder: Path) -> None:
        """Write into a new folder. OSError where the disk is full."""
        import numpy as np

        folder.mkdir(parents=True)
        about = {"name": self._name, "fitted_on": self._fitted_on, "tokeniser": RECIPE.name}
        (folder / "embedder.json").write_text(json.dumps(about), encoding="utf-8")
        (folder / "features.txt").write_text("\n".join(self._rows), encoding="utf-8")
        np.save(folder / "matrix.npy", self._matrix, allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> LatentSemanticEmbedder:
        """Open what `save` wrote; the matrix is mapped, not read. LibraryDamaged, LibraryMismatch."""
        import numpy as np

        try:
            about = json.loads((folder / "embedder.json").read_text(encoding="utf-8"))
            name, fitted_on, tokeniser = about["name"], about["fitted_on"], about["tokeniser"]
            features = (folder / "features.txt").read_text(encoding="utf-8").split()
            matrix = np.load(folder / "matrix.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, EOFError, ValueError, KeyError) as exc:
            raise LibraryDamaged(f"{folder} 里的嵌入模型读不出来。请重新运行 `wenzheng index`。") from exc
        if tokeniser != RECIPE.name:
            raise LibraryMismatch(
                f"{folder} 里的嵌入模型按 {tokeniser} 分词，本版本按 {RECIPE.name}。请重新运行 `wenzheng index`。"
            )
        return cls(name, fitted_on, features, matrix)


def _weigh(counts: Sequence[Counter[str]], features: Sequence[str], idf: npt.NDArray[np.float32]) -> csr_array:
    """One row of unit length a text: (1 + log times) · idf."""
    import numpy as np
    from scipy.sparse import csr_array

    column = {feature: i for i, feature in enumerate(features)}
    columns: list[int] = []
    times: list[int] = []
    ends = [0]
    for count in counts:
        for token, n in count.items():
            if token in column:
                columns.append(column[token])
                times.append(n)
        ends.append(len(columns))
    indices = np.array(columns, np.int32)
    weights = ((1 + np.log(np.array(times))) * idf[indices]).astype(np.float32)
    lengths = np.sqrt(np.add.reduceat(np.append(weights**2, 0), ends[:-1]))
    texts = np.repeat(np.arange(len(counts)), np.diff(ends))
    return csr_array((weights / lengths[texts], indices, np.array(ends)), shape=(len(counts), len(features)))


def _singular(weighed: csr_array, dim: int, seed: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The right singular vectors (features, k ≤ dim) and singular values (k,), largest first, signs fixed."""
    import numpy as np

    across = weighed.T.tocsr()
    width = min(dim + _SURPLUS, weighed.shape[0])
    basis = np.random.default_rng(seed).standard_normal((weighed.shape[0], width), dtype=np.float32)
    for _ in range(_ROUNDS):
        basis = _orthonormal(weighed @ (across @ basis))
    images = across @ basis
    squares, turns = np.linalg.eigh((images.T @ images).astype(np.float64))
    kept = np.argsort(-squares)[:dim]
    kept = kept[squares[kept] > squares.max() * 1e-6]
    strengths = np.sqrt(squares[kept])
    directions = images @ (turns[:, kept] / strengths).astype(np.float32)
    frequent = directions[:1000]
    peaks = frequent[np.abs(frequent).argmax(axis=0), np.arange(len(kept))]
    return directions * np.sign(peaks), strengths.astype(np.float32)


def _orthonormal(columns: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """An orthonormal basis of the columns' span. By their Gram matrix, thirty times as fast as a QR decomposition."""
    import numpy as np

    for _ in range(2):  # the second time removes what rounding left of the first
        squares, turns = np.linalg.eigh((columns.T @ columns).astype(np.float64))
        kept = squares > squares[-1] * 1e-6
        columns = columns @ (turns[:, kept] / np.sqrt(squares[kept])).astype(np.float32)
    return columns

"""Stand-ins that need no model: to CharEmbedder, texts are near when they share characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from index.embed import Vector, Vectors


class CharEmbedder:
    """An Embedder: each character counts at its code point modulo `dim`, white space not at all."""

    name = "characters"

    def __init__(self, dim: int = 64) -> None:
        self.dim = dim

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for character in "".join(text.split()):
                vector[ord(character) % self.dim] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)

    def embed_question(self, text: str) -> Vector:
        vector: Vector = self.embed_texts([text])[0]
        return vector

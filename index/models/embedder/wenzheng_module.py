"""By this file sentence-transformers opens the folder that it lies in: `SentenceTransformer(folder,
trust_remote_code=True)`, where wenzheng is installed.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules.input_module import InputModule

from index.contextual import ContextualEmbedder


class Contextual(InputModule):
    """Texts → the vectors of index/contextual.py; for use, not for learning on."""

    modalities = ["text"]  # noqa: RUF012 (as the base class has it)

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._folder = folder
        self._embedder = ContextualEmbedder.load(folder)
        self.tokenizer = self._embedder.cutter  # type: ignore[assignment]

    def preprocess(self, inputs: Any, prompt: str | None = None, **told: Any) -> dict[str, Any]:  # noqa: ANN401
        """A question is read as a question where `encode_query` asks; there are no prompts."""
        if told.get("task") == "query":
            vectors = [self._embedder.embed_question(text) for text in inputs]
        else:
            vectors = list(self._embedder.embed_texts(inputs))
        return {"sentence_embedding": torch.from_numpy(np.stack(vectors))}

    def forward(self, features: dict[str, Any], **_: object) -> dict[str, Any]:
        return features

    def get_embedding_dimension(self) -> int:
        return self._embedder.dim

    def save(self, output_path: str, *_: object, **__: object) -> None:
        for file in ("model.onnx", "embedder.json", "wenzheng_module.py"):
            shutil.copyfile(self._folder / file, Path(output_path, file))

    @classmethod
    def load(cls, model_name_or_path: str, *_: object, **__: object) -> Contextual:
        return cls(Path(model_name_or_path))

"""Texts → unit vectors: the Embedder seam, and the one door to sentence-transformers.

The default embedder, which needs no download, is in `index/lsa.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from index.errors import EmbedderError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from sentence_transformers import SentenceTransformer

    Vector = npt.NDArray[np.float32]
    Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Texts to unit vectors. `name` enters the manifest: a question never meets another model's vectors.

    Safe to call from several threads. A model that cannot be loaded raises EmbedderError at the first use of any member
    that needs it.
    """

    @property
    def name(self) -> str:
        """The model and what else decides the vectors; the same name gives the same vectors."""

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """float32 (len(texts), dim), in the order given. An empty text gives a zero row; [] gives (0, dim)."""

    def embed_question(self, text: str) -> Vector:
        """float32 (dim,). Apart from embed_texts, because some models want a question worded differently."""


# What models want said before a question and before a text, for those that do not say it in their own configuration.
# (pattern of the model's name, question prompt, text prompt); the first that matches counts.
_FAMILIES: tuple[tuple[str, str, str], ...] = (
    (
        r"\be5-.*instruct\b",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ",
        "",
    ),
    (r"\be5-", "query: ", "passage: "),
    (r"\bbge-.*zh\b", "为这个句子生成表示以用于检索相关文章：", ""),
    (r"\bbge-.*en\b", "Represent this sentence for searching relevant passages: ", ""),
    (
        r"\bqwen3-embedding",
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
        "",
    ),
)
_SAMPLE_BYTES = 1 << 20


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by hub name or local path. Loaded at first use, which may take seconds.

    The prompts are those given here, else the model's own, else those of its family (e5, bge, Qwen3-Embedding).
    """

    def __init__(
        self,
        model: str,
        *,
        device: str | None = None,  # cpu, cuda, cuda:1, mps; None: the best there is
        dtype: str = "float32",  # of the computation: float32, float16, bfloat16; vectors are float32 in any case
        batch_size: int = 32,
        question_prompt: str | None = None,
        text_prompt: str | None = None,
    ) -> None:
        self._model_name = model
        self._device = device
        self._dtype = dtype
        self._batch_size = batch_size
        self._question_prompt = question_prompt
        self._text_prompt = text_prompt
        self._lock = Lock()
        self._loaded: SentenceTransformer | None = None

    @property
    def name(self) -> str:
        """The hub name, or the folder's name with a digest of its files; then a digest of prompts given here."""
        folder = Path(self._model_name)
        name = f"{folder.resolve().name}@{_digest(folder)}" if folder.is_dir() else self._model_name
        if self._question_prompt is None and self._text_prompt is None:
            return name
        prompts = repr((self._question_prompt, self._text_prompt)).encode()
        return f"{name}+{hashlib.sha256(prompts).hexdigest()[:8]}"

    @property
    def dim(self) -> int:
        return int(self._model().get_embedding_dimension() or 0)

    def embed_texts(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. Texts longer than the model reads are cut by its tokeniser."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dim), np.float32)
        filled = [i for i, text in enumerate(texts) if text.strip()]
        if filled:
            prompt = self.prompts[1]
            found = self._model().encode_document(
                [texts[i] for i in filled], prompt=prompt, batch_size=self._batch_size, show_progress_bar=False
            )
            vectors[filled] = self._unit(np.asarray(found, np.float32), len(filled))
        return vectors

    def embed_question(self, text: str) -> Vector:
        import numpy as np

        if not text.strip():
            return np.zeros(self.dim, np.float32)
        found = self._model().encode_query([text], prompt=self.prompts[0], show_progress_bar=False)
        vector: Vector = self._unit(np.asarray(found, np.float32), 1)[0]
        return vector

    @property
    def prompts(self) -> tuple[str, str]:
        """What is put before a question and before a text."""
        own = self._model().prompts
        question = own.get("query") or ""
        text = own.get("document") or own.get("passage") or own.get("corpus") or ""
        if not question and not text:
            question, text = _family_prompts(self._model_name)
        return (
            question if self._question_prompt is None else self._question_prompt,
            text if self._text_prompt is None else self._text_prompt,
        )

    def _model(self) -> SentenceTransformer:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(self._model_name, device=self._device, model_kwargs={"dtype": self._dtype})
        except Exception as exc:  # whatever a model's files, the hub or the device may raise
            raise EmbedderError(
                f"嵌入模型“{self._model_name}”无法载入：{_first_line(exc)}。请检查模型名称、设备和精度；没有网络时，"
                "请先把模型下载到本机，再给出它的文件夹路径。"
            ) from exc

    def _unit(self, vectors: Vectors, count: int) -> Vectors:
        import numpy as np

        if vectors.shape != (count, self.dim) or not np.isfinite(vectors).all():
            raise EmbedderError(
                f"嵌入模型“{self._model_name}”给出的向量不可用（形状 {vectors.shape}，或含有非数值）。"
                "请换一个模型，或改用 float32 精度。"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _family_prompts(model: str) -> tuple[str, str]:
    name = Path(model).name.lower()
    for pattern, question, text in _FAMILIES:
        if re.search(pattern, name):
            return question, text
    return "", ""


def _digest(folder: Path) -> str:
    """Tells apart models whose folders bear one name: sizes of all files, and of each its beginning, middle and end."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            size = path.stat().st_size
            digest.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode())
            with path.open("rb") as file:
                for start in sorted({0, max(0, size // 2), max(0, size - _SAMPLE_BYTES)}):
                    file.seek(start)
                    digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:12]


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0].rstrip("。.")

"""Settings → a ready answerer. The one place that chooses classes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from index.contextual import ContextualEmbedder
from index.cross import SHIPPED as SHIPPED_READER
from index.embed import Embedder, Reranker
from index.holdings import CONTEXTUAL, LATENT_SEMANTICS, STATIC, Holdings
from index.library import Library
from index.retrieve import Retriever
from index.static import StaticEmbedder
from qa.records import Answer, Draft, Question, StreamingAnswerer
from qa.settings import BadSettings, Settings


@dataclass(slots=True)
class LiveAnswerer:
    """An answerer that takes up a new generation of its library with the next question. Safe to share by threads."""

    settings: Settings
    _holdings: Holdings
    _answerer: StreamingAnswerer
    _lock: Lock = field(default_factory=Lock)

    @property
    def name(self) -> str:
        return self._answerer.name

    @property
    def library(self) -> Holdings:
        """The generation that answers now, and its engines."""
        return self._current()[0]

    @property
    def retriever(self) -> Retriever:
        return _retriever(self.library, self.settings)

    def answer(self, question: Question, k: int = 10) -> Answer:
        return self._current()[1].answer(question, k)

    def stream(self, question: Question, k: int = 10) -> Iterator[Draft | Answer]:
        return self._current()[1].stream(question, k)

    def _current(self) -> tuple[Holdings, StreamingAnswerer]:
        with self._lock:
            library = self._holdings.library.current()
            if library is not self._holdings.library:
                holdings = _holdings(library, self.settings)
                self._holdings, self._answerer = holdings, answerer_over(holdings, self.settings)
            return self._holdings, self._answerer


def open_answerer(settings: Settings) -> LiveAnswerer:
    """Open the library and choose who answers. Raises LibraryError, EmbedderError."""
    holdings = open_holdings(settings)
    return LiveAnswerer(settings, holdings, answerer_over(holdings, settings))


def open_retriever(settings: Settings) -> Retriever:
    """For who only searches: nothing that answers is imported. Raises LibraryError, EmbedderError."""
    return _retriever(open_holdings(settings), settings)


def open_holdings(settings: Settings) -> Holdings:
    """The library of these settings with its engines."""
    # a question is small: threads would wait longer than they work, the more so where another process is at work
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    return _holdings(Library.open(settings.library), settings)


def _holdings(library: Library, settings: Settings) -> Holdings:
    return Holdings(library, embedder_of(settings), own_words(settings), own_reader(settings))


def own_words(settings: Settings) -> Path | None:
    """The folder of one's own thesaurus; None where none is set. Raises BadSettings where it is not there."""
    return _own("thesaurus", settings.thesaurus)


def own_reader(settings: Settings) -> Path:
    """The folder of the reader; that which ships, where none is set. Raises BadSettings where it is not there."""
    return _own("reader", settings.reader) or SHIPPED_READER


def _own(key: str, value: str) -> Path | None:
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise BadSettings(f"设置里的 {key} 指向 {folder}，那里没有这个文件夹。请改正路径，或把这一项留空。")
    return folder


def embedder_of(settings: Settings) -> Embedder | None:
    """The embedder that the settings name; None for the one that is fitted on the library and lies in it."""
    if settings.embedder == LATENT_SEMANTICS:
        return None
    if settings.embedder == CONTEXTUAL:
        return ContextualEmbedder.load()
    if settings.embedder == STATIC:
        return StaticEmbedder.load()
    from index.embed import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(settings.embedder, **_large(settings))


@cache
def reranker_of(settings: Settings) -> Reranker | None:
    """The reranker that the settings name, one for all who ask, since it is large; None for none."""
    if not settings.reranker:
        return None
    from index.embed import CrossEncoderReranker

    return CrossEncoderReranker(settings.reranker, **_large(settings))


def _retriever(holdings: Holdings, settings: Settings) -> Retriever:
    return Retriever(holdings, reranker_of(settings), close=settings.close_reading)


def _large(settings: Settings) -> dict[str, Any]:
    """How a large model is run."""
    return {
        "device": settings.embedder_device or None,
        "dtype": settings.embedder_dtype,
        "batch_size": settings.embedder_batch_size,
        "backend": settings.embedder_backend,
    }


def answerer_over(holdings: Holdings, settings: Settings) -> StreamingAnswerer:
    """The extractive answerer, or a model with the extractive answerer to fall back on."""
    from qa.answer import ExtractiveAnswerer  # with all that reads and checks: a fifth of a cold search

    extractive = ExtractiveAnswerer(_retriever(holdings, settings))
    if not settings.model:
        return extractive
    from qa.generate import GenerativeAnswerer
    from qa.model import open_model

    return GenerativeAnswerer(extractive, open_model(settings))

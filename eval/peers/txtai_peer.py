"""txtai by words, and by words and vectors; the door to txtai.

txtai has no splitter of its own that keeps places, so the pieces are cut by LangChain's. Its term index cuts by the
Unicode standard's rules for word boundaries, which it recommends for most languages: one token a Han character.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eval.peers.langchain_peers import CUT, pieces
from eval.peers.peer import Peer, PeerQuestion, PeerText
from eval.records import Stretch

if TYPE_CHECKING:
    from index.embed import Vectors


class TxtaiWords(Peer):
    """`Embeddings(keyword=True)`."""

    name = "txtai-bm25"
    settings = f"{CUT}；Embeddings(keyword=True)，默认 BM25 与分词（汉字逐字）"

    def __init__(self) -> None:
        self._places: list[Stretch] = []
        self._index: Any = None

    def build(self, texts: Sequence[PeerText]) -> None:
        from txtai import Embeddings

        cut = pieces(texts)
        self._places = [piece.place for piece in cut]
        words = [piece.text for piece in cut]
        self._index = Embeddings(**self._configuration(words))
        self._index.index([(row, text, None) for row, text in enumerate(words)])

    def _configuration(self, texts: Sequence[str]) -> dict[str, object]:
        return {"keyword": True}

    def search(self, question: PeerQuestion, k: int) -> list[Stretch]:
        return [self._places[row] for row, _ in self._index.search(question.joined, k)]

    def passages(self) -> list[Stretch]:
        return self._places


class TxtaiHybrid(TxtaiWords):
    """`Embeddings(hybrid=True)` with our embedder for the vectors."""

    name = "txtai-hybrid"
    settings = f"{CUT}；Embeddings(hybrid=True)，词与向量默认各半，向量用本项目的嵌入模型"

    def _configuration(self, texts: Sequence[str]) -> dict[str, object]:
        from index.contextual import ContextualEmbedder

        ours = ContextualEmbedder.load()

        def transform(texts: Sequence[str]) -> Vectors:  # txtai calls anything but a plain function to get one
            return ours.embed_texts(texts)

        return {"hybrid": True, "method": "external", "transform": transform}

"""Haystack's in-memory BM25; the door to haystack.

Its default tokenisation splits Chinese into one token a character (as of 3.4; “bm25_tokenization_regex” in the docs of
InMemoryDocumentStore). The ChineseDocumentSplitter, which they name as well, needs a HanLP model from the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.peers.peer import PIECE_CHARS, Peer, PeerQuestion, PeerText, Piece
from eval.records import Stretch

SEPARATORS = ("\n\n", "\n", "。")  # the default ones, with the Chinese full stop for the English sentences


class HaystackWords(Peer):
    """InMemoryBM25Retriever with its defaults."""

    name = "haystack-bm25"
    settings = (
        f"RecursiveDocumentSplitter，分隔符为空行、换行、句号，每段至多 {PIECE_CHARS} 字、不重叠；"
        "InMemoryDocumentStore 默认分词（汉字逐字）与 BM25L"
    )

    def __init__(self) -> None:
        self._places: dict[str, Stretch] = {}  # by document id
        self._retriever: Any = None

    def build(self, texts: Sequence[PeerText]) -> None:
        from haystack import Document
        from haystack.components.preprocessors import RecursiveDocumentSplitter
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        splitter = RecursiveDocumentSplitter(
            split_length=PIECE_CHARS, split_overlap=0, split_unit="char", separators=list(SEPARATORS)
        )
        whole = [Document(content=text.text, meta={"source": text.source}) for text in texts]
        cut = [document for document in splitter.run(whole)["documents"] if document.content.strip()]
        for document in cut:
            piece = Piece.at(document.meta["source"], document.meta["split_idx_start"], document.content)
            self._places[document.id] = piece.place
        store = InMemoryDocumentStore()
        store.write_documents(cut)
        self._retriever = InMemoryBM25Retriever(document_store=store)

    def search(self, question: PeerQuestion, k: int) -> list[Stretch]:
        found = self._retriever.run(query=question.joined, top_k=k)["documents"]
        return [self._places[document.id] for document in found]

    def passages(self) -> list[Stretch]:
        return list(self._places.values())

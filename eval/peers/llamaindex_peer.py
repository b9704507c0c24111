"""LlamaIndex's BM25Retriever; the door to llama_index.

bm25s cuts at a pattern and knows no Chinese (run-llama/llama_index#13866, #17461, xhluca/bm25s#94), so texts and
questions are cut by jieba first and handed over with spaces between the words, as its users are told to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.peers.peer import PIECE_CHARS, Peer, PeerQuestion, PeerText, Piece
from eval.peers.words import words
from eval.records import Stretch

_WORD = r"(?u)\b\w+\b"  # its default wants two characters at least, and many Chinese words have one


class LlamaIndexWords(Peer):
    """SentenceSplitter, then BM25 over jieba's words without stop words and without stemming."""

    name = "llamaindex-bm25"
    settings = (
        f"SentenceSplitter，按字数每段至多 {PIECE_CHARS} 字、不重叠；BM25Retriever，文字先由 jieba 分词、以空格隔开，"
        "token_pattern 取一字以上，skip_stemming，language=zh"
    )

    def __init__(self) -> None:
        self._places: list[Stretch] = []
        self._retriever: Any = None

    def build(self, texts: Sequence[PeerText]) -> None:
        from llama_index.core import Document
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.core.schema import TextNode
        from llama_index.retrievers.bm25 import BM25Retriever

        splitter = SentenceSplitter(chunk_size=PIECE_CHARS, chunk_overlap=0, tokenizer=list)
        cut = [
            Piece.at(text.source, node.start_char_idx, node.text)
            for text in texts
            for node in splitter.get_nodes_from_documents([Document(text=text.text)])
        ]
        self._places = [piece.place for piece in cut]
        nodes = [TextNode(text=" ".join(words(piece.text)), id_=str(row)) for row, piece in enumerate(cut)]
        self._retriever = BM25Retriever.from_defaults(
            nodes=nodes, language="zh", skip_stemming=True, token_pattern=_WORD, similarity_top_k=min(10, len(nodes))
        )

    def search(self, question: PeerQuestion, k: int) -> list[Stretch]:
        self._retriever.similarity_top_k = min(k, len(self._places))  # bm25s takes no more than there are
        found = self._retriever.retrieve(" ".join(words(question.joined)))
        return [self._places[int(each.node.node_id)] for each in found]

    def passages(self) -> list[Stretch]:
        return self._places

"""LangChain's usual retrievers: FAISS vectors, BM25 over jieba words, and the ensemble of both; the door to langchain.

Pieces are cut at the separators that LangChain's guide names for languages without word boundaries, and do not overlap,
as with the other peers; LangChain's default overlap is 200 characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eval.peers.peer import PIECE_CHARS, Peer, PeerQuestion, PeerText, Piece
from eval.peers.words import words
from eval.records import Stretch

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_core.retrievers import BaseRetriever

# docs.langchain.com, “Splitting recursively”, “Splitting text from languages without word boundaries”
SEPARATORS = ("\n\n", "\n", " ", ".", ",", "\u200b", "\uff0c", "\u3001", "\uff0e", "\u3002", "")
CUT = f"RecursiveCharacterTextSplitter，文档所列中文分隔符，每段至多 {PIECE_CHARS} 字、不重叠"


def pieces(texts: Sequence[PeerText]) -> list[Piece]:
    """The texts cut in order, white space at the ends of a piece left out. ImportError without the splitters."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=list(SEPARATORS), chunk_size=PIECE_CHARS, chunk_overlap=0, add_start_index=True
    )
    return [
        Piece.at(text.source, document.metadata["start_index"], document.page_content)
        for text in texts
        for document in splitter.create_documents([text.text])
    ]


def _documents(cut: Sequence[Piece]) -> list[Document]:
    from langchain_core.documents import Document

    return [Document(page_content=piece.text, metadata={"row": row}) for row, piece in enumerate(cut)]


def _embeddings() -> Embeddings:
    """Our own embedder."""
    from langchain_core.embeddings import Embeddings

    from index.contextual import ContextualEmbedder

    ours = ContextualEmbedder.load()

    class OurEmbeddings(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            found: list[list[float]] = ours.embed_texts(texts).tolist()
            return found

        def embed_query(self, text: str) -> list[float]:
            found: list[float] = ours.embed_question(text).tolist()
            return found

    return OurEmbeddings()


def _by_meaning(documents: list[Document], k: int) -> BaseRetriever:
    from langchain_community.vectorstores import FAISS

    store = FAISS.from_documents(documents, _embeddings())
    retriever: BaseRetriever = store.as_retriever(search_kwargs={"k": k})
    return retriever


def _by_words(documents: list[Document], k: int) -> BaseRetriever:
    from langchain_community.retrievers import BM25Retriever

    retriever: BaseRetriever = BM25Retriever.from_documents(documents, preprocess_func=words, k=k)
    return retriever


class _LangChain(Peer):
    """Documents once, and a retriever for each k that is asked for."""

    def __init__(self) -> None:
        self._places: list[Stretch] = []
        self._k = 10
        self._retriever: BaseRetriever | None = None

    def build(self, texts: Sequence[PeerText]) -> None:
        cut = pieces(texts)
        self._places = [piece.place for piece in cut]
        self._retriever = self._made(_documents(cut), self._k)

    def _made(self, documents: list[Document], k: int) -> BaseRetriever:
        raise NotImplementedError

    def search(self, question: PeerQuestion, k: int) -> list[Stretch]:
        assert self._retriever is not None, "build first"
        _set_k(self._retriever, k)
        found = self._retriever.invoke(question.joined)
        return [self._places[document.metadata["row"]] for document in found[:k]]

    def passages(self) -> list[Stretch]:
        return self._places


def _set_k(retriever: Any, k: int) -> None:  # noqa: ANN401 – three classes, each with its own way to say it
    for part in getattr(retriever, "retrievers", [retriever]):
        if hasattr(part, "search_kwargs"):
            part.search_kwargs["k"] = k
        else:
            part.k = k


class LangChainVectors(_LangChain):
    """A FAISS vector store with our embedder."""

    name = "langchain-faiss"
    settings = f"{CUT}；FAISS 向量库（默认 L2），向量用本项目的嵌入模型"

    def _made(self, documents: list[Document], k: int) -> BaseRetriever:
        return _by_meaning(documents, k)


class LangChainWords(_LangChain):
    """BM25 over words."""

    name = "langchain-bm25"
    settings = f"{CUT}；BM25Retriever（rank_bm25，默认参数），preprocess_func=jieba.lcut"

    def _made(self, documents: list[Document], k: int) -> BaseRetriever:
        return _by_words(documents, k)


class LangChainEnsemble(_LangChain):
    """Both, fused by reciprocal rank with equal weights."""

    name = "langchain-ensemble"
    settings = f"{CUT}；EnsembleRetriever（langchain_classic，c=60），上两项各占 0.5"

    def _made(self, documents: list[Document], k: int) -> BaseRetriever:
        from langchain_classic.retrievers import EnsembleRetriever

        both = [_by_words(documents, k), _by_meaning(documents, k)]
        retriever: BaseRetriever = EnsembleRetriever(retrievers=both, weights=[0.5, 0.5])
        return retriever

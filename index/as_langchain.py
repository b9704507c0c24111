"""The retriever as a LangChain retriever; the door to langchain-core.

A file of its own, and nothing here imports it: `langchain_core.retrievers` alone costs 1.2 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from index.records import Passage


@runtime_checkable
class FindsPassages(Protocol):
    """What is wrapped: index.retrieve.Retriever, or anything that finds like it."""

    def retrieve(self, text: str, k: int = 10, place: str = "") -> Sequence[Passage]:
        """At most k passages, best first."""


class LangChainRetriever(BaseRetriever):
    """`LangChainRetriever(retriever=retriever, k=5).invoke("公租房怎么申请")` → LangChain Documents, best first.

    page_content is the passage's repaired text. metadata: notice (its title), document_number, place, address, source,
    start and end (of the passage, in code points of the source text), score (higher is better).
    """

    retriever: FindsPassages
    k: int = 10
    place: str = ""  # 大同市: searched where the question names no place

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(passage) for passage in self.retriever.retrieve(query, self.k, self.place)]


def _document(passage: Passage) -> Document:
    notice, span = passage.notice, passage.source_span
    metadata = {
        "notice": notice.title,
        "document_number": notice.document_number,
        "place": str(notice.place),
        "address": passage.chunk.address,
        "source": notice.source,
        "start": span.start,
        "end": span.end,
        "score": passage.score,
    }
    return Document(page_content=passage.text, metadata=metadata, id=passage.chunk.id)

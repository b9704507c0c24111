"""Which peers there are, where their doors stand, and what has to be installed for each. Pure."""

from __future__ import annotations

from dataclasses import dataclass

OURS = "wenzheng"
INSTALL = "pip install 'wenzheng[peers]'"


@dataclass(frozen=True, slots=True)
class Entry:
    """One peer of the table, before anything is loaded."""

    name: str
    door: str  # module:class, a Peer that takes no arguments
    modules: tuple[str, ...] = ()  # top-level modules that must be there
    distributions: tuple[str, ...] = ()  # whose versions are told


_CUT = ("langchain-text-splitters",)
ROSTER = (
    Entry(OURS, "eval.peers.ours:Wenzheng"),
    Entry(
        "langchain-faiss",
        "eval.peers.langchain_peers:LangChainVectors",
        ("langchain_text_splitters", "langchain_community"),
        ("langchain-community", *_CUT, "faiss-cpu"),
    ),
    Entry(
        "langchain-bm25",
        "eval.peers.langchain_peers:LangChainWords",
        ("langchain_text_splitters", "langchain_community", "rank_bm25", "jieba"),
        ("langchain-community", *_CUT, "rank-bm25", "jieba"),
    ),
    Entry(
        "langchain-ensemble",
        "eval.peers.langchain_peers:LangChainEnsemble",
        ("langchain_text_splitters", "langchain_community", "langchain_classic", "rank_bm25", "jieba"),
        ("langchain-classic", "langchain-community", *_CUT, "rank-bm25", "jieba", "faiss-cpu"),
    ),
    Entry("haystack-bm25", "eval.peers.haystack_peer:HaystackWords", ("haystack",), ("haystack-ai",)),
    Entry(
        "llamaindex-bm25",
        "eval.peers.llamaindex_peer:LlamaIndexWords",
        ("llama_index", "bm25s", "jieba"),
        ("llama-index-core", "llama-index-retrievers-bm25", "bm25s", "jieba"),
    ),
    Entry("txtai-bm25", "eval.peers.txtai_peer:TxtaiWords", ("langchain_text_splitters", "txtai"), ("txtai", *_CUT)),
    Entry("txtai-hybrid", "eval.peers.txtai_peer:TxtaiHybrid", ("langchain_text_splitters", "txtai"), ("txtai", *_CUT)),
)

"""A public retrieval set → how well its documents are ranked: the story behind `wenzheng bench`.

corpus.jsonl → a library of its own, in a temporary folder ┐
queries.jsonl, qrels.tsv → topics ─────────────────────────┴→ rankings of documents → scores → Benchmark

The layout is BEIR's (Thakur et al., "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval
Models", NeurIPS 2021): `corpus.jsonl` {"id", "title", "text"}, `queries.jsonl` {"id", "text"}, `qrels.tsv` with query,
document and relevance parted by tabs. Passages are retrieved as for a person who asks; a document stands where its best
passage does.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from eval.cases import MAX_PROBLEMS_SHOWN
from eval.metrics.documents import (
    hit_of_documents,
    ndcg_of_documents,
    recall_of_documents,
    reciprocal_rank_of_documents,
)
from eval.statistics import Mean
from index.build import BuildReport, Progress, build_library
from index.cross import SHIPPED
from index.errors import LibraryError, WenzhengError, system_reason
from index.files.names import is_plain
from index.holdings import Holdings
from index.library import Library
from index.retrieve import Retriever

if TYPE_CHECKING:
    from index.embed import Embedder, Reranker

CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels.tsv"
DEPTH = 100  # documents of a ranking
MEASURES: Mapping[str, Callable[[Mapping[str, int], Sequence[str]], float | None]] = {
    "ndcg@10": partial(ndcg_of_documents, 10),
    **{f"recall@{k}": partial(recall_of_documents, k) for k in (1, 10, DEPTH)},
    **{f"hit@{k}": partial(hit_of_documents, k) for k in (1, 10)},
    "mrr@10": partial(reciprocal_rank_of_documents, 10),
}

_ROOM = "请给临时文件夹腾出空间，或设环境变量 TMPDIR 换一个文件夹。"
_RELEVANCE = re.compile(r"-?[0-9]{1,9}")


class BadBenchmark(WenzhengError):
    """A benchmark's folder that cannot be used: a file is missing or malformed, or the files do not belong together."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A query, and how relevant the documents are that were judged for it; one of them at least is, i.e. above 0."""

    id: str
    text: str
    judged: Mapping[str, int]  # document's id → relevance


@dataclass(frozen=True, slots=True)
class Ranked:
    """What came of a topic."""

    topic: Topic
    ranking: tuple[str, ...]  # ids of documents, best first, at most DEPTH
    elapsed_ms: float

    @property
    def scores(self) -> dict[str, float | None]:
        """By name, as in MEASURES."""
        return {name: measure(self.topic.judged, self.ranking) for name, measure in MEASURES.items()}


@dataclass(frozen=True, slots=True)
class OwnLibrary:
    """A library of a set's own documents: what was built, opened, and the seconds that building took."""

    built: BuildReport
    holdings: Holdings
    build_s: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One run over one set. `omitted`: what was left out of it, one Chinese line each."""

    name: str  # of the set: its folder's
    queries_file: str
    library: str  # its id
    embedder: str
    documents: int
    chunks: int
    build_s: float
    results: tuple[Ranked, ...]  # in the order of the queries
    omitted: tuple[str, ...]

    @property
    def passages_per_s(self) -> float:
        """Chunks that were read, parsed and indexed in a second of wall time."""
        return self.chunks / self.build_s

    def means(self) -> dict[str, Mean]:
        """Of every measure, with its interval; that costs a second or two where there are thousands of queries."""
        scores = [result.scores for result in self.results]
        return {name: Mean.of((each[name] for each in scores), interval=True) for name in MEASURES}


def run_benchmark(
    folder: Path,
    queries: Path | None = None,
    *,
    embedder: Embedder | None = None,
    reranker: Reranker | None = None,
    reader: Path = SHIPPED,
    progress: Progress | None = None,
) -> Benchmark:
    """Rank every judged query of a set over a library of its corpus alone, which is removed afterwards.

    `queries`: another file than queries.jsonl; a bare name is looked up in the folder, too. `embedder`: None for latent
    semantics, fitted on the corpus; `reader`: the folder of our own. Raises BadBenchmark; NothingToIndex where no line
    of the corpus is a document.
    """
    report = progress or silent
    topics, omitted = read_topics(folder, queries)
    with library_of([folder / CORPUS], embedder, reader, report) as library:
        built, holdings = library.built, library.holdings
        omitted = [*omitted, *built.problems, *_unknown(topics, holdings)]
        results = _rank_all(topics, Retriever(holdings, reranker), built, report)
        return Benchmark(
            name=folder.resolve().name,
            queries_file=_queries_path(folder, queries).name,
            library=built.library_id,
            embedder=holdings.embedder.name,
            documents=built.documents,
            chunks=built.chunks,
            build_s=library.build_s,
            results=results,
            omitted=tuple(omitted),
        )


def _rank_all(
    topics: Sequence[Topic], retriever: Retriever, built: BuildReport, report: Progress
) -> tuple[Ranked, ...]:
    passages = DEPTH * ceil(built.chunks / built.documents)  # enough for most queries to bring DEPTH documents
    rank_documents(retriever, topics[0].text, passages)  # opens the engines, which is no query's own time
    results: list[Ranked] = []
    for topic in topics:
        began = perf_counter()
        ranking = rank_documents(retriever, topic.text, passages)
        results.append(Ranked(topic, ranking, (perf_counter() - began) * 1000))
        report(len(results), len(topics), "检索")
    return tuple(results)


def rank_documents(retriever: Retriever, text: str, passages: int = DEPTH, depth: int = DEPTH) -> tuple[str, ...]:
    """Sources of the first `depth` documents in the order of their best passages; fewer where no more can be found.

    `passages`: how many to look at first; more are taken until the documents are enough.
    """
    while True:
        found = retriever.retrieve(text, passages)
        ranking = tuple(dict.fromkeys(passage.notice.source for passage in found))[:depth]
        if len(ranking) == depth or len(found) < passages:
            return ranking
        passages *= 4


@contextmanager
def library_of(
    corpora: Sequence[Path], embedder: Embedder | None, reader: Path, report: Progress
) -> Iterator[OwnLibrary]:
    """A library of these files alone, which is gone at the end of the block. Raises BadBenchmark, NothingToIndex."""
    with _temporary_folder() as folder:
        library = _build(corpora, folder / "library", embedder, reader, report)
        try:
            yield library
        finally:
            library.holdings.catalogue.close()


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """A folder that is gone at the end of the block, however that ends."""
    try:
        made = tempfile.TemporaryDirectory(prefix="wenzheng-bench-")
    except OSError as exc:
        raise BadBenchmark(f"建不了临时文件夹：{system_reason(exc)}。{_ROOM}") from exc
    with made as folder:
        yield Path(folder)


def _build(
    corpora: Sequence[Path], folder: Path, embedder: Embedder | None, reader: Path, report: Progress
) -> OwnLibrary:
    began = perf_counter()
    try:
        built = build_library(corpora, folder, embedder=embedder, progress=report)
        build_s = perf_counter() - began
        return OwnLibrary(built, Holdings(Library.open(folder), embedder, own_reader=reader), build_s)
    except LibraryError as exc:  # its way out is another library folder, of which there is no choice here
        raise BadBenchmark(f"评测用的临时公文库没有建成：{str(exc).split('。')[0]}。{_ROOM}") from exc


def _unknown(topics: Sequence[Topic], holdings: Holdings) -> list[str]:
    """What to say of judgements on documents that the corpus does not hold. BadBenchmark where all are such."""
    held = holdings.catalogue.hashes().keys()
    relevant = [each for topic in topics for each, relevance in topic.judged.items() if relevance > 0]
    unknown = [each for each in relevant if each not in held]
    if len(unknown) == len(relevant):
        raise BadBenchmark(f"{QRELS} 判为相关的文件，{CORPUS} 里一份也没有。请检查这两份文件是否属于同一个评测集。")
    if not unknown:
        return []
    return [f"{QRELS} 有 {len(unknown)} 条判定指向 {CORPUS} 里没有的文件（如“{unknown[0]}”），一律算没有找到。"]


def silent(done: int, total: int, step: str) -> None:
    """No progress is shown."""


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────


def read_topics(folder: Path, queries: Path | None = None) -> tuple[list[Topic], list[str]]:
    """The queries that have a relevant document, in order, and a Chinese line for each kind of thing left out.

    Raises BadBenchmark, naming file and line of whatever is missing or malformed.
    """
    if not folder.is_dir():
        raise BadBenchmark(f"{folder} 不是文件夹。请给出评测集的文件夹，里面要有 {CORPUS}、{QUERIES} 和 {QRELS}。")
    path = _queries_path(folder, queries)
    problems: list[str] = []
    if not (folder / CORPUS).is_file():
        problems.append(f"{folder / CORPUS}：没有这个文件。请检查路径。")
    texts = _read_queries(path, problems)
    judged = _read_qrels(folder / QRELS, problems)
    if problems:
        shown = problems[:MAX_PROBLEMS_SHOWN]
        more = [f"……另有 {len(problems) - len(shown)} 处"] if len(problems) > len(shown) else []
        raise BadBenchmark("\n".join(["评测集读不进来，请改正：", *shown, *more]))
    relevant = {each for each, own in judged.items() if any(relevance > 0 for relevance in own.values())}
    topics = [Topic(each, text, judged[each]) for each, text in texts.items() if each in relevant]
    if not topics:
        raise BadBenchmark(
            f"{path.name} 的查询，在 {QRELS} 里没有一条有相关的文件。请检查这两份文件是否属于同一个评测集。"
        )
    left_out = (
        (path.name, f"{QRELS} 没有给它们判出相关的文件", [each for each in texts if each not in relevant]),
        (QRELS, f"{path.name} 里没有它们", [each for each in judged if each not in texts]),
    )
    return topics, [
        f"{name} 有 {len(ids)} 条查询没有计入：{why}（如“{ids[0]}”）。" for name, why, ids in left_out if ids
    ]


def _queries_path(folder: Path, queries: Path | None) -> Path:
    if queries is None:
        return folder / QUERIES
    return folder / queries if len(queries.parts) == 1 and not queries.exists() else queries


def _read_queries(path: Path, problems: list[str]) -> dict[str, str]:
    """id → text."""
    texts: dict[str, str] = {}
    for number, line in _lines(path, problems):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            problem = "不是 JSON"
        else:
            problem = _query_problem(row, texts)
            if not problem:
                texts[row["id"]] = row["text"]
        if problem:
            problems.append(f'{path.name} 第 {number} 行：{problem}。请写成 {{"id": "编号", "text": "查询"}}。')
    return texts


def _query_problem(row: object, known: Mapping[str, str]) -> str:
    if not isinstance(row, dict):
        return "不是 JSON 对象"
    if wrong := [name for name in ("id", "text") if not isinstance(row.get(name), str) or not row[name].strip()]:
        return f"{'、'.join(wrong)} 要是不空的字符串"
    if not is_plain(row["id"]):
        return "id 含有控制字符"
    return f"id“{row['id']}”重复" if row["id"] in known else ""


def _read_qrels(path: Path, problems: list[str]) -> dict[str, dict[str, int]]:
    """Query's id → document's id → relevance."""
    judged: dict[str, dict[str, int]] = {}
    for number, line in _lines(path, problems):
        fields = line.split("\t")
        if number == 1 and len(fields) == 3 and not re.search(r"\d", fields[2]):
            continue  # query-id, corpus-id, score
        problem = _qrel_problem(fields, judged)
        if problem:
            problems.append(f"{path.name} 第 {number} 行：{problem}。请写成“查询编号<Tab>文件编号<Tab>相关程度”。")
        else:
            judged.setdefault(fields[0], {})[fields[1]] = int(fields[2])
    return judged


def _qrel_problem(fields: Sequence[str], known: Mapping[str, Mapping[str, int]]) -> str:
    if len(fields) != 3:
        return f"有 {len(fields)} 列，应当是 3 列"
    query, document, relevance = fields
    if not (is_plain(query) and is_plain(document)):
        return "编号为空或含有控制字符"
    if not _RELEVANCE.fullmatch(relevance):
        return "相关程度不是整数"
    return f"查询“{query}”与文件“{document}”前面已判过" if document in known.get(query, {}) else ""


def _lines(path: Path, problems: list[str]) -> list[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1; [] and a problem where the file cannot be read."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as exc:
        problems.append(f"{path}：打不开（{system_reason(exc)}）。请检查路径。")
        return []
    except UnicodeDecodeError:
        problems.append(f"{path}：不是 UTF-8 文本。请另存为 UTF-8。")
        return []
    return [(number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), 1) if line.strip()]

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.benchmark import (
    DEPTH,
    MEASURES,
    BadBenchmark,
    Benchmark,
    Ranked,
    Topic,
    rank_documents,
    read_topics,
    run_benchmark,
)
from eval.benchmark_report import rankings, show_benchmark
from index.build import build_library
from index.errors import LibraryError, NothingToIndex
from index.holdings import Holdings
from index.library import Library
from index.retrieve import Retriever

DOCUMENTS = {
    "heat": "采暖补贴由县民政局发放。",
    "fire": "森林防火期内禁止野外用火。",
    "bury": "火化费每具减免四百元。",
    "tax": "契税按成交价格征收。",
}
QUERIES = {"q1": "采暖补贴谁发放", "q2": "野外用火", "q3": "没有判定的一条"}
QRELS = "query-id\tcorpus-id\tscore\nq1\theat\t2\nq1\ttax\t0\nq2\tfire\t1\nq2\tgone\t1\nq9\theat\t1\n"


def write_set(folder: Path, documents: dict[str, str], queries: dict[str, str], qrels: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    corpus = [{"id": each, "title": "", "text": text} for each, text in documents.items()]
    for name, rows in (("corpus", corpus), ("queries", [{"id": q, "text": text} for q, text in queries.items()])):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, "utf-8")
    (folder / "qrels.tsv").write_text(qrels, "utf-8")
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two queries with judgements, one without, and a judged query and a judged document that are not there."""
    return write_set(tmp_path / "small", DOCUMENTS, QUERIES, QRELS)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


# ── the story ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_set_is_ranked_over_its_own_corpus_and_leaves_nothing_behind(
    small: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WENZHENG_LIBRARY", str(small / "mine"))
    steps: list[tuple[int, int, str]] = []
    report = run_benchmark(small, progress=lambda *step: steps.append(step))
    assert (report.name, report.queries_file, report.documents, report.chunks) == ("small", "queries.jsonl", 4, 4)
    assert [(each.topic.id, each.ranking[0]) for each in report.results] == [("q1", "heat"), ("q2", "fire")]
    scores = {each.topic.id: each.scores for each in report.results}
    assert scores["q1"] == dict.fromkeys(MEASURES, 1.0)
    assert scores["q2"]["recall@100"] == 0.5  # the document that is gone counts as not found
    assert scores["q2"]["ndcg@10"] == pytest.approx(1 / (1 + 1 / 1.584963), abs=1e-6)
    assert report.omitted == (
        "queries.jsonl 有 1 条查询没有计入：qrels.tsv 没有给它们判出相关的文件（如“q3”）。",
        "qrels.tsv 有 1 条查询没有计入：queries.jsonl 里没有它们（如“q9”）。",
        "qrels.tsv 有 1 条判定指向 corpus.jsonl 里没有的文件（如“gone”），一律算没有找到。",
    )
    assert report.passages_per_s == 4 / report.build_s
    assert steps[-1] == (2, 2, "检索")
    assert list(temporary.iterdir()) == []
    assert not (small / "mine").exists()


def test_another_file_of_queries_is_taken_by_its_path_or_looked_up_in_the_folder(small: Path) -> None:
    row = json.dumps({"id": "q1", "text": "暖气费的补贴"}, ensure_ascii=False)
    (small / "long.jsonl").write_text(row, "utf-8")
    for given in (Path("long.jsonl"), small / "long.jsonl"):
        topics, omitted = read_topics(small, given)
        assert topics == [Topic("q1", "暖气费的补贴", {"heat": 2, "tax": 0})]
        assert omitted == ["qrels.tsv 有 2 条查询没有计入：long.jsonl 里没有它们（如“q2”）。"]


def test_the_temporary_library_goes_also_where_the_run_is_broken_off(small: Path, temporary: Path) -> None:
    def interrupt(done: int, total: int, step: str) -> None:
        if step == "检索":
            assert list(temporary.iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_benchmark(small, progress=interrupt)
    assert list(temporary.iterdir()) == []


def test_lines_of_the_corpus_that_cannot_be_read_are_told(small: Path) -> None:
    with (small / "corpus.jsonl").open("a", encoding="utf-8") as corpus:
        corpus.write('{"id": "blank", "title": "", "text": ""}\n')
    report = run_benchmark(small)
    assert report.documents == 4
    assert any("第 5 行没有读取：text 没有内容" in line for line in report.omitted)


def test_a_document_of_many_chunks_takes_one_place_and_the_ranking_is_filled_up(tmp_path: Path) -> None:
    """Three documents bring forty passages on the subject before the short ones bring one each."""
    long = "\n".join("采暖补贴的发放办法，" + chr(ord("一") + i) * 440 + "。" for i in range(40))
    documents = {f"long{i}": long.replace("发放", f"发放{i}") for i in range(3)} | {
        f"short{i}": f"采暖季从十一月开始，{chr(ord('丐') + i) * 30}。" for i in range(120)
    }
    folder = write_set(tmp_path / "set", documents, {}, "")
    build_library([folder / "corpus.jsonl"], tmp_path / "library")
    retriever = Retriever(Holdings(Library.open(tmp_path / "library")))
    first = [passage.notice.source for passage in retriever.retrieve("采暖补贴的发放办法", DEPTH)]
    assert len(set(first)) < DEPTH
    ranking = rank_documents(retriever, "采暖补贴的发放办法")
    assert len(set(ranking)) == len(ranking) == DEPTH
    assert set(ranking[:3]) == {"long0", "long1", "long2"}
    assert len(rank_documents(retriever, "采暖补贴的发放办法", depth=1000)) == 123  # all there are


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(small: Path, name: str) -> None:
    (small / name).unlink()
    with pytest.raises(BadBenchmark, match=f"{name}：.*请检查路径。"):
        run_benchmark(small)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadBenchmark, match=r"none 不是文件夹。请给出评测集的文件夹，里面要有 corpus.jsonl"):
        run_benchmark(tmp_path / "none")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "不是 JSON"),
        ("[]", "不是 JSON 对象"),
        ('{"id": "q7"}', "text 要是不空的字符串"),
        ('{"id": 7, "text": " "}', "id、text 要是不空的字符串"),
        ('{"id": "a\\u001b", "text": "问"}', "id 含有控制字符"),
        ('{"id": "q1", "text": "又一次"}', "id“q1”重复"),
    ],
)
def test_a_bad_query_is_named_with_its_line(small: Path, line: str, problem: str) -> None:
    with (small / "queries.jsonl").open("a", encoding="utf-8") as queries:
        queries.write(f"\n{line}\n")
    with pytest.raises(BadBenchmark) as caught:
        read_topics(small)
    assert str(caught.value).splitlines() == [
        "评测集读不进来，请改正：",
        f'queries.jsonl 第 5 行：{problem}。请写成 {{"id": "编号", "text": "查询"}}。',
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("q1 heat 1", "有 1 列，应当是 3 列"),
        ("q1\t\t1", "编号为空或含有控制字符"),
        ("q1\tfire\t0.5", "相关程度不是整数"),
        ("q1\theat\t1", "查询“q1”与文件“heat”前面已判过"),
    ],
)
def test_a_bad_judgement_is_named_with_its_line(small: Path, line: str, problem: str) -> None:
    with (small / "qrels.tsv").open("a", encoding="utf-8") as qrels:
        qrels.write(f"{line}\r\n")
    with pytest.raises(BadBenchmark) as caught:
        read_topics(small)
    assert str(caught.value).splitlines()[1].startswith(f"qrels.tsv 第 7 行：{problem}。请写成")


def test_only_the_first_problems_are_shown(small: Path) -> None:
    (small / "qrels.tsv").write_text("只有一列1\n" * 25, "utf-8")
    with pytest.raises(BadBenchmark) as caught:
        read_topics(small)
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "……另有 5 处"


def test_other_encodings_are_refused(small: Path) -> None:
    (small / "queries.jsonl").write_bytes('{"id": "q1", "text": "采暖"}'.encode("gb18030"))
    with pytest.raises(BadBenchmark, match=r"queries\.jsonl：不是 UTF-8 文本"):
        read_topics(small)


def test_the_header_of_the_judgements_is_optional(small: Path) -> None:
    with_header = read_topics(small)
    (small / "qrels.tsv").write_text(QRELS.split("\n", 1)[1], "utf-8")
    assert read_topics(small) == with_header


def test_files_that_do_not_belong_together_are_refused(small: Path) -> None:
    (small / "qrels.tsv").write_text("q1\telsewhere\t1\n", "utf-8")
    with pytest.raises(BadBenchmark, match=r"corpus\.jsonl 里一份也没有"):
        run_benchmark(small)
    (small / "qrels.tsv").write_text("q8\theat\t1\nq1\theat\t0\n", "utf-8")
    with pytest.raises(BadBenchmark, match="没有一条有相关的文件"):
        run_benchmark(small)


def test_a_corpus_without_a_document_is_refused(small: Path, temporary: Path) -> None:
    (small / "corpus.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(NothingToIndex, match=r"corpus\.jsonl"):
        run_benchmark(small)
    assert list(temporary.iterdir()) == []


def test_without_room_for_a_temporary_folder_the_way_out_is_told(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(small / "corpus.jsonl"))
    with pytest.raises(BadBenchmark, match="TMPDIR"):
        run_benchmark(small)


def test_where_the_library_cannot_be_written_the_way_out_is_told(
    small: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **options: object) -> None:
        raise LibraryError("写不进公文库文件夹 /tmp/x：磁盘已满。请用 --library 换一个文件夹。")

    monkeypatch.setattr("eval.benchmark.build_library", full)
    with pytest.raises(BadBenchmark) as caught:
        run_benchmark(small)
    assert str(caught.value) == (
        "评测用的临时公文库没有建成：写不进公文库文件夹 /tmp/x：磁盘已满。"
        "请给临时文件夹腾出空间，或设环境变量 TMPDIR 换一个文件夹。"
    )
    assert list(temporary.iterdir()) == []


# ── what is printed ─────────────────────────────────────────────────────────────────────────────────────────────


def ranked(topic: str, ranking: Sequence[str], elapsed_ms: float) -> Ranked:
    return Ranked(Topic(topic, "问", {"a": 1, "b": 1}), tuple(ranking), elapsed_ms)


REPORT = Benchmark(
    name="demo",
    queries_file="queries.jsonl",
    library="0123456789ab",
    embedder="lsa-256-x",
    documents=1200,
    chunks=1500,
    build_s=2.0,
    results=(ranked("q1", ["a", "b"], 5.0), ranked("q2", ["x", "a"], 7.0)),
    omitted=(),
)


def test_the_table_names_the_set_and_gives_each_measure_with_its_interval() -> None:
    head, table, times = show_benchmark(REPORT, as_json=False).split("\n\n")
    assert head == (
        "评测集 demo（queries.jsonl）：2 条查询，1200 份文件，1500 段\n"
        "库 0123456789ab，嵌入 lsa-256-x，每条查询排出前 100 份文件"
    )
    rows = [line.split() for line in table.splitlines()]
    assert [row[0] for row in rows] == [
        "指标",
        "nDCG@10",
        "召回@1",
        "召回@10",
        "召回@100",
        "命中@1",
        "命中@10",
        "MRR@10",
    ]
    assert rows[2][1:] == ["0.250", "0.000–0.500"]  # half of two documents, and none
    assert rows[5][1:] == ["0.500", "0.000–1.000"]
    assert rows[7][1:] == ["0.750", "0.500–1.000"]
    assert times == "建库：2.0 秒，每秒 750 段\n每条查询用时：p50 5.0 毫秒，p95 7.0 毫秒"


def test_rankings_are_a_trec_run_whose_scores_fall() -> None:
    lines = [line.split(" ") for line in rankings(REPORT).splitlines()]
    assert [line[:4] for line in lines] == [
        ["q1", "Q0", "a", "1"],
        ["q1", "Q0", "b", "2"],
        ["q2", "Q0", "x", "1"],
        ["q2", "Q0", "a", "2"],
    ]
    assert float(lines[0][4]) > float(lines[1][4])


def test_what_was_left_out_stands_below() -> None:
    assert show_benchmark(replace(REPORT, omitted=("甲。", "乙。")), as_json=False).endswith("\n\n请注意：\n甲。\n乙。")


def test_the_json_is_one_line_with_every_measure() -> None:
    text = show_benchmark(REPORT, as_json=True)
    assert "\n" not in text
    found = json.loads(text)
    assert {name: found[name] for name in MEASURES} == {
        "ndcg@10": pytest.approx((1 + (1 / 1.584963) / (1 + 1 / 1.584963)) / 2, abs=1e-6),
        "recall@1": 0.25,
        "recall@10": 0.75,
        "recall@100": 0.75,
        "hit@1": 0.5,
        "hit@10": 1.0,
        "mrr@10": 0.75,
    }
    assert found["intervals"].keys() == MEASURES.keys()
    assert found["intervals"]["hit@1"] == [0, 1]
    others = ("set", "queries", "documents", "chunks", "embedder", "library", "passages_per_s", "query_p50_ms")
    assert [found[name] for name in others] == ["demo", 2, 1200, 1500, "lsa-256-x", "0123456789ab", 750, 5]
    assert found["query_p95_ms"] == 7

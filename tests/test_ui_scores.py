"""eval and bench from the command line, over the bundled gazettes and a handful of the bundled questions."""

import json
from pathlib import Path

import pytest

from eval.cases import bundled_questions, case_row, load_cases
from index.build import build_library
from index.contextual import ContextualEmbedder
from tests.qa_fakes import save_tiny_model
from ui.cli import main


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    build_library([], folder, embedder=ContextualEmbedder.load())
    return folder


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty-odd dev questions of all kinds."""
    dev = [case for case in load_cases(bundled_questions()) if case.split == "dev"]
    cases = dev[:: len(dev) // 36]
    path = tmp_path_factory.mktemp("questions") / "some.jsonl"
    path.write_text("".join(json.dumps(case_row(case), ensure_ascii=False) + "\n" for case in cases), "utf-8")
    return path


@pytest.fixture(scope="module")
def run(library: Path, questions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "first"
    assert main(["eval", "--library", str(library), "--questions", str(questions), "--output", str(folder)]) == 0
    return folder


def test_eval_is_short_for_eval_run_and_the_same_run_has_the_same_bytes(
    run: Path, library: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--library", str(library), "--questions", str(questions), "--output", str(tmp_path / "r"), "--json"]
    assert main(["eval", "run", *arguments]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["summary"]["all"]["right"]["n"] == len(questions.read_text("utf-8").splitlines())
    assert f"评测记录在 {tmp_path / 'r'}" in told.err
    assert sorted(path.name for path in run.iterdir()) == ["cases.jsonl", "run.json", "timings.json"]
    for name in ("cases.jsonl", "run.json"):
        assert (run / name).read_bytes() == (tmp_path / "r" / name).read_bytes()


def test_swaps_are_asked_in_the_place_of_the_questions(
    library: Path, questions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--library", str(library), "--questions", str(questions), "--output", str(tmp_path / "r"), "--swaps"]
    assert main(["eval", *arguments]) == 0
    table = capsys.readouterr().out
    assert "（dev-swaps）" in table
    wrong_place = next(line.split() for line in table.splitlines() if line.startswith("串城"))
    assert float(wrong_place[1]) <= 0.1
    assert int(wrong_place[3]) >= 30
    assert "召回@5" not in table


def test_two_runs_are_compared(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "compare", str(run), str(run)]) == 0
    assert "由错变对 0 题，由对变错 0 题。" in capsys.readouterr().out


def test_a_report_in_each_format(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "report", str(run), "--output", str(tmp_path / "r.html")]) == 0
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!doctype html>")
    assert main(["eval", "report", str(run), "--format", "md", "--lang", "en"]) == 0
    assert "recall@5" in capsys.readouterr().out
    assert main(["eval", "report", str(run), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["broken"] == {}


def test_the_gate_opens_for_the_accepted_run_and_holds_back_a_worse_one(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "baseline.json"
    gate = ["eval", "gate", "--baseline", str(baseline)]
    assert main([*gate, str(run)]) == 2
    assert "--accept 立一个" in capsys.readouterr().err
    assert main([*gate, "--accept", str(run)]) == 0
    assert main([*gate, str(run)]) == 0
    worse = tmp_path / "worse"
    worse.mkdir()
    for name in ("run.json", "timings.json"):
        (worse / name).write_bytes((run / name).read_bytes())
    rows = [json.loads(line) for line in (run / "cases.jsonl").read_text("utf-8").splitlines()]
    for row in rows[: len(rows) // 2]:
        row |= {"status": "answered", "answer": "不知道。", "citations": [], "passages": []}
    (worse / "cases.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert main([*gate, str(worse)]) == 3
    assert "不通过：答对" in capsys.readouterr().out


def test_a_local_model_judges_and_its_agreement_is_told(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_tiny_model(tmp_path / "model", "对")
    assert main(["eval", "judge", str(run), "--model", str(tmp_path / "model"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    opinions = told["opinions"]
    assert {opinion["judged"] for opinion in opinions} == {True}
    right = sum(opinion["right"] for opinion in opinions)
    assert told["agreement"]["mean"] == pytest.approx(right / len(opinions))
    assert told["kappa"]["value"] == pytest.approx(0.0)  # it always says the same: no better than chance


def test_what_is_no_run_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "report", str(tmp_path)]) == 2
    assert f"{tmp_path} 里没有评测记录" in capsys.readouterr().err
    assert main(["eval", "compare", str(tmp_path / "no"), str(tmp_path)]) == 2
    assert "没有评测记录" in capsys.readouterr().err


def test_the_parts_of_eval_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"    {name}" in told for name in ("run", "compare", "report", "gate", "peers", "judge"))


def test_a_public_benchmark_is_ranked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {"a": "公租房每人每月补贴四百元。", "b": "森林防火期为每年三月至五月。", "c": "机动车报废更新补贴五千元。"}
    asked = {"q1": "公租房补贴多少", "q2": "森林防火期是哪几个月"}
    rows = [{"id": id, "title": "", "text": text} for id, text in texts.items()]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    queries = [{"id": id, "text": text} for id, text in asked.items()]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t1\n", "utf-8")
    ranked = tmp_path / "ranked.trec"
    assert main(["bench", str(tmp_path), "--json", "--rankings", str(ranked)]) == 0
    assert [line.split()[:4] for line in ranked.read_text("utf-8").splitlines() if " 1 " in line] == [
        ["q1", "Q0", "a", "1"],
        ["q2", "Q0", "b", "1"],
    ]
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (figures["ndcg@10"], figures["hit@1"], figures["queries"], figures["documents"]) == (1.0, 1.0, 2, 3)
    assert main(["bench", str(tmp_path / "no")]) == 2

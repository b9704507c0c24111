"""index/training/__main__.py: what is held out is kept out, and is scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.training import static
from index.training.__main__ import HeldOut, main, train_static
from index.training.model import StaticEmbedder
from index.training.pairs import RECIPES, BadTrainingFolder
from tests.test_index_training_pairs import written


def held_out(folder: Path) -> Path:
    folder.mkdir()
    texts = {"d0": "由人社局负责", "d1": "由民政局负责"}
    rows = [json.dumps({"id": i, "title": "", "text": t}, ensure_ascii=False) for i, t in texts.items()]
    (folder / "corpus.jsonl").write_text("\n".join(rows), "utf-8")
    (folder / "queries.jsonl").write_text(json.dumps({"id": "q0", "text": "谁管低保"}, ensure_ascii=False), "utf-8")
    (folder / "qrels.tsv").write_text("q0\td1\t1\n", "utf-8")
    return folder


def test_held_out_questions_and_their_passages_are_not_trained_on(tmp_path: Path) -> None:
    apart = held_out(tmp_path / "apart")
    rows = [
        {"query": "谁管低保", "positive": "由街道负责"},  # the question is held out
        {"query": "低保找谁", "positive": "由民政局负责"},  # the passage is
        {"query": "失业找谁", "positive": "由人社局负责"},  # only stands beside them
        {"query": "落户找谁", "positive": "由公安局负责"},
    ]
    written(tmp_path / "pairs" / "gov12345.jsonl.zst", rows * 3)  # a token must stand in three texts
    plan = static.Plan(dim=4, vocabulary=50, epochs=1, batch=2)
    others = [source for source in RECIPES if source != "gov12345"]
    train_static(tmp_path, tmp_path / "work", tmp_path / "model", [apart], others, plan)
    about = json.loads((tmp_path / "model" / "embedder.json").read_text("utf-8"))
    assert about["pairs"] == {"gov12345": 6}
    assert about["epochs"][0]["hit@1"].keys() == {"apart"}
    assert StaticEmbedder.load(tmp_path / "model").dim == 4
    assert len((tmp_path / "work" / "log.jsonl").read_text("utf-8").splitlines()) == 1

    train_static(tmp_path, tmp_path / "work", tmp_path / "again", [apart], others, plan)  # nothing is left to do
    assert json.loads((tmp_path / "again" / "embedder.json").read_text("utf-8")) == about


def test_a_folder_without_data_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadTrainingFolder, match="queries"):
        HeldOut.read(tmp_path)
    assert main(["static", "--data", str(tmp_path), "--work", str(tmp_path), "--output", str(tmp_path)]) == 1
    assert "训练数据" in capsys.readouterr().err

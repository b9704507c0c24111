"""index/training/__main__.py: tiny tables are trained, go on where they stopped, and open on both sides."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from index.nearness import Nearness
from index.static import StaticEmbedder
from index.training.__main__ import keep_vocabulary, main, train
from index.training.held_out import HeldOut
from index.training.learn import Plan
from index.training.pairs import SOURCES, BadTrainingFolder
from tests.test_index_training_pairs import written

TINY = Plan(dim=16, batch=8, near_dim=8, near_steps=300, near_batch=4, near_pairs=8)
ROWS = [
    {"query": "谁管低保", "positive": "最低生活保障由民政局负责"},
    {"query": "没活干找谁", "positive": "失业登记由人力资源和社会保障局办理"},
    {"query": "落户找谁", "positive": "户口登记由公安派出所办理"},
    {"query": "停水打哪个电话", "positive": "供水中断由供水企业抢修"},
] * 5


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    written(folder / "pairs" / "gov12345.jsonl.zst", ROWS)
    others = [source for source in SOURCES if source != "gov12345"]
    with pytest.MonkeyPatch.context() as patch:
        for user in ("__main__", "gathered"):
            patch.setattr(f"index.training.{user}.BAG_MENU", {"gov12345": 160})
        for output in ("model", "again"):
            train(folder, folder / "work", folder / output, [held_out(folder / "apart")], others, TINY)
    return folder


def held_out(folder: Path) -> Path:
    texts = ("由人社局负责", "由公安局负责")
    HeldOut("apart", ("落户找谁",), texts, (frozenset({1}),)).write(folder)
    return folder


def test_what_is_held_out_is_not_trained_on_and_is_scored(trained: Path) -> None:
    about = json.loads((trained / "model" / "training.json").read_text("utf-8"))
    assert about["pairs"] == {"gov12345": 15}  # without 落户找谁
    assert [line["stage"] for line in about["log"]] == ["bag", "nearness", "nearness"]
    assert about["log"][0]["first, of five"].keys() == {"apart"}
    assert HeldOut.read(trained / "apart").judged == (frozenset({1}),)


def test_a_training_that_is_done_is_not_done_again(trained: Path) -> None:
    for name in ("training.json", "nearness.npy", "model.safetensors", "tokenizer.json"):
        assert (trained / "model" / name).read_bytes() == (trained / "again" / name).read_bytes()


def test_sentence_transformers_opens_it_and_agrees(trained: Path) -> None:
    from sentence_transformers import SentenceTransformer

    ours = StaticEmbedder.load(trained / "model")
    theirs = SentenceTransformer(str(trained / "model"), device="cpu")
    texts = ["失业登记由人力资源和社会保障局办理", "户口登记"]
    assert np.allclose(ours.embed_texts(texts), theirs.encode_document(texts), atol=2e-3)
    assert np.allclose(ours.embed_question("谁管低保"), theirs.encode_query(["谁管低保"])[0], atol=2e-3)
    assert ours.dim == theirs.get_embedding_dimension() == 16
    assert ours.name.startswith("static-16-")


def test_an_empty_text_has_a_zero_row_and_traditional_characters_are_the_same(trained: Path) -> None:
    ours = StaticEmbedder.load(trained / "model")
    vectors = ours.embed_texts(["户口登记由公安派出所办理", "", "戶口登記由公安派出所辦理"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-3)
    assert np.allclose(vectors[0], vectors[2])
    assert ours.embed_texts([]).shape == (0, 16)
    assert not ours.embed_question(" ").any()


def test_nearness_has_learned_what_goes_together(trained: Path) -> None:
    near = Nearness.load(trained / "model")
    passages = near.pieces([row["positive"] for row in ROWS[:4]])
    for at in (0, 1, 3):  # 落户找谁 was held out
        whole = [score[0] for score in near.scores(ROWS[at]["query"], passages)]
        assert whole.index(max(whole)) == at


def test_another_training_does_not_go_on_in_its_folder(trained: Path) -> None:
    with pytest.raises(BadTrainingFolder, match="另一次训练"):
        train(trained, trained / "work", trained / "other", [], [], TINY)


def test_a_vocabulary_is_kept_and_never_exchanged_under_a_training(tmp_path: Path) -> None:
    first, second, kept = tmp_path / "first.json", tmp_path / "second.json", tmp_path / "work" / "tokenizer.json"
    first.write_text("{}", "utf-8")
    second.write_text("[]", "utf-8")
    keep_vocabulary(first, kept)
    keep_vocabulary(first, kept)
    assert kept.read_text("utf-8") == "{}"
    with pytest.raises(BadTrainingFolder, match="另一张词表"):
        keep_vocabulary(second, kept)
    with pytest.raises(BadTrainingFolder, match=r"nowhere\.json"):
        keep_vocabulary(tmp_path / "nowhere.json", kept)


def test_a_folder_without_data_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadTrainingFolder, match="queries"):
        HeldOut.read(tmp_path)
    assert main(["--data", str(tmp_path), "--work", str(tmp_path / "w"), "--output", str(tmp_path)]) == 1
    assert "训练数据" in capsys.readouterr().err

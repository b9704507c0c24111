"""index/training/embedding: a tiny network learns to embed, goes on where it stopped, and opens as what ships does."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from index.contextual import ContextualEmbedder
from index.pieces import Cutter
from index.training.embedding.__main__ import Sizes, main, train
from index.training.embedding.export import write_onnx
from index.training.embedding.learn import Neighbours, Plan, TextEncoder, begun, restore, shut_out, weights_of
from index.training.learn import Encoded
from index.training.pairs import SOURCES, BadTrainingFolder
from index.training.reading.network import Shape, save, start
from tests.test_index_training_main import ROWS as RECORDS
from tests.test_index_training_pairs import written

FIRST = Cutter.load().size  # the piece that begins a text
TINY = Sizes(width=16, reader_layers=3, layers=2, heads=2, hidden=16, dim=8, batch=8, steps=60, menu={"gov12345": 1.0})
ROWS = RECORDS[:16]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    written(folder / "pairs" / "gov12345.jsonl.zst", ROWS)
    save(start(Shape(FIRST + 3, 16, 3, 2, 16), 0), folder / "small.pt")
    others = [source for source in SOURCES if source != "gov12345"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "index.training.embedding.__main__._STAGES",
            {"apart": (2e-2, 0.0, False, 0.5), "sentences": (1e-3, 0.5, True, 0.5)},
        )
        for output in ("model", "again"):
            train(folder, folder / "small.pt", folder / "work", folder / output, others, TINY, 0)
    return folder


def of(trained: Path) -> TextEncoder:
    model = begun(trained / "small.pt", (16, 3, 2, 16), Plan(8, 2, 8), FIRST)
    restore(model, trained / "work" / "sentences.pt")
    return model.eval()


def test_it_has_learned_what_goes_together(trained: Path) -> None:
    embedder = ContextualEmbedder.load(trained / "model")
    passages = embedder.embed_texts([row["positive"] for row in ROWS[:4]])
    nearest = [int((passages @ embedder.embed_question(row["query"])).argmax()) for row in ROWS[:4]]
    assert nearest == [0, 1, 2, 3]


def test_the_table_of_pieces_is_the_readers(trained: Path) -> None:
    reader = torch.load(trained / "small.pt")["encoder.pieces.weight"]
    assert (weights_of(of(trained))["encoder.pieces.weight"] == reader.numpy()).all()


def test_a_training_that_is_done_is_not_done_again(trained: Path) -> None:
    assert (trained / "model" / "model.onnx").read_bytes() == (trained / "again" / "model.onnx").read_bytes()
    about = json.loads((trained / "model" / "training.json").read_text("utf-8"))
    assert about["pairs"] == {"gov12345": 16}
    assert [line.split()[0] for line in about["log"]].count("apart") == 3


def test_the_file_says_what_the_network_says(trained: Path, tmp_path: Path) -> None:
    import onnxruntime

    model = of(trained)
    write_onnx(weights_of(model), 2, tmp_path / "plain.onnx", eight_bits=False)
    session = onnxruntime.InferenceSession(str(tmp_path / "plain.onnx"))
    texts = Cutter.load().ids([row["positive"] for row in ROWS[:4]])
    with torch.no_grad():
        theirs = model(texts, 2)[0].numpy()  # side by side in windows
    for text, vector in zip(texts, theirs, strict=True):
        ids = np.concatenate([[FIRST], text])[None]
        (said,) = session.run(None, {"ids": ids, "segments": np.full_like(ids, 2)})
        mean = said[0, :, :8].mean(axis=0)
        assert np.allclose(mean / np.linalg.norm(mean), vector, atol=1e-4)


def test_a_chunk_is_a_run_of_neighbours_of_one_source() -> None:
    passages = [np.arange(2, 102)] * 6  # a hundred pieces each: two to a chunk
    encoded = Encoded.of(
        [np.array([5])] * 6, passages, list(range(6)), ["laws_cn lay"] * 3 + ["written sayings"] * 3, {}
    )
    neighbours = Neighbours(encoded)
    found = {neighbours.around(2, random.Random(seed)) for seed in range(20)}
    assert found <= {range(1, 3), range(2, 3)}  # what comes behind is of another source
    assert range(1, 3) in found


def test_what_holds_the_answer_too_does_not_compete() -> None:
    encoded = Encoded.of([np.array([5])] * 3, [np.array([6])] * 3, [0, 1, 2], ["titles"] * 3, {})
    shut = shut_out(encoded, [0, 1, 2], [0, 1, 2], [range(2), range(1, 2), range(2, 3)])
    assert (shut < 0).tolist() == [[False] * 3, [True, False, False], [False] * 3]


def test_without_the_readers_network_the_way_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadTrainingFolder, match=r"small\.pt"):
        train(tmp_path, tmp_path / "small.pt", tmp_path / "w", tmp_path / "o", [], TINY, 0)
    given = ["--data", str(tmp_path), "--reader", str(tmp_path / "small.pt")]
    assert main([*given, "--work", str(tmp_path / "w"), "--output", str(tmp_path / "o")]) == 1
    assert "small.pt" in capsys.readouterr().err

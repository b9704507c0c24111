"""index/static.py: the embedder that ships, as it ships."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.embed import Embedder
from index.errors import EmbedderError
from index.pieces import SHIPPED
from index.static import StaticEmbedder


def test_it_keeps_the_contract_of_an_embedder() -> None:
    embedder: Embedder = StaticEmbedder.load()
    texts = ["火化费减免", "", "公租房"]
    vectors = embedder.embed_texts(texts)
    assert (embedder.dim, vectors.shape, vectors.dtype.name) == (256, (3, 256), "float32")
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-3)
    assert np.allclose(embedder.embed_question("公租房"), vectors[2])


def test_texts_that_have_been_cut_give_the_same_vectors() -> None:
    embedder = StaticEmbedder.load()
    texts = ["火化费减免", "", "公租房申请，须带户口簿。"]
    assert (embedder.embed_pieces(embedder.cutter.ids(texts)) == embedder.embed_texts(texts)).all()


def test_lay_words_and_english_come_near_the_clause() -> None:
    embedder = StaticEmbedder.load()
    clauses = embedder.embed_texts(["失业人员可以领取失业保险金。", "森林防火期内禁止野外用火。"])
    for question in ("没活干了能领钱不", "Can an unemployed person claim unemployment insurance benefits?"):
        right, wrong = clauses @ embedder.embed_question(question)
        assert right > wrong + 0.1


def test_it_weighs_no_more_than_promised_and_opens_quickly_without_torch() -> None:
    size = sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file())
    assert size < 40_000_000
    script = (
        "import time, sys\nfrom index.nearness import Nearness\nfrom index.static import StaticEmbedder\n"
        "import numpy, tokenizers\nbegan = time.perf_counter()\n"
        "StaticEmbedder.load().embed_question('停水')\nNearness.load().of_texts('停水', [('供水', '')])\n"
        "print(time.perf_counter() - began < 1.5, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_sentence_transformers_opens_it(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(SHIPPED), device="cpu")
    assert np.allclose(theirs.encode(["公租房申请"]), StaticEmbedder.load().embed_texts(["公租房申请"]), atol=2e-3)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").write_bytes(b"\x10\x00")
    with pytest.raises(EmbedderError, match="重新安装"):
        StaticEmbedder.load(tmp_path / "model")

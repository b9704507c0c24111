"""index/contextual.py: the embedder that ships, as it ships."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.contextual import READ, SHIPPED, ContextualEmbedder
from index.embed import Embedder
from index.errors import EmbedderError

TEXTS = ["火化费减免", "", "公租房申请，须带户口簿。"]


def test_it_keeps_the_contract_of_an_embedder() -> None:
    embedder: Embedder = ContextualEmbedder.load()
    vectors = embedder.embed_texts(TEXTS)
    assert (embedder.dim, vectors.shape, vectors.dtype.name) == (256, (3, 256), "float32")
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-5)
    assert embedder.embed_texts([]).shape == (0, 256)
    assert embedder.name.startswith("contextual-256-")
    assert not embedder.embed_question(" ").any()


def test_a_vector_does_not_depend_on_what_is_embedded_beside_it() -> None:
    embedder = ContextualEmbedder.load()
    together = embedder.embed_texts(TEXTS)
    assert all((embedder.embed_texts([text])[0] == vector).all() for text, vector in zip(TEXTS, together, strict=True))


def test_the_sentences_of_a_text_are_read_amid_the_others() -> None:
    embedder = ContextualEmbedder.load()
    text = "火化费按八折收取。老人家属可以申请。"
    ((whole, parts), (_, none)) = embedder.embed_amid([text, "停水"], [[(0, 9), (9, 18), (18, 18)], []])
    assert np.allclose(whole, embedder.embed_texts([text])[0])
    assert np.linalg.norm(parts, axis=1) == pytest.approx([1, 1, 0], abs=1e-5)
    assert none.shape == (0, 256)
    alone = embedder.embed_texts(["老人家属可以申请。"])[0]
    fees = embedder.embed_question("火化费减免怎么申请")
    assert float(parts[1] @ fees) > float(alone @ fees)  # what may be asked for stands in the sentence before


def test_lay_words_and_english_come_near_the_clause() -> None:
    embedder = ContextualEmbedder.load()
    clauses = embedder.embed_texts(["失业人员可以领取失业保险金。", "森林防火期内禁止野外用火。"])
    for question in ("没活干了能领钱不", "没工作了能领什么钱"):
        right, wrong = clauses @ embedder.embed_question(question)
        assert right > wrong + 0.1
    right, wrong = clauses @ embedder.embed_question("unemployment insurance benefits")
    assert right > wrong


def test_the_order_of_words_tells() -> None:
    embedder = ContextualEmbedder.load()
    one, other = embedder.embed_texts(["企业给职工补贴，政府不出钱。", "政府给企业补贴，职工不出钱。"])
    assert float(one @ other) < 0.999


def test_of_a_long_text_the_beginning_is_read() -> None:
    embedder = ContextualEmbedder.load()
    one, other = embedder.embed_texts(["供热" * READ + "公租房", "供热" * READ + "火化费"])
    assert (one == other).all()


def test_it_weighs_no_more_than_promised_and_opens_quickly_without_torch() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) < 25_000_000
    script = (
        "import time, sys\nfrom index.contextual import ContextualEmbedder\n"
        "import numpy, tokenizers, onnxruntime\nbegan = time.perf_counter()\n"
        "ContextualEmbedder.load().embed_question('停水')\n"
        "print(time.perf_counter() - began < 1.5, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_sentence_transformers_opens_it() -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(SHIPPED), device="cpu", trust_remote_code=True)
    ours = ContextualEmbedder.load()
    assert np.allclose(theirs.encode_document(TEXTS[:1]), ours.embed_texts(TEXTS[:1]), atol=1e-6)
    assert np.allclose(theirs.encode_query(["公租房"])[0], ours.embed_question("公租房"), atol=1e-6)
    assert theirs.get_embedding_dimension() == 256


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "model")
    (tmp_path / "model" / "model.onnx").write_bytes(b"\x10\x00")
    with pytest.raises(EmbedderError, match="重新安装"):
        ContextualEmbedder.load(tmp_path / "model")

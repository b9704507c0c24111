from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import LibraryDamaged, LibraryMismatch
from index.lsa import LatentSemanticEmbedder
from index.tokens import tokens

TEXTS = [
    "火化费减免四百元，骨灰寄存费减免",
    "遗体火化费和骨灰寄存费由财政承担",
    "森林防火期内禁止野外用火",
    "野外用火者由森林公安处罚，防火期禁止上坟烧纸",
    "公租房申请条件：本市户籍，无住房",
    "公租房申请由街道受理，住房条件由市局审核",
]


def test_texts_about_one_thing_are_nearer_than_others() -> None:
    embedder = LatentSemanticEmbedder.fit(TEXTS, dim=3)
    near = embedder.embed_texts(TEXTS) @ embedder.embed_question("火化要钱吗，骨灰寄存呢")
    assert {int(row) for row in np.argsort(-near)[:2]} == {0, 1}
    lengths = np.linalg.norm(embedder.embed_texts(TEXTS), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-5)


def test_a_text_and_a_question_of_the_same_words_have_the_same_vector() -> None:
    embedder = LatentSemanticEmbedder.fit(TEXTS, dim=4)
    np.testing.assert_allclose(embedder.embed_texts(TEXTS)[2], embedder.embed_question(TEXTS[2]), atol=1e-6)


def test_the_directions_are_those_that_the_texts_move_along() -> None:
    """Five texts of one token each: the two tokens are the two directions, at right angles."""
    embedder = LatentSemanticEmbedder.fit(["煤", "煤", "煤", "电", "电"], dim=2)
    coal, power, both = embedder.embed_texts(["煤", "电", "煤电"])
    assert coal @ power == pytest.approx(0, abs=1e-3)
    # idf of 煤 is 1 + ln(6/4), of 电 1 + ln(6/3); strengths are √3 and √2, and each direction is divided by the root
    # of its own: (1.405 / 3^¼, 1.693 / 2^¼) = (1.068, 1.424), of length 1.780
    assert both @ coal == pytest.approx(1.068 / 1.780, abs=2e-3)
    assert both @ power == pytest.approx(1.424 / 1.780, abs=2e-3)


def test_the_projection_agrees_with_an_exact_decomposition() -> None:
    features = sorted({token for text in TEXTS for token in tokens(text)})
    counts = np.array([[tokens(text).count(token) for token in features] for text in TEXTS], float)
    spread = (counts > 0).sum(axis=0)
    counts, spread = counts[:, spread > 1], spread[spread > 1]
    idf = np.log((1 + len(TEXTS)) / (1 + spread)) + 1
    weighed = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * idf
    unit = weighed / np.linalg.norm(weighed, axis=1, keepdims=True)
    _, strengths, directions = np.linalg.svd(unit)
    exact = weighed @ directions[:3].T / strengths[:3] ** 0.5
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    found = LatentSemanticEmbedder.fit(TEXTS, dim=3).embed_texts(TEXTS)
    np.testing.assert_allclose(found @ found.T, exact @ exact.T, atol=2e-3)


@given(st.lists(st.text("火化费减免公租房申请，", max_size=30), max_size=12))
@settings(max_examples=25, deadline=None)
def test_any_library_however_small_gives_vectors_of_the_asked_size(texts: list[str]) -> None:
    embedder = LatentSemanticEmbedder.fit(texts, dim=8)
    vectors = embedder.embed_texts(texts)
    assert (embedder.dim, vectors.shape, vectors.dtype.name) == (8, (len(texts), 8), "float32")
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.all((lengths == 0) | (np.abs(lengths - 1) < 1e-4))


def test_an_empty_or_unknown_text_gives_a_zero_row() -> None:
    embedder = LatentSemanticEmbedder.fit(TEXTS, dim=3)
    assert not embedder.embed_texts(["", "  ", "🙂", "Xyz"]).any()
    assert not embedder.embed_question("").any()
    assert embedder.embed_texts([]).shape == (0, 3)


def test_the_same_texts_give_the_same_embedder_and_others_another_name() -> None:
    first, second = (LatentSemanticEmbedder.fit(TEXTS, dim=3) for _ in range(2))
    assert first.name == second.name == "lsa-3-" + first.name[6:]
    np.testing.assert_array_equal(first.embed_texts(TEXTS), second.embed_texts(TEXTS))
    names = {
        first.name,
        LatentSemanticEmbedder.fit(TEXTS, dim=4).name,
        LatentSemanticEmbedder.fit(TEXTS[:-1], dim=3).name,
        LatentSemanticEmbedder.fit(TEXTS[::-1], dim=3).name,
        LatentSemanticEmbedder.fit(TEXTS, dim=3, seed=1).name,
    }
    assert len(names) == 5


@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1], []])
def test_it_is_the_same_after_saving_and_loading(tmp_path: Path, texts: list[str]) -> None:
    embedder = LatentSemanticEmbedder.fit(texts, dim=3)
    embedder.save(tmp_path / "embedder")
    again = LatentSemanticEmbedder.load(tmp_path / "embedder")
    assert (again.name, again.dim, again.fitted_on) == (embedder.name, 3, len(texts))
    np.testing.assert_array_equal(again.embed_texts(TEXTS), embedder.embed_texts(TEXTS))


def test_a_damaged_or_foreign_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "embedder"
    with pytest.raises(LibraryDamaged, match=r"embedder.*wenzheng index"):
        LatentSemanticEmbedder.load(folder)
    LatentSemanticEmbedder.fit(TEXTS, dim=3).save(folder)
    about = json.loads((folder / "embedder.json").read_text(encoding="utf-8"))
    (folder / "embedder.json").write_text(json.dumps({**about, "tokeniser": "words"}), encoding="utf-8")
    with pytest.raises(LibraryMismatch, match=r"按 words 分词.*wenzheng index"):
        LatentSemanticEmbedder.load(folder)
    (folder / "matrix.npy").write_bytes(b"")
    with pytest.raises(LibraryDamaged, match=r"embedder.*wenzheng index"):
        LatentSemanticEmbedder.load(folder)


def test_asking_it_does_not_load_scipy(tmp_path: Path) -> None:
    LatentSemanticEmbedder.fit(TEXTS, dim=3).save(tmp_path / "embedder")
    code = (
        "import sys; from pathlib import Path; from index.lsa import LatentSemanticEmbedder as E; "
        f"E.load(Path({str(tmp_path / 'embedder')!r})).embed_question('火化费'); "
        "sys.exit('scipy' in sys.modules or 'sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from index.embed import Embedder, SentenceTransformerEmbedder
from index.errors import EmbedderError
from tests.fakes import CharEmbedder

CHARACTERS = "火化费减免公租房申请查询文：为这个句子生成表示以用于检索相关章"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers, eight numbers wide, with random weights; saved as sentence-transformers saves."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizer

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("model")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "query", "passage", ":", *dict.fromkeys(CHARACTERS)]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    tokeniser = BertTokenizer(str(folder / "vocab.txt"))
    config = BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16
    )
    BertModel(config).save_pretrained(folder / "bert")
    tokeniser.save_pretrained(folder / "bert")
    bert = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[bert, Pooling(8)], device="cpu").save(str(folder / "tiny"))
    return folder / "tiny"


def named(tiny: Path, folder: Path, prompts: dict[str, str] | None = None) -> str:
    """A copy of the model under another name, with prompts of its own."""
    shutil.copytree(tiny, folder)
    if prompts is not None:
        path = folder / "config_sentence_transformers.json"
        config = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**config, "prompts": prompts}), encoding="utf-8")
    return str(folder)


def test_vectors_are_unit_rows_in_the_order_given(tiny: Path) -> None:
    embedder: Embedder = SentenceTransformerEmbedder(str(tiny), device="cpu", batch_size=2)
    texts = ["火化费减免", "", "公租房", "公租房申请，火化费减免，公租房申请", " \n"]
    vectors = embedder.embed_texts(texts)
    assert (embedder.dim, vectors.shape, vectors.dtype.name) == (8, (5, 8), "float32")
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1, 1, 0], atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_allclose(embedder.embed_texts([text])[0], vector, atol=1e-5)
    assert embedder.embed_texts([]).shape == (0, 8)
    np.testing.assert_allclose(embedder.embed_question("公租房"), vectors[2], atol=1e-5)
    assert not embedder.embed_question(" ").any()


@pytest.mark.parametrize(
    ("name", "own", "question", "text"),
    [
        ("plain", None, "", ""),
        ("multilingual-e5-small", None, "query: ", "passage: "),
        ("bge-small-zh-v1.5", None, "为这个句子生成表示以用于检索相关文章：", ""),
        ("bge-m3", None, "", ""),
        (
            "Qwen3-Embedding-0.6B",
            None,
            "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
            "",
        ),
        ("multilingual-e5-other", {"query": "查询：", "passage": "文章："}, "查询：", "文章："),
        ("bge-base-zh", {"query": "查询："}, "查询：", ""),
    ],
)
def test_prompts_are_the_models_own_or_its_familys(
    tiny: Path, tmp_path: Path, name: str, own: dict[str, str] | None, question: str, text: str
) -> None:
    embedder = SentenceTransformerEmbedder(named(tiny, tmp_path / name, own), device="cpu")
    assert embedder.prompts == (question, text)
    plain = SentenceTransformerEmbedder(str(tiny), device="cpu")
    np.testing.assert_allclose(
        embedder.embed_question("公租房"), plain.embed_texts([f"{question}公租房"])[0], atol=1e-5
    )
    np.testing.assert_allclose(embedder.embed_texts(["火化"])[0], plain.embed_texts([f"{text}火化"])[0], atol=1e-5)


def test_prompts_given_here_count_first_and_are_part_of_the_name(tiny: Path, tmp_path: Path) -> None:
    model = named(tiny, tmp_path / "e5-tiny")
    usual = SentenceTransformerEmbedder(model, device="cpu")
    special = SentenceTransformerEmbedder(model, device="cpu", question_prompt="查询：", text_prompt="")
    assert special.prompts == ("查询：", "")
    assert special.name.startswith(usual.name + "+")


def test_a_folders_name_tells_its_weights_apart_and_a_copy_has_the_same(tiny: Path, tmp_path: Path) -> None:
    one = SentenceTransformerEmbedder(named(tiny, tmp_path / "a" / "model")).name
    assert one.startswith("model@")
    assert SentenceTransformerEmbedder(named(tiny, tmp_path / "b" / "model")).name == one
    weights = next((tmp_path / "b").rglob("model.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert SentenceTransformerEmbedder(str(tmp_path / "b" / "model")).name != one
    assert SentenceTransformerEmbedder("BAAI/bge-small-zh-v1.5").name == "BAAI/bge-small-zh-v1.5"


def test_half_precision_still_gives_float32_unit_vectors(tiny: Path) -> None:
    vectors = SentenceTransformerEmbedder(str(tiny), device="cpu", dtype="bfloat16").embed_texts(["火化费"])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors), 1, atol=1e-5)


def test_a_model_that_cannot_be_loaded_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmbedderError, match=r"无法载入.*没有网络时.*文件夹路径"):
        SentenceTransformerEmbedder(str(tmp_path), device="cpu").embed_question("火化")

    def unreachable(*_: object, **__: object) -> None:
        raise OSError("We couldn't connect to 'https://huggingface.co'.\nCheck your internet connection.")

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", unreachable)
    with pytest.raises(
        EmbedderError, match=r"“BAAI/bge-m3”无法载入：We couldn't connect to 'https://huggingface\.co'。请"
    ):
        SentenceTransformerEmbedder("BAAI/bge-m3").embed_question("火化")


def test_a_model_that_gives_no_numbers_is_refused(tiny: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    model = Path(named(tiny, tmp_path / "broken"))
    weights = next(model.rglob("model.safetensors"))
    save_file({name: tensor * float("nan") for name, tensor in load_file(weights).items()}, weights)
    with pytest.raises(EmbedderError, match="向量不可用"):
        SentenceTransformerEmbedder(str(model), device="cpu").embed_texts(["火化"])


def test_texts_are_near_to_the_char_embedder_when_they_share_characters() -> None:
    embedder: Embedder = CharEmbedder()
    near, far, empty = embedder.embed_texts(["公租房申请", "火化费", ""]) @ embedder.embed_question("公租房")
    assert near == pytest.approx(3 / (3**0.5 * 5**0.5))
    assert (far, empty) == (0, 0)


def test_a_backend_whose_packages_are_missing_says_what_to_install(tiny: Path) -> None:
    with pytest.raises(EmbedderError, match=r"sentence-transformers\[openvino\]|无法载入"):
        _ = SentenceTransformerEmbedder(str(tiny), device="cpu", backend="openvino").dim

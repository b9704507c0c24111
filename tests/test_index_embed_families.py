"""index/embed.py over tiny models of the architectures that are meant: bge-m3, multilingual-e5, Qwen3-Embedding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.embed import SentenceTransformerEmbedder

CHARACTERS = "火化费减免公租房申请查询文：querypassage: IndstucGvwbhltok"
TEXTS = ["火化费减免", "公租房申请，火化费减免，公租房申请", "公租房"]


def saved(folder: Path, model: Any, pooling: str) -> Path:
    """A sentence-transformers folder around a transformers model, with a tokeniser of single characters."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = ["<unk>", "<pad>", *dict.fromkeys(CHARACTERS)]
    made = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokeniser = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made,
        pad_token="<pad>",
        unk_token="<unk>",
        padding_side="left" if pooling == "lasttoken" else "right",
    )
    tokeniser.save_pretrained(folder / "plain")
    model.save_pretrained(folder / "plain")
    parts = [Transformer(str(folder / "plain")), Pooling(8, pooling_mode=pooling)]
    SentenceTransformer(modules=parts, device="cpu").save(str(folder / folder.name))
    return folder / folder.name


@pytest.fixture(scope="module", params=["bge-m3", "multilingual-e5-tiny", "Qwen3-Embedding-tiny"])
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import Qwen3Config, Qwen3Model, XLMRobertaConfig, XLMRobertaModel

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("family") / request.param
    folder.mkdir()
    size: dict[str, Any] = {
        "vocab_size": 64,
        "hidden_size": 8,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "initializer_range": 1.0,
        "pad_token_id": 1,
    }
    if request.param.startswith("Qwen3"):
        return saved(folder, Qwen3Model(Qwen3Config(**size, num_key_value_heads=1, head_dim=4)), "lasttoken")
    model = XLMRobertaModel(XLMRobertaConfig(**size, max_position_embeddings=200))
    return saved(folder, model, "cls" if request.param == "bge-m3" else "mean")


def by_hand(folder: Path, text: str) -> Any:
    """With transformers alone: of the last layer the first state, the mean, or the last state; at length 1."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    plain = folder.parent / "plain"
    tokens = AutoTokenizer.from_pretrained(plain)(text, return_tensors="pt")
    tokens.pop("token_type_ids", None)
    with torch.no_grad():
        states = AutoModel.from_pretrained(plain)(**tokens).last_hidden_state[0]
    state = {"b": states[0], "m": states.mean(dim=0), "Q": states[-1]}[folder.name[0]].numpy()
    return state / np.linalg.norm(state)


def test_each_family_is_pooled_and_prompted_as_it_was_trained(family: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(family), device="cpu", batch_size=2)
    question, text = embedder.prompts
    assert (question, text) == {
        "b": ("", ""),
        "m": ("query: ", "passage: "),
        "Q": ("Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:", ""),
    }[family.name[0]]
    for vector, each in zip(embedder.embed_texts(TEXTS), TEXTS, strict=True):
        np.testing.assert_allclose(vector, by_hand(family, text + each), atol=1e-4)
    np.testing.assert_allclose(embedder.embed_question(TEXTS[2]), by_hand(family, question + TEXTS[2]), atol=1e-4)

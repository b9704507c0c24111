"""The embedder as it was learned → the folder that ships; sentence-transformers opens it by a module of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.contextual import ABOUT, SHIPPED
from index.network import WEIGHTS
from index.pieces import Cutter
from index.training.graph import Graph

if TYPE_CHECKING:
    from index.training.graph import Weights

MADE = "training.json"  # tells how an embedder learned
_MODULE = SHIPPED / "wenzheng_module.py"  # by which sentence-transformers opens the folder


def write_embedder(weights: Weights, heads: int, dim: int, folder: Path, about: Mapping[str, Any]) -> None:
    """The folder that ContextualEmbedder opens; `about`: how it was made."""
    cutter = Cutter.load()
    folder.mkdir(parents=True, exist_ok=True)
    write_onnx(weights, heads, folder / WEIGHTS)
    (folder / _MODULE.name).write_bytes(_MODULE.read_bytes())
    files: dict[str, object] = {
        ABOUT: {"pieces": cutter.name, "first": cutter.size, "dim": dim},
        MADE: about,
        "modules.json": [{"idx": 0, "name": "0", "path": "", "type": f"{_MODULE.stem}.Contextual"}],
        "config_sentence_transformers.json": {"similarity_fn_name": "cosine", "prompts": {"query": "", "document": ""}},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")


def write_onnx(weights: Weights, heads: int, path: Path, *, eight_bits: bool = True) -> None:
    """`ids`, `segments` → `said`: of each piece, amid the others of its row; no row may be padded."""
    graph = Graph(weights, heads)
    width = weights["encoder.last.weight"].shape[0]
    outputs: dict[str, tuple[str, list[Any]]] = {"said": (graph.encoded(clues=False), ["rows", "pieces", width])}
    graph.write(path, outputs, clues=False, eight_bits=eight_bits)

"""The reader as it was learned → the folder that ships."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.cross import ABOUT
from index.network import WEIGHTS
from index.pieces import Cutter
from index.training.graph import Graph

if TYPE_CHECKING:
    from index.training.graph import Weights

MADE = "training.json"  # tells how a reader learned


def write_reader(weights: Weights, heads: int, telling: float, folder: Path, about: Mapping[str, Any]) -> None:
    """The folder that CrossReader opens; `telling`: what a piece tells on average; `about`: how it was made."""
    cutter = Cutter.load()
    folder.mkdir(parents=True, exist_ok=True)
    write_onnx(weights, heads, folder / WEIGHTS)
    kept = {"pieces": cutter.name, "first": cutter.size, "telling": telling}
    (folder / ABOUT).write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    (folder / MADE).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")


def write_onnx(weights: Weights, heads: int, path: Path, *, eight_bits: bool = True) -> None:
    """`ids`, `segments`, `clues`, `known` → `belief`, `places`; see index/cross.py."""
    import numpy as np

    graph = Graph(weights, heads)
    x = graph.encoded(clues=True)
    first = graph.node("Gather", [x, graph.constant("zero", np.array(0, np.int64))], axis=1)
    last = graph.constant("last", np.array([-1], np.int64))
    belief = graph.node("Squeeze", [graph.linear(str(first), "belief"), last])
    outputs: dict[str, tuple[str, list[Any]]] = {
        "belief": (belief, ["rows"]),
        "places": (graph.linear(x, "places"), ["rows", "pieces", 3]),
    }
    graph.write(path, outputs, clues=True, eight_bits=eight_bits)

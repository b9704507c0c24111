"""The learned network → one ONNX file in eight bits. The door to onnx.

The graph is written out, so that onnxruntime's own nodes for attention and rotary positions are used: on a processor
they take two thirds of the time of the plain ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from index.cross import ABOUT, WEIGHTS
from index.pieces import Cutter

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Weights = Mapping[str, npt.NDArray[np.float32]]

MADE = "training.json"  # tells how a reader learned
_OPSET = 17
_PIECES_SEEN = 512  # at once


def write_reader(weights: Weights, heads: int, telling: float, folder: Path, about: Mapping[str, Any]) -> None:
    """The folder that CrossReader opens; `telling`: what a piece tells on average; `about`: how it was made."""
    cutter = Cutter.load()
    folder.mkdir(parents=True, exist_ok=True)
    write_onnx(weights, heads, folder / WEIGHTS)
    kept = {"pieces": cutter.name, "first": cutter.size, "telling": telling}
    (folder / ABOUT).write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    (folder / MADE).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")


def write_onnx(weights: Weights, heads: int, path: Path, *, eight_bits: bool = True) -> None:
    """`ids`, `segments`, `clues`, `known` → `belief`, `places`; see index/cross.py. Weights: named as in network.py."""
    import onnx

    model = _graph(weights, heads)
    onnx.checker.check_model(model)
    if not eight_bits:
        path.write_bytes(model.SerializeToString())
        return
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with TemporaryDirectory() as scratch:
        kinds = {"DefaultTensorType": onnx.TensorProto.FLOAT}  # of what onnxruntime's own nodes give
        plain = Path(scratch, "plain.onnx")
        plain.write_bytes(model.SerializeToString())
        quantize_dynamic(
            plain,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            extra_options=kinds,
        )


def _graph(weights: Weights, heads: int) -> Any:  # noqa: ANN401 (onnx.ModelProto)
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    nodes: list[Any] = []
    kept: dict[str, Any] = {}
    count = 0

    def constant(name: str, value: Any) -> str:  # noqa: ANN401 (an array)
        kept[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def node(kind: str, inputs: list[str], outputs: int = 1, domain: str = "", **attributes: Any) -> Any:  # noqa: ANN401
        nonlocal count
        count += 1
        names = [f"{kind}_{count}_{at}" for at in range(outputs)]
        nodes.append(helper.make_node(kind, inputs, names, name=f"{kind}_{count}", domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def weight(name: str) -> str:
        return constant(name, weights[name])

    def linear(x: str, name: str, bias: bool = True) -> str:
        product = node("MatMul", [x, constant(f"{name}.weight", weights[f"{name}.weight"].T)])
        return str(node("Add", [product, weight(f"{name}.bias")])) if bias else str(product)

    def norm(x: str, name: str) -> str:
        return str(
            node("LayerNormalization", [x, weight(f"{name}.weight"), weight(f"{name}.bias")], axis=-1, epsilon=1e-5)
        )

    width = weights["encoder.last.weight"].shape[0]
    rate = 10_000.0 ** (-np.arange(0, width // heads, 2) / (width // heads))
    turn = np.arange(_PIECES_SEEN)[:, None] * rate
    cos, sin = constant("cos", np.cos(turn).astype(np.float32)), constant("sin", np.sin(turn).astype(np.float32))
    shape = node("Shape", ["ids"])
    length = node("Gather", [shape, constant("one", np.array(1, np.int64))])
    row = node("Range", [constant("from", np.array(0, np.int64)), length, constant("by", np.array(1, np.int64))])
    positions = node("Expand", [node("Unsqueeze", [row, constant("axis0", np.array([0], np.int64))]), shape])

    x = node(
        "Add",
        [
            node("Gather", [weight("encoder.pieces.weight"), "ids"]),
            node("Gather", [weight("encoder.segments.weight"), "segments"]),
        ],
    )
    x = norm(str(node("Add", [x, linear("clues", "encoder.clues", bias=False)])), "encoder.first")
    for at in range(sum(name.endswith("before_attention.weight") for name in weights)):
        block = f"encoder.blocks.{at}"
        mixed = norm(x, f"{block}.before_attention")
        parts = []
        for k in range(3):
            rows = slice(k * width, (k + 1) * width)
            own = node("MatMul", [mixed, constant(f"{block}.attend.{k}", weights[f"{block}.attend.weight"][rows].T)])
            own = node("Add", [own, constant(f"{block}.attend.{k}.bias", weights[f"{block}.attend.bias"][rows])])
            if k < 2:
                own = node("RotaryEmbedding", [own, positions, cos, sin], domain="com.microsoft", num_heads=heads)
            parts.append(own)
        seen = node("MultiHeadAttention", [*parts, "", "known"], domain="com.microsoft", num_heads=heads)
        x = node("Add", [x, linear(str(seen), f"{block}.gather")])
        wide = linear(norm(str(x), f"{block}.before_hidden"), f"{block}.widen")
        gate, value = node("Split", [wide], 2, axis=-1)
        x = str(node("Add", [x, linear(str(node("Mul", [node("Relu", [gate]), value])), f"{block}.narrow")]))
    x = norm(x, "encoder.last")
    first = node("Gather", [x, constant("zero", np.array(0, np.int64))], axis=1)
    belief = node("Squeeze", [linear(str(first), "belief"), constant("last", np.array([-1], np.int64))])
    places = linear(x, "places")
    nodes += [helper.make_node("Identity", [belief], ["belief"]), helper.make_node("Identity", [places], ["places"])]
    graph = helper.make_graph(
        nodes,
        "cross-reader",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["rows", "pieces"]),
            helper.make_tensor_value_info("segments", TensorProto.INT64, ["rows", "pieces"]),
            helper.make_tensor_value_info("clues", TensorProto.FLOAT, ["rows", "pieces", 3]),
            helper.make_tensor_value_info("known", TensorProto.INT32, ["rows", "pieces"]),
        ],
        [
            helper.make_tensor_value_info("belief", TensorProto.FLOAT, ["rows"]),
            helper.make_tensor_value_info("places", TensorProto.FLOAT, ["rows", "pieces", 3]),
        ],
        list(kept.values()),
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)

"""A learned network → one ONNX file in eight bits. The door to onnx.

The graph is written out, so that onnxruntime's own nodes for attention and rotary positions are used: on a processor
they take two thirds of the time of the plain ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Weights = Mapping[str, npt.NDArray[np.float32]]

_OPSET = 17
_PIECES_SEEN = 512  # at once
_INTEGERS, _FLOATS, _KNOWN = "INT64", "FLOAT", "INT32"
PIECES = {"ids": _INTEGERS, "segments": _INTEGERS}  # what every network is given: (rows, pieces) each
BESIDE = {"clues": _FLOATS, "known": _KNOWN}  # and the reader besides: (rows, pieces, 3), and which pieces are none


class Graph:
    """A graph that is being written; weights are named as in index/training/reading/network.py."""

    def __init__(self, weights: Weights, heads: int) -> None:
        self._weights = weights
        self._heads = heads
        self._nodes: list[Any] = []
        self._kept: dict[str, Any] = {}

    def constant(self, name: str, value: Any) -> str:  # noqa: ANN401 (an array)
        import numpy as np
        from onnx import numpy_helper

        self._kept[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def node(self, kind: str, inputs: list[str], outputs: int = 1, domain: str = "", **attributes: Any) -> Any:  # noqa: ANN401
        """Its output's name, or the list of them."""
        from onnx import helper

        name = f"{kind}_{len(self._nodes) + 1}"
        names = [f"{name}_{at}" for at in range(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, names, name=name, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, x: str, name: str, bias: bool = True) -> str:
        product = self.node("MatMul", [x, self.constant(f"{name}.weight", self._weights[f"{name}.weight"].T)])
        return str(self.node("Add", [product, self._weight(f"{name}.bias")])) if bias else str(product)

    def encoded(self, *, clues: bool) -> str:
        """What the encoder says of each piece; `clues`: the inputs of BESIDE are given, too."""
        x = self.node(
            "Add",
            [
                self.node("Gather", [self._weight("encoder.pieces.weight"), "ids"]),
                self.node("Gather", [self._weight("encoder.segments.weight"), "segments"]),
            ],
        )
        if clues:
            x = self.node("Add", [x, self.linear("clues", "encoder.clues", bias=False)])
        x = self._norm(str(x), "encoder.first")
        turn = self._positions()
        for at in range(sum(name.endswith("before_attention.weight") for name in self._weights)):
            x = self._block(x, f"encoder.blocks.{at}", turn, ["", "known"] if clues else [])
        return self._norm(x, "encoder.last")

    def write(self, path: Path, outputs: Mapping[str, tuple[str, list[Any]]], *, clues: bool, eight_bits: bool) -> None:
        """`outputs`: name → the node's output and its shape."""
        import onnx
        from onnx import TensorProto, helper

        for name, (said, _) in outputs.items():
            self._nodes.append(helper.make_node("Identity", [said], [name]))
        shapes: dict[str, list[Any]] = {"clues": ["rows", "pieces", 3]}
        given = PIECES | BESIDE if clues else PIECES
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [
                helper.make_tensor_value_info(name, getattr(TensorProto, kind), shapes.get(name, ["rows", "pieces"]))
                for name, kind in given.items()
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, (_, shape) in outputs.items()],
            list(self._kept.values()),
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
        onnx.checker.check_model(model)
        if not eight_bits:
            path.write_bytes(model.SerializeToString())
            return
        from onnxruntime.quantization import QuantType, quantize_dynamic

        with TemporaryDirectory() as scratch:
            kinds = {"DefaultTensorType": onnx.TensorProto.FLOAT}  # of what onnxruntime's own nodes give
            plain = Path(scratch, "plain.onnx")
            plain.write_bytes(model.SerializeToString())
            quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True, extra_options=kinds)

    def _weight(self, name: str) -> str:
        return self.constant(name, self._weights[name])

    def _norm(self, x: str, name: str) -> str:
        parts = [x, self._weight(f"{name}.weight"), self._weight(f"{name}.bias")]
        return str(self.node("LayerNormalization", parts, axis=-1, epsilon=1e-5))

    def _positions(self) -> list[str]:
        """Of each piece the place, and the cosines and sines of the places."""
        import numpy as np

        per_head = self._weights["encoder.last.weight"].shape[0] // self._heads
        rate = 10_000.0 ** (-np.arange(0, per_head, 2) / per_head)
        turn = np.arange(_PIECES_SEEN)[:, None] * rate
        cos = self.constant("cos", np.cos(turn).astype(np.float32))
        sin = self.constant("sin", np.sin(turn).astype(np.float32))
        shape = self.node("Shape", ["ids"])
        length = self.node("Gather", [shape, self.constant("one", np.array(1, np.int64))])
        ends = (self.constant("from", np.array(0, np.int64)), self.constant("by", np.array(1, np.int64)))
        row = self.node("Range", [ends[0], length, ends[1]])
        axis = self.constant("axis0", np.array([0], np.int64))
        return [self.node("Expand", [self.node("Unsqueeze", [row, axis]), shape]), cos, sin]

    def _block(self, x: str, block: str, turn: list[str], known: list[str]) -> str:
        node = self.node
        microsoft: dict[str, Any] = {"domain": "com.microsoft", "num_heads": self._heads}
        weight, bias = (self._weights[f"{block}.attend.{part}"] for part in ("weight", "bias"))
        width = len(bias) // 3
        mixed = self._norm(x, f"{block}.before_attention")
        parts = []
        for k in range(3):
            rows = slice(k * width, (k + 1) * width)
            own = node("MatMul", [mixed, self.constant(f"{block}.attend.{k}", weight[rows].T)])
            own = node("Add", [own, self.constant(f"{block}.attend.{k}.bias", bias[rows])])
            parts.append(node("RotaryEmbedding", [own, *turn], **microsoft) if k < 2 else own)
        seen = node("MultiHeadAttention", [*parts, *known], **microsoft)
        x = node("Add", [x, self.linear(str(seen), f"{block}.gather")])
        wide = self.linear(self._norm(str(x), f"{block}.before_hidden"), f"{block}.widen")
        gate, value = node("Split", [wide], 2, axis=-1)
        narrow = self.linear(str(node("Mul", [node("Relu", [gate]), value])), f"{block}.narrow")
        return str(node("Add", [x, narrow]))

"""A folder with a network that the training wrote → what runs it, on one core. The door to onnxruntime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

WEIGHTS = "model.onnx"


def open_network(folder: Path, about: str, pieces: str) -> tuple[dict[str, Any], bytes, InferenceSession]:
    """What the file `about` tells of it, its bytes, and what runs it. `pieces`: the name of those that it must know.

    Whoever has several texts runs it on each at once, which is faster than all cores on one after the other. Raises
    OSError, KeyError, ValueError, and onnxruntime's errors, which have no common class.
    """
    import onnxruntime

    told: dict[str, Any] = json.loads((folder / about).read_text("utf-8"))
    if told["pieces"] != pieces:
        raise ValueError(told["pieces"])
    content = (folder / WEIGHTS).read_bytes()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return told, content, onnxruntime.InferenceSession(content, options)

"""A network in a file → what runs it, on one core. The door to onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_network(path: Path) -> InferenceSession:
    """Whoever has several texts runs it on each at once, which is faster than all cores on one after the other.

    Raises OSError, or one of onnxruntime's errors, which have no common class.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path.read_bytes(), options)

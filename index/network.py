"""The bytes of a network → what runs it, on one core. The door to onnxruntime."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def open_network(content: bytes) -> InferenceSession:
    """Whoever has several texts runs it on each at once, which is faster than all cores on one after the other.

    Raises one of onnxruntime's errors, which have no common class.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(content, options)

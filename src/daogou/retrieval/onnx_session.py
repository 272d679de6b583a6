"""Opens ONNX graphs the way they are served: compiled once, each run on the thread that asks."""

from __future__ import annotations

from typing import Any


def session(graph: bytes) -> Any:
    """A graph, compiled. Requests are many and each is small, so none is spread over threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

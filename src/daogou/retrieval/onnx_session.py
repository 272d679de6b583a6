"""Opens ONNX graphs the way they are served: compiled once, each run on the thread that asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def session(graph: bytes | Path, *, arena: bool = True) -> Any:
    """A graph, or the file of one, compiled. Requests are many and each is small, so none is spread over threads.

    Without an arena a session keeps no memory between two requests: for graphs of few numbers, which are no slower.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = arena
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

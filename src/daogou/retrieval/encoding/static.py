"""Vectors of word pieces that are added up: what shoppers ask is encoded without a transformer.

How much a piece counts is the length of its vector, as in model2vec (https://github.com/MinishLab/model2vec). One
hidden layer over the sum knows what pieces mean together (deep averaging network, Iyyer et al. 2015,
https://aclanthology.org/P15-1162). Products keep the vectors of the encoder that this one learnt from, which are made
while training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.ports.encoder import Encoder
    from daogou.retrieval.encoding.weights import Model


@dataclass(frozen=True, slots=True)
class Summing:
    """All that turns word pieces into vectors of the encoder that it was learnt from."""

    ids: NDArray[np.int64]
    """(learnt,) the pieces that were learnt, in rising order."""
    vectors: NDArray[np.float16]
    """(learnt, dim)"""
    projection: NDArray[np.float32]
    """(model's dim, dim): gives all other pieces a vector, from that of the large model."""
    inner: NDArray[np.float32]
    """(dim, hidden)"""
    inner_bias: NDArray[np.float32]
    """(hidden,)"""
    outer: NDArray[np.float32]
    """(hidden, dim)"""
    centre: NDArray[np.float32]
    """(dim,) where the encoder's vectors lie, for which one of unit length tells what is asked."""

    def made(self, sums: NDArray[np.float32]) -> NDArray[np.float32]:
        """(texts, dim) of unit length, of sums of pieces' vectors (texts, dim). The recipe has the same in torch."""
        length = np.float32(np.sqrt(sums.shape[1]))
        x = _unit(sums) * length
        x += np.maximum(x @ self.inner + self.inner_bias, 0) @ self.outer
        return _unit(_unit(x) + self.centre)

    def save(self, folder: Path) -> None:
        for name, array in self.arrays().items():
            write_array(folder / f"{name}.npy", array)

    @classmethod
    def load(cls, folder: Path) -> Summing:
        return cls(*(read_array(folder / f"{field.name}.npy") for field in fields(cls)))

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """By name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class Static:
    """An encoder that asks with sums, and leaves what is offered to the encoder that it was learnt from."""

    def __init__(self, model: Model, name: str, summing: Summing, teacher: Encoder) -> None:
        """`teacher` is asked for nothing until there is a product to encode."""
        self.name, self.dim = name, summing.vectors.shape[1]
        self.summing = summing
        self._model, self._teacher = model, teacher
        self._row = {id: row for row, id in enumerate(summing.ids.tolist())}

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors; the same one for every text without pieces."""
        cut = [self._model.pieces.ids(text) for text in texts]
        sums = np.zeros((len(texts), self.dim), np.float32)
        flat = [id for ids in cut for id in ids]
        if flat:
            lengths = np.array([len(ids) for ids in cut])
            some = np.flatnonzero(lengths)
            starts = np.cumsum(lengths) - lengths
            sums[some] = np.add.reduceat(self._vectors(flat), starts[some], axis=0)
        return self.summing.made(sums)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._teacher.passages(texts)

    def _vectors(self, ids: Sequence[int]) -> NDArray[np.float32]:
        rows = [self._row.get(id, -1) for id in ids]
        found = self.summing.vectors[rows].astype(np.float32)
        other = [place for place, row in enumerate(rows) if row < 0]
        if other:
            words = self._model.table[np.array(ids, np.int64)[other]]
            found[other] = words @ self.summing.projection
        return found


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit

"""Vectors of word pieces that are added up: an encoder without a network, as fast as its words are cut.

After model2vec (https://github.com/MinishLab/model2vec): how much a piece counts is the length of its vector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.encoding.weights import Model


class Static:
    """Pieces that were learnt have a vector of their own; all others get one from the vectors of the large model."""

    def __init__(
        self,
        model: Model,
        name: str,
        *,
        ids: NDArray[np.int64],
        vectors: NDArray[np.float16],
        projection: NDArray[np.float32],
    ) -> None:
        """`ids` (learnt,) have `vectors` (learnt, dim); `projection` (model's dim, dim) is for the rest."""
        self.name = name
        self.dim = vectors.shape[1]
        self.ids, self.vectors, self.projection = ids, vectors, projection
        self._model = model
        self._row = {id: row for row, id in enumerate(ids.tolist())}
        self._table = vectors.astype(np.float32)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors; zero for a text without pieces."""
        cut = [self._model.pieces.ids(text) for text in texts]
        rows = [self._row.get(id, -1) for ids in cut for id in ids]
        found = np.zeros((len(texts), self.dim), np.float32)
        if not rows:
            return found
        vectors = self._table[rows]
        other = [place for place, row in enumerate(rows) if row < 0]
        if other:
            ids = np.array([id for ids in cut for id in ids], np.int64)[other]
            vectors[other] = self._model.table[ids] @ self.projection
        lengths = np.array([len(ids) for ids in cut])
        some = np.flatnonzero(lengths)
        starts = np.cumsum(lengths) - lengths
        found[some] = np.add.reduceat(vectors, starts[some], axis=0)
        found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return found

    @property
    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All that it is made of beside the model, by name."""
        return {"ids": self.ids, "vectors": self.vectors, "projection": self.projection}

    def save(self, folder: Path) -> None:
        """Write the arrays."""
        for name, array in self.arrays.items():
            write_array(folder / f"{name}.npy", array)

    @classmethod
    def load(cls, folder: Path, model: Model, name: str) -> Static:
        """Read what `save` wrote."""
        ids, vectors, projection = (read_array(folder / f"{each}.npy") for each in ("ids", "vectors", "projection"))
        return cls(model, name, ids=ids, vectors=vectors, projection=projection)

"""Neighbours by what a text encoder makes of products: alike in meaning, where they share no word.

The value of a neighbour is the cosine of vectors from which the mean of all products is taken off, since those of an
encoder lie in a narrow cone. Without an encoder there is `daogou.retrieval.content`, which knows words alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Count, Natural, Part
from daogou.retrieval.neighbours import Neighbours
from daogou.retrieval.spreading import Spreading

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_PRODUCTS = 1_000


@dataclass(frozen=True, slots=True)
class TextsConfig:
    """How products are compared by an encoder's vectors."""

    enabled: bool = False
    """Off: beside the words it gained nothing on any set that was measured. Needs `[encoder]`."""
    recency: Part = 0.65
    """What each older step of a history leaves of its weight."""
    steps: Count = 10
    """How many of the newest steps speak."""
    neighbours: Count = 100
    """How many neighbours of each product are kept."""
    most: Natural = 100_000
    """Larger catalogues are not compared: every product is compared with every other."""


class Texts(Spreading[TextsConfig]):
    """The nearest products of each; what arrives after the fit is found by its words alone."""

    name = "texts"
    config_type = TextsConfig

    @classmethod
    def fit(cls, vectors: NDArray[np.floating], *, config: TextsConfig) -> Texts:
        """Compare all products. `vectors`: (products, dim)."""
        n, k = len(vectors), min(config.neighbours, max(0, len(vectors) - 1))
        if not k:
            return cls(Neighbours.empty(n), config)
        centred = vectors.astype(np.float32) - vectors.mean(0, dtype=np.float32)
        centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        rows, values = np.empty((n, k), np.int32), np.empty((n, k), np.float32)
        for low in range(0, n, _BLOCK_PRODUCTS):
            cosines = centred[low : low + _BLOCK_PRODUCTS] @ centred.T  # (block, products)
            here = slice(low, low + len(cosines))
            cosines[np.arange(len(cosines)), np.arange(n)[here]] = -np.inf
            rows[here] = np.argpartition(cosines, n - k, axis=1)[:, n - k :]
            values[here] = np.take_along_axis(cosines, rows[here].astype(np.int64), axis=1)
        kept = values > 0
        offsets = np.concatenate(([0], np.cumsum(kept.sum(1)))).astype(np.int64)
        return cls(Neighbours(offsets, rows[kept], values[kept]), config)

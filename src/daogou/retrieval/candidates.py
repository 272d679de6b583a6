"""The best of some rows of the shelf, with their scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Candidates:
    """Products by shelf row, best first, with scores."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def best(cls, scores: NDArray[np.float32], k: int, *, rows: NDArray[np.int32] | None = None) -> Candidates:
        """The k highest positive scores; ties in order of row, so that an answer is reproducible."""
        n = len(scores)
        kept = highest(scores, k if n > 4 * k else n)
        found = scores.take(kept)
        order = (-found).argsort(kind="stable")[:k]
        best = found.take(order)
        if len(best) and not best[-1] > 0:
            order = order[: np.count_nonzero(best > 0)]
            best = best[: len(order)]
        picked = kept.take(order)
        picked = picked if rows is None else rows.take(picked)
        return cls(picked.astype(np.int32, copy=False), best.astype(np.float32, copy=False))


def highest(scores: NDArray[np.float32], k: int) -> NDArray[np.int32]:
    """The places of the k highest scores, ascending; of ties at the edge all."""
    n = len(scores)
    if n <= k:
        return np.arange(n, dtype=np.int32)
    return np.flatnonzero(scores >= np.partition(scores, n - k)[n - k]).astype(np.int32)


def are_highest(values: NDArray[np.float32], n: int) -> NDArray[np.bool_]:
    """Which are the n highest; of ties at the edge the first ones."""
    edge = np.partition(values, len(values) - n)[len(values) - n]
    kept: NDArray[np.bool_] = values > edge
    kept[np.flatnonzero(values == edge)[: n - np.count_nonzero(kept)]] = True
    return kept

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


_FEW = 1_000
"""Scores that are divided at once: beside them a look at the columns takes as long."""


def highest(scores: NDArray[np.float32], k: int) -> NDArray[np.int32]:
    """The places of the k highest scores, ascending; of ties at the edge all."""
    n = len(scores)
    if n <= k:
        return np.arange(n, dtype=np.int32)
    return (scores >= _edge(scores, k)).nonzero()[0].astype(np.int32)


def are_highest(values: NDArray[np.float32], n: int) -> NDArray[np.bool_]:
    """Which are the n highest; of ties at the edge the first ones."""
    edge = _edge(values, n)
    kept: NDArray[np.bool_] = values > edge
    kept[(values == edge).nonzero()[0][: n - np.count_nonzero(kept)]] = True
    return kept


def _edge(scores: NDArray[np.float32], k: int) -> np.float32:
    """The k-th highest.

    Of many scores, folded into some 2 k columns, k columns hold one that is no lower than the k-th highest of their
    maxima, so none of the k highest is lower: only what is as high is divided, in a tenth of the time of all.
    """
    n = len(scores)
    if n >= max(_FEW, 4 * k):
        fold = n // (2 * k)
        columns = n // fold
        most = scores[: fold * columns].reshape(fold, columns).max(0)
        scores = scores.take((scores >= np.partition(most, columns - k)[columns - k]).nonzero()[0])
    found: np.float32 = np.partition(scores, len(scores) - k)[len(scores) - k]
    return found

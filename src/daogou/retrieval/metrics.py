"""Ranking metrics over the full ranking, with ties counted fairly.

`rank` counts from 0; None means the held-out product was not found at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rank_of(scores: NDArray[np.floating], target: int) -> int:
    """Place of the target when rows are ranked by score; ties in order of row, as answers are."""
    own = scores[target]
    return int(np.count_nonzero(scores > own) + np.count_nonzero(scores[:target] == own))


def place_in(ranking: Sequence[object], target: object) -> int | None:
    """Place of the target in a list."""
    return next((place for place, item in enumerate(ranking) if item == target), None)


def recall(ranks: Iterable[int | None], k: int) -> float:
    """Part of the requests whose one target is among the first k; with one target this is also the hit rate."""
    return _mean(float(rank is not None and rank < k) for rank in ranks)


def ndcg(ranks: Iterable[int | None], k: int) -> float:
    """Mean of 1 / log2(rank + 2) for targets among the first k, 0 for the others."""
    return _mean(1 / math.log2(rank + 2) if rank is not None and rank < k else 0.0 for rank in ranks)


def reciprocal_rank(ranks: Iterable[int | None], k: int) -> float:
    """Mean of 1 / (rank + 1) for targets among the first k, 0 for the others."""
    return _mean(1 / (rank + 1) if rank is not None and rank < k else 0.0 for rank in ranks)


def listwise(hits: NDArray[np.bool_], relevant: NDArray[np.integer], k: int) -> dict[str, NDArray[np.float64]]:
    """Measures of many lists at once, one value a list: precision, recall, hit rate, NDCG, MRR and MAP at k.

    `hits` (lists, places) says which places hold something wanted, best place first; `relevant` (lists,) how many
    things were wanted, each at least 1. NDCG and MAP are divided by what the best list of length k would have.
    """
    first = hits[:, :k].astype(np.float64)  # (lists, k)
    place = np.arange(1, first.shape[1] + 1)
    discount = 1 / np.log2(np.arange(2, k + 2))
    most = np.minimum(relevant, k)
    found = np.cumsum(first, axis=1)
    return {
        "precision": first.sum(axis=1) / k,
        "recall": first.sum(axis=1) / relevant,
        "hit rate": first.max(axis=1, initial=0.0),
        "ndcg": first @ discount[: first.shape[1]] / np.cumsum(discount)[most - 1],
        "mrr": (first / place).max(axis=1, initial=0.0),
        "map": (first * found / place).sum(axis=1) / most,
    }


def in_tie_order(hits: NDArray[np.bool_], scores: NDArray[np.floating], *, lucky: bool) -> NDArray[np.bool_]:
    """The hits had equal scores been ordered with what was wanted first (lucky) or last. Both (lists, places)."""
    luck = ~hits if lucky else hits
    order = np.lexsort((luck, -scores), axis=1)
    return np.take_along_axis(hits, order, axis=1)


def gini(counts: NDArray[np.number]) -> float:
    """How unevenly a total is spread: 0 where all have the same, near 1 where one has everything; 0 of nothing."""
    ordered = np.sort(counts.astype(np.float64))
    total, n = ordered.sum(), len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total)) if total else 0.0


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0

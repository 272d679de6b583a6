"""How many accounts stand behind each entry of a table, and how the entries behind which too few do give way.

A mean or a bound of the counts would not do: where nobody else was, what one account does is all there is, however much
it is shrunk. So what few say keeps its order and comes behind what enough say, or, where there is no such thing, so far
down that any other source comes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from daogou.retrieval.neighbours import Neighbours

_BLOCK_PAIRS = 20_000_000
"""Pairs of products in one account's hands that are counted at once: some 250 MB at most."""
_BEHIND = 0.99
"""What the best entry that is not backed may be of the best that is."""
_ALONE = 0.001
"""What the best entry of a row without any backed one may be of what is usual for a backed best."""


def backed(
    table: Neighbours, account: NDArray[np.integer], rows: NDArray[np.int32], *, least: int
) -> NDArray[np.bool_]:
    """(entries,) Which have so many distinct accounts behind them that took steps on both of their products.

    `account`, `rows` (steps,): the steps that count.
    """
    import scipy.sparse as sp

    n = len(table)
    found = np.zeros(len(table.rows), np.bool_)
    accounts = int(account.max()) + 1 if len(account) else 0
    took = sp.csr_matrix((np.ones(len(rows), np.float32), (account, rows)), (accounts, n))
    took.sum_duplicates()
    took.data[:] = 1
    of = took.T.tocsr()
    for low, high in _blocks(np.asarray(of @ np.diff(took.indptr))):
        both = (of[low:high] @ took).tocsr()
        both.data = (both.data >= least).astype(np.float64)
        first, last = table.offsets[low], table.offsets[high]
        entries = np.arange(first + 1, last + 1, dtype=np.float64)
        asked = sp.csr_matrix((entries, table.rows[first:last], table.offsets[low : high + 1] - first), both.shape)
        hits = asked.multiply(both).data.astype(np.int64)
        found[hits[hits > 0] - 1] = True
    return found


def gives_way(
    values: NDArray[np.float32], offsets: NDArray[np.int64], backed: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(entries,) What to multiply the values with, so that in each row the best is a backed one."""
    row = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    best = [np.zeros(len(offsets) - 1, np.float32) for _ in range(2)]
    for highest, here in zip(best, (backed, ~backed), strict=True):
        np.maximum.at(highest, row[here], values[here])
    enough, few = best
    usual = float(np.median(enough[enough > 0])) if enough.any() else 1.0
    most = np.where(enough > 0, _BEHIND * enough, _ALONE * usual)
    factor = np.minimum(1, most / np.maximum(few, 1e-9))
    return np.where(backed, 1, factor[row]).astype(np.float32)


def _blocks(pairs: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Ranges of rows with so many pairs, one row at least."""
    until = np.concatenate(([0], np.cumsum(pairs)))
    low, n = 0, len(pairs)
    while low < n:
        high = int(np.searchsorted(until, until[low] + _BLOCK_PAIRS, side="right")) - 1
        high = min(n, max(low + 1, high))
        yield low, high
        low = high

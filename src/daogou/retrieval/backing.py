"""How many accounts stand behind each entry of a table, and how the entries behind which too few do give way.

A mean or a bound of the counts would not do: where nobody else was, what one account does is all there is, however much
it is shrunk. So what few say keeps its order and comes behind what enough say, or, where there is no such thing, so far
down that any other source comes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.neighbours import ordered, products

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from daogou.retrieval.neighbours import Neighbours

_BEHIND = 0.99
"""What the best entry that is not backed may be of the best that is."""
_ALONE = 0.001
"""What the best entry of a row without any backed one may be of what is usual for a backed best."""


def backed(
    tables: Sequence[Neighbours], account: NDArray[np.integer], rows: NDArray[np.int32], *, least: int
) -> list[NDArray[np.bool_]]:
    """For each of some tables of the same products (entries,): which have so many distinct accounts behind them that
    took steps on both of their products.

    `account`, `rows` (steps,): the steps that count.
    """
    import scipy.sparse as sp

    n = len(tables[0])
    accounts = int(account.max()) + 1 if len(account) else 0
    took = sp.csr_matrix((np.ones(len(rows), np.float32), (account, rows)), (accounts, n))
    took.data[:] = 1
    found = [np.zeros(len(table.rows), np.bool_) for table in tables]
    entries = [sp.csr_matrix((np.arange(1.0, len(t.rows) + 1), t.rows, t.offsets), (n, n)) for t in tables]
    asked = np.flatnonzero(sum(np.diff(table.offsets) for table in tables))
    for low, high, both in products(took.T.tocsr()[asked], took):
        both.data = (both.data >= least).astype(np.float64)
        both.eliminate_zeros()
        enough = ordered(both)  # two tables in order are quickly laid on one another
        for mask, places in zip(found, entries, strict=True):
            mask[places[asked[low:high]].multiply(enough).data.astype(np.int64) - 1] = True
    return found


def gives_way(
    values: NDArray[np.float32], offsets: NDArray[np.int64], backed: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """(entries,) What to multiply the values with, so that in each row the best is a backed one."""
    enough, few = (_highest(np.where(here, values, 0), offsets) for here in (backed, ~backed))
    usual = float(np.median(enough[enough > 0])) if enough.any() else 1.0
    most = np.where(enough > 0, _BEHIND * enough, _ALONE * usual)
    factor = np.minimum(1, most / np.maximum(few, 1e-9))
    return np.where(backed, 1, np.repeat(factor, np.diff(offsets))).astype(np.float32)


def _highest(values: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float32]:
    """(rows,) The highest value of each; 0 where there is none."""
    found = np.zeros(len(offsets) - 1, np.float32)
    filled = np.flatnonzero(np.diff(offsets))
    if len(filled):
        found[filled] = np.maximum.reduceat(values, offsets[filled])
    return found

"""A table of each product's nearest others, and how a trail spreads over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.candidates import are_highest
from daogou.retrieval.evidence import Evidence, Trail, gather
from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For row i the entries offsets[i] to offsets[i + 1], in no order of value."""

    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.float32]

    @classmethod
    def empty(cls, n: int = 0) -> Neighbours:
        return cls(np.zeros(n + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.float32))

    def __len__(self) -> int:
        """How many products the table was made for."""
        return len(self.offsets) - 1

    def of(self, row: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The neighbours of one row with their values; none for a row the table does not know."""
        if row >= len(self):
            return np.empty(0, np.int32), np.empty(0, np.float32)
        here = slice(self.offsets[row], self.offsets[row + 1])
        return self.rows[here], self.values[here]

    def spread(self, trail: Trail, *, recency: float = 1.0) -> Evidence:
        """Every neighbour of every step, valued by the step's weight times recency ** (its place, newest 0)."""
        positions, causes = self.reached(trail)
        weights = trail.faded(recency).take(causes)
        return Evidence(self.rows.take(positions), self.values.take(positions) * weights, causes)

    def reached(self, trail: Trail) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The entries of every step that the table knows, and for each entry the place of its step."""
        rows = trail.rows
        known = np.flatnonzero(rows < len(self)).astype(np.int32)
        if len(known) == len(rows):
            return gather(self.offsets, rows)
        positions, step = gather(self.offsets, rows.take(known))
        return positions, known.take(step)

    def save(self, folder: Path) -> None:
        """Write offsets.npy, rows.npy and values.npy."""
        for name in ("offsets", "rows", "values"):
            write_array(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> Neighbours:
        """Map the three files; pages are read when they are first needed and shared between processes."""
        return cls(*(read_array(folder / f"{name}.npy") for name in ("offsets", "rows", "values")))


def blocks(starts: NDArray[np.integer], most: int) -> Iterator[tuple[int, int]]:
    """Ranges of rows that hold at most so many things each, one row at least. `starts` (rows + 1,): the first ones."""
    low, n = 0, len(starts) - 1
    while low < n:
        high = int(np.searchsorted(starts, starts[low] + most, side="right")) - 1
        high = min(n, max(low + 1, high))
        yield low, high
        low = high


def grouped(rows: NDArray[np.int32], n: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The places of each row's entries, row after row and in their order, and (n + 1,) where each row begins.

    Row and place are sorted as one number: several times as fast as asking for an order.
    """
    both = rows.astype(np.int64) << 32 | np.arange(len(rows))
    both.sort()
    return both.astype(np.int32), np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=n))))


def forget_itself(block: Any, asked: NDArray[np.integer]) -> None:
    """Put 0 where a product meets itself, in place. `asked`: the product of each row of the CSR matrix."""
    block.data[block.indices == np.repeat(asked, np.diff(block.indptr))] = 0


def summed(values: NDArray[Any], columns: NDArray[np.int32], starts: NDArray[np.integer], n: int) -> Any:
    """The CSR matrix (rows, n) in which values of one row and column are added up; entries in no order.

    Multiplied with one, since a product of sparse matrices adds up in an array that stays in the processor's cache:
    three times as fast as sorting the entries.
    """
    import scipy.sparse as sp

    rows = len(starts) - 1
    return sp.identity(rows, values.dtype, "csr") @ sp.csr_matrix((values, columns, starts), (rows, n))


def ordered(matrix: Any) -> Any:
    """A CSR matrix with the entries of each row in order of column: turned twice, in half the time of sorting."""
    return matrix.tocsc().tocsr()


def products(left: Any, right: Any) -> Iterator[tuple[int, int, Any]]:
    """The product of two CSR matrices, a few rows at a time: from which row to which, and these rows, entries in no
    order.

    What a row of the left one meets lies far apart in the right one, so it is fetched first, in one go.
    """
    until = np.cumsum(np.diff(right.indptr).take(left.indices), dtype=np.int64)
    starts = np.concatenate(([0], until)).take(left.indptr)
    del until  # as long as there are steps
    for low, high in blocks(starts, _PAIRS):
        rows = left[low:high]
        met = right[rows.indices]
        met.data *= np.repeat(rows.data, np.diff(met.indptr))
        yield low, high, summed(met.data, met.indices, met.indptr[rows.indptr], right.shape[1])


_PAIRS = 4_000_000
"""Products of two numbers that are held at once: some 100 MB."""


_ROWS, _ENTRIES = 256, 2**20
"""Rows of a matrix, and entries with what fills them up, that are looked through at once;"""
_ALONE = 512
"""entries of a row that is looked through alone, since a call for each costs less than several passes over all."""


def strongest(matrix: Any, n: int, *, by: NDArray[np.float32] | None = None) -> Any:
    """Keep the n entries of each row of a CSR matrix with the highest positive `by` (the values unless given).

    Entries stay in the order they had; of ties at the edge the first ones are kept.
    """
    import scipy.sparse as sp

    worth = matrix.data if by is None else by
    kept = worth > 0
    lengths = np.diff(matrix.indptr)
    for row in np.flatnonzero(lengths > max(n, _ALONE)):
        here = slice(matrix.indptr[row], matrix.indptr[row + 1])
        kept[here] &= are_highest(worth[here], n)
    long = np.flatnonzero((lengths > n) & (lengths <= _ALONE))
    long = long[np.argsort(lengths[long], kind="stable")]
    done = 0
    while done < len(long):  # rows of much the same length at once
        rows = long[done : done + max(1, _ENTRIES // int(lengths[long[min(done + _ROWS, len(long)) - 1]]))][:_ROWS]
        done += len(rows)
        asked = matrix.indptr[rows][:, None] + np.arange(lengths[rows[-1]])  # (rows, longest)
        inside = asked < matrix.indptr[rows + 1][:, None]
        values = np.where(inside, worth.take(asked, mode="clip"), -np.inf)
        edge = np.partition(values, values.shape[1] - n, axis=1)[:, values.shape[1] - n, None]
        above, level = values > edge, values == edge
        left = n - np.count_nonzero(above, axis=1)
        tied = np.count_nonzero(level, axis=1) > left
        level[tied] &= level[tied].cumsum(1) <= left[tied, None]
        kept[asked[inside]] &= (above | level)[inside]
    places = np.flatnonzero(kept)
    return sp.csr_matrix(
        (matrix.data[places], matrix.indices[places], places.searchsorted(matrix.indptr)), shape=matrix.shape
    )


def stacked(parts: list[Any]) -> Neighbours:
    """Put CSR blocks of consecutive rows into one table."""
    lengths = np.concatenate([np.diff(part.indptr) for part in parts]) if parts else np.empty(0, np.int64)
    return Neighbours(
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        np.concatenate([part.indices for part in parts] or [np.empty(0)]).astype(np.int32),
        np.concatenate([part.data for part in parts] or [np.empty(0)]).astype(np.float32),
    )

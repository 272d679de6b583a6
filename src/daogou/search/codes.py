"""What each row of a shelf is, as whole numbers: its categories, brand and attribute values, ready to be counted."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.shelf import Shelf


class FacetCodes:
    """Numbers for the facet values of every row, in one array.

    A row that changes gets new codes at the end, and the array is packed when more than half of it is out of use.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._code: dict[tuple[str, str], int] = {}
        self.keys: list[tuple[str, str]] = []
        """(facet, value) of each code."""
        self.names: list[str] = []
        """The facets."""
        self._owner = array("i")
        self._start = np.zeros(0, np.int64)
        self._length = np.zeros(0, np.int64)
        self._codes = np.zeros(1024, np.int32)
        self._used = 0
        self._counts = np.zeros(1024, np.int64)
        self._n_rows = 0
        self._rarity: NDArray[np.float64] | None = None
        """As of now; None where it has to be computed again."""
        self.lock = threading.RLock()
        self._take_all()

    def _take_all(self) -> None:
        """Read every row of the shelf as `put` would, but by value: the shelf knows the rows that have each."""
        self._reserve(len(self._shelf))
        having = {key: self._shelf.rows_having(*key) for key in self._shelf.facets()}
        lengths = [len(rows) for rows in having.values()]
        codes = np.repeat(np.array([self._number(key) for key in having], np.int32), lengths)
        rows = np.fromiter(chain.from_iterable(having.values()), np.int32, len(codes))
        self._codes = codes[np.argsort(rows, kind="stable")]
        self._used = len(codes)
        self._length = np.bincount(rows, minlength=len(self._start))
        self._start = np.cumsum(self._length) - self._length
        self._counts = np.array(lengths, np.int64)
        self._n_rows = int(np.count_nonzero(self._length))

    def put(self, rows: Iterable[int]) -> None:
        """Read these rows' values again."""
        with self.lock:
            self._reserve(len(self._shelf))
            for row in rows:
                product = self._shelf.products[row]
                keys = {} if product is None else {(name, text.key): None for name, text in product.facets()}
                self._write(row, [self._number(key) for key in keys])
            if self._used > 2 * int(self._length.sum()) + 1024:
                self._pack()

    @property
    def owners(self) -> NDArray[np.int32]:
        """The place in `names` of each code's facet, as of now: an array that shared the buffer would keep it from
        growing."""
        with self.lock:
            return np.array(self._owner, np.int32)

    def rarity(self) -> NDArray[np.float64]:
        """By code, the logarithm of how few of the rows have the value; 0 where one row alone has it."""
        with self.lock:
            if self._rarity is None:
                counts = self._counts[: len(self.keys)]
                self._rarity = np.where(counts > 1, np.log(np.maximum(self._n_rows, 1) / np.maximum(counts, 1)), 0.0)
            return self._rarity

    def gather(self, rows: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The codes of all the rows, one after the other, and how many each row has."""
        with self.lock:
            lengths = np.zeros(len(rows), np.int64)
            known = rows < len(self._start)
            lengths[known] = self._length[rows[known]]
            starts = np.zeros(len(rows), np.int64)
            starts[known] = self._start[rows[known]]
            total = int(lengths.sum())
            ends = np.cumsum(lengths)
            places = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
            codes: NDArray[np.int32] = self._codes[places]
            return codes, lengths

    def _number(self, key: tuple[str, str]) -> int:
        if key not in self._code:
            self._code[key] = len(self.keys)
            self.keys.append(key)
            if key[0] not in self.names:
                self.names.append(key[0])
            self._owner.append(self.names.index(key[0]))
        return self._code[key]

    def _write(self, row: int, codes: list[int]) -> None:
        self._count(row, codes)
        if self._used + len(codes) > len(self._codes):
            more = np.zeros(max(2 * len(self._codes), self._used + len(codes)), np.int32)
            more[: self._used] = self._codes[: self._used]
            self._codes = more
        self._codes[self._used : self._used + len(codes)] = codes
        self._start[row], self._length[row] = self._used, len(codes)
        self._used += len(codes)

    def _count(self, row: int, codes: list[int]) -> None:
        self._rarity = None
        if len(self.keys) > len(self._counts):
            self._counts = np.concatenate([self._counts, np.zeros(len(self.keys), np.int64)])
        start, length = self._start[row], self._length[row]
        self._counts[self._codes[start : start + length]] -= 1
        self._counts[codes] += 1
        self._n_rows += bool(codes) - bool(length)

    def _reserve(self, n: int) -> None:
        if n > len(self._start):
            more = np.zeros(max(n - len(self._start), len(self._start) // 2), np.int64)
            self._start = np.concatenate([self._start, more])
            self._length = np.concatenate([self._length, more])

    def _pack(self) -> None:
        self._codes, self._length = self.gather(np.arange(len(self._start), dtype=np.int32))
        self._used = len(self._codes)
        self._start = np.cumsum(self._length) - self._length

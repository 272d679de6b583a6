"""Finds a product by what identifies it: its id, a SKU, a barcode, its whole title."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from daogou.language.normalise import plain

if TYPE_CHECKING:
    from daogou.domain.product import Product


class ExactNames:
    """Names to rows of the shelf, as the products are called now.

    A name is known by its hash alone: names are most of what a catalogue weighs, and among a million of them one
    question in 10 ** 13 would find a product that is called otherwise.
    """

    def __init__(self, products: Sequence[Product | None] = ()) -> None:
        """Learn the names of the products, which are in the order of their rows."""
        keys, rows = array("q"), array("i")
        for row, product in enumerate(products):
            found = _keys(product) if product is not None else ()
            keys.extend(found)
            rows.extend([row] * len(found))
        order = np.argsort(np.array(keys, np.int64), kind="stable")
        self._keys = np.array(keys, np.int64)[order]
        self._rows = np.array(rows, np.int32)[order]
        self._later: dict[int, frozenset[int]] = {}
        """The names of rows that were put later; what the arrays say of them no longer holds."""
        self._rows_later: dict[int, list[int]] = {}

    def put(self, products: Iterable[Product], rows: Sequence[int]) -> None:
        """Take the names of these products, which are in these rows, in place of what the rows were called before."""
        for product, row in zip(products, rows, strict=True):
            for key in self._later.get(row, ()):
                self._rows_later[key].remove(row)
            self._later[row] = _keys(product)
            for key in self._later[row]:
                self._rows_later.setdefault(key, []).append(row)

    def find(self, text: str) -> list[int]:
        """Rows of the products that the whole text names."""
        if not text.strip():
            return []
        key = np.int64(_key(text))
        here = slice(self._keys.searchsorted(key), self._keys.searchsorted(key, "right"))
        found = [row for row in self._rows[here].tolist() if row not in self._later]
        return found + self._rows_later.get(int(key), [])


def _keys(product: Product) -> frozenset[int]:
    return frozenset(map(_key, _names(product)))


def _key(text: str) -> int:
    """Of one process: Python salts its hashes."""
    return hash(" ".join(plain(text).split()))


def _names(product: Product) -> Iterator[str]:
    yield product.id
    yield from (text for text in (product.title.zh, product.title.en) if text)
    yield from product.codes

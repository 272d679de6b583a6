"""Which categories are bought together, so that beside a product stands what goes with it and not what could be bought
in its place.

Steps do not tell the two apart: who looks at a watch looks at other watches first. Baskets do, but of most pairs of
products too few are ever bought together. Of most pairs of categories enough are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from daogou.domain.keys import once
from daogou.retrieval.evidence import Evidence, Trail
from daogou.retrieval.files import read_array, write_array
from daogou.retrieval.neighbours import Neighbours, stacked, strongest
from daogou.retrieval.together import Together, TogetherConfig

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.domain.product import Product

UNKNOWN = -1
"""The category of a product that has none."""
_FOR_WHOM = ("gender", "age_group")
"""Attributes that part a category: nobody completes a woman's jeans with a child's shirt."""
_PRODUCTS = 30
"""Products of a category that stand for it, those with most buyers;"""
_CATEGORIES = 10
"""and categories beside another whose products do."""


class Companions:
    """What the products of each category are bought with."""

    name = "companions"

    def __init__(
        self, pairs: Neighbours, best: Neighbours, category: NDArray[np.int32], names: Mapping[str, int]
    ) -> None:
        self.pairs = pairs
        """Of each category those it is bought with, itself too where two of it are bought in one go; the most usual one
        has 1."""
        self._best = best
        """Of each category the products that are bought most in those; the first one has 1."""
        self._category = category
        """(products,)"""
        self._names = names
        """The number of each category by its path."""

    @classmethod
    def empty(cls) -> Companions:
        """One that knows of nothing."""
        return cls(Neighbours.empty(), Neighbours.empty(), np.empty(0, np.int32), {})

    @classmethod
    def fit(
        cls,
        actor: NDArray[np.int32],
        day: NDArray[np.int64],
        row: NDArray[np.int32],
        paths: Sequence[str],
        *,
        config: TogetherConfig,
        voice: NDArray[np.float32],
        believed: NDArray[np.bool_],
    ) -> Companions:
        """Count pairs of categories as `Together` counts pairs of products, and who is believed. `paths`: the category
        of each product, empty where it has none."""
        import scipy.sparse as sp

        names = {path: place for place, path in enumerate(sorted(set(paths) - {""}))}
        category = np.array([names.get(path, UNKNOWN) for path in paths], np.int32)
        n = len(names)
        known = np.flatnonzero(category[row] != UNKNOWN)
        if not len(known):
            return cls(Neighbours.empty(n), Neighbours.empty(n), category, names)
        order = known[np.lexsort((row[known], category[row[known]], day[known], actor[known]))]
        actor, day, row = actor[order], day[order], row[order]
        same = np.stack([column[1:] == column[:-1] for column in (actor, day, category[row])]).all(0)
        again = np.concatenate(([False], same & (row[1:] != row[:-1])))
        # a second product of one category is taken for one of another, n further, so that the two make a pair
        of = np.where(again, category[row] + n, category[row]).astype(np.int32)
        counted = replace(config, neighbours=2 * n)
        found = Together.fit(actor, day, of, 2 * n, config=counted, voice=voice, believed=believed).table
        head = np.repeat(np.arange(2 * n), np.diff(found.offsets))
        kept = (head < n) & ((found.rows < n) | (found.rows == head + n))
        pairs = _of_best(sp.csr_matrix((found.values[kept], (head[kept], found.rows[kept] % n)), (n, n)))
        pairs.sort_indices()
        buyers = _buyers(actor, row, believed, len(category))
        shares = _shares(category, np.where(buyers >= config.min_shoppers, buyers, 0), n)
        best = strongest(_of_best((strongest(pairs, _CATEGORIES) @ shares).tocsr()), config.neighbours)
        return cls(stacked([pairs]), stacked([best]), category, names)

    def factors(self, table: Neighbours, *, floor: float) -> NDArray[np.float32]:
        """(entries,) What to multiply the entries of a table of products with: 1 for what is bought with the product
        most, `floor` for what never is. 1 where nothing is known of the product's category."""
        n = len(self.pairs)
        if not len(self.pairs.rows):
            return np.ones(len(table.rows), np.float32)
        head, tail = np.repeat(self._category, np.diff(table.offsets)), self._category.take(table.rows)
        known = (head != UNKNOWN) & (np.diff(self.pairs.offsets) > 0).take(head)
        asked = np.flatnonzero(known & (tail != UNKNOWN))
        keys = np.repeat(np.arange(n, dtype=np.int64), np.diff(self.pairs.offsets)) * n + self.pairs.rows
        wanted = head[asked].astype(np.int64) * n + tail[asked]
        place = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
        worth = np.zeros(len(tail), np.float32)
        worth[asked] = np.where(keys[place] == wanted, self.pairs.values[place], 0)
        return np.where(known, floor + (1 - floor) * worth, 1).astype(np.float32)

    def place(self, row: int, path: str) -> None:
        """Say of which category a product is that is new to the release; one the release does not know says nothing."""
        if row >= len(self._category):
            more = np.full(row + 1 - len(self._category), UNKNOWN, np.int32)
            self._category = np.concatenate([self._category, more])
        self._category[row] = self._names.get(path, UNKNOWN)

    def evidence(self, trail: Trail) -> Evidence:
        """What is bought with the categories of the trail, the mean of its steps; their order does not matter."""
        unknown = len(self._best)  # a row that the table does not have
        category = np.append(self._category, UNKNOWN).take(trail.rows, mode="clip")
        found = self._best.spread(Trail(np.where(category == UNKNOWN, unknown, category), trail.weights))
        return found.times(1 / max(len(trail), 1))

    def save(self, folder: Path) -> None:
        """Write the pairs, the products and the categories."""
        for name, table in (("pairs", self.pairs), ("best", self._best)):
            table.save(folder / name)
        write_array(folder / "category.npy", self._category)
        (folder / "names.json").write_bytes(msgspec.json.encode(self._names))

    @classmethod
    def load(cls, folder: Path) -> Companions:
        pairs, best = (Neighbours.load(folder / name) for name in ("pairs", "best"))
        names = msgspec.json.decode((folder / "names.json").read_bytes(), type=dict[str, int])
        return cls(pairs, best, np.array(read_array(folder / "category.npy")), names)


def path_of(product: Product) -> str:
    """What a product's category is called here: what is for men and what is for children are categories apart."""
    whom = sorted(text.key for name in _FOR_WHOM for text in product.attributes.get(name, ()))
    return " > ".join([step.key for step in product.category] + whom) if product.category else ""


def _of_best(matrix: Any) -> Any:
    """Every row of a CSR matrix in parts of its largest entry."""
    largest = np.maximum(matrix.max(1).toarray().ravel(), 1e-30)
    matrix.data /= largest.repeat(np.diff(matrix.indptr))
    return matrix


def _buyers(actor: NDArray[np.int32], row: NDArray[np.int32], believed: NDArray[np.bool_], n: int) -> NDArray[np.int64]:
    """(products,) Distinct believed buyers."""
    bought, by = np.divmod(once(row * np.int64(len(believed)) + actor), len(believed))
    return np.bincount(bought[believed[by]], minlength=n)


def _shares(category: NDArray[np.int32], buyers: NDArray[np.int64], n: int) -> Any:
    """(categories, products) Which part of the buyers of a category each of its products has, where it has most."""
    import scipy.sparse as sp

    rows = np.flatnonzero((category != UNKNOWN) & (buyers > 0))
    found = sp.csr_matrix((buyers[rows].astype(np.float32), (category[rows], rows)), (n, len(category)))
    found.data /= np.repeat(np.maximum(found.sum(1).A1, 1), np.diff(found.indptr)).astype(np.float32)
    return strongest(found, _PRODUCTS)

"""The catalogue in columns: the live view that search and recommendation filter and look things up in.

A row never changes its product, so models fitted on rows stay valid while products come and go: new products take new
rows at the end, removed ones become unavailable.
"""

from __future__ import annotations

import sys
import threading
from array import array
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import ProductId
from daogou.domain.text import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.domain.query import Where
    from daogou.ports.stores import Catalogue

_UNKNOWN_PRICE = -1
_NO_ROWS = array("i")
_MASKS = 64 * 2**20
"""Bytes of masks that are kept: of a million products each takes one, and there are thousands of brands to ask for."""
_AT_ONCE = 2_000
"""Products read from the catalogue at once."""
_GONE = Text(zh="一件已下架的商品", en="a product that has left the shop")


class Shelf:
    """Products by row, with postings for categories, brands and attribute values. Refreshed from the catalogue."""

    def __init__(self, ids: Sequence[ProductId] = ()) -> None:
        """Reserve rows for `ids` in this order (a release's order); their products arrive with `put`."""
        self.ids: list[ProductId] = [ProductId(sys.intern(id)) for id in ids]  # as the store has them, each once
        self.row: dict[ProductId, int] = {id: row for row, id in enumerate(self.ids)}
        self.products: list[Product | None] = [None] * len(self.ids)
        size = max(1024, 2 * len(self.ids))
        self._available = np.zeros(size, bool)
        self._shown = np.zeros(size, bool)
        self._price = np.full(size, _UNKNOWN_PRICE, np.int64)
        self._list_price = np.full(size, _UNKNOWN_PRICE, np.int64)
        self._released = np.zeros(size, np.int64)
        self._rating = np.zeros(size, np.float32)
        self._sorts = np.zeros((size, 2), np.int32)
        self._numbers: dict[tuple[str, str], int] = {}
        """A number from 1 for each brand and last category."""
        self._postings: dict[tuple[str, str], array[int]] = {}
        """The rows that have each value, in no order."""
        self._masks: dict[tuple[str, str], NDArray[np.bool_]] = {}
        self._labels: dict[tuple[str, str], Text] = {}
        self._keys: dict[tuple[str, str], tuple[str, ...]] = {}
        """The values that a name stands for, by facet and name in either language."""
        self._seen = 0
        self._lock = threading.RLock()

    @classmethod
    def of(cls, products: Iterable[Product]) -> Shelf:
        """These products in this order, such as those that a training reads."""
        shelf = cls()
        shelf.put(products)
        return shelf

    def __len__(self) -> int:
        return len(self.ids)

    def refresh(self, catalogue: Catalogue) -> list[ProductId]:
        """Take in what changed since the last call; returns the products that did."""
        with self._lock:
            seen, changed = catalogue.changes(self._seen)
            for low in range(0, len(changed), _AT_ONCE):
                found = catalogue.get(changed[low : low + _AT_ONCE])
                self.put(found.values())
            self._seen = seen
            return changed

    def put(self, products: Iterable[Product]) -> None:
        """Insert or replace products."""
        with self._lock:
            for product in products:
                row = self._row_for(product.id)
                self._post(self.products[row], product, row)
                self.products[row] = product
                self._available[row] = product.available
                self._shown[row] = not product.hidden
                self._price[row] = product.price.minor if product.price else _UNKNOWN_PRICE
                self._list_price[row] = product.list_price.minor if product.list_price else _UNKNOWN_PRICE
                self._released[row] = product.released or 0
                brand, leaf = (product.brand or "").casefold(), product.category[-1].key if product.category else ""
                self._sorts[row] = self._number("brand", brand), self._number("category", leaf)

    def rate(self, ratings: Iterable[tuple[ProductId, float]]) -> None:
        """Record mean ratings, which the filter's `rating_min` and the sort by rating read."""
        with self._lock:
            for id, mean in ratings:
                if id in self.row:
                    self._rating[self.row[id]] = mean

    def rows(self, ids: Iterable[ProductId]) -> NDArray[np.int32]:
        """Rows of those of the products that are on the shelf, in the order given."""
        row = self.row
        return np.array([row[id] for id in ids if id in row], np.int32)

    def title(self, row: int) -> Text:
        """What the product is called; its id where it has no title, which tells a shopper nothing where it is gone."""
        product, id = self.products[row], self.ids[row]
        if product is None:
            return _GONE
        return product.title or Text(zh=id, en=id)

    @property
    def available(self) -> NDArray[np.bool_]:
        """Shown and sellable, by row."""
        return self._available[: len(self.ids)]

    @property
    def price(self) -> NDArray[np.int64]:
        """Price in minor units by row; -1 where unknown."""
        return self._price[: len(self.ids)]

    @property
    def list_price(self) -> NDArray[np.int64]:
        """Price it is reduced from, in minor units by row; -1 where there is none."""
        return self._list_price[: len(self.ids)]

    @property
    def released(self) -> NDArray[np.int64]:
        """Release moment by row; 0 where unknown."""
        return self._released[: len(self.ids)]

    @property
    def rating(self) -> NDArray[np.float32]:
        """Mean rating by row; 0 where unrated."""
        return self._rating[: len(self.ids)]

    @property
    def sorts(self) -> NDArray[np.int32]:
        """(rows, 2) The number of the brand and that of the last category of the path; 0 where there is none."""
        return self._sorts[: len(self.ids)]

    def facets(self) -> list[tuple[str, str]]:
        """Every (facet, value) some product has; facets are "category", "brand" and attribute names."""
        return list(self._postings)

    def rows_having(self, facet: str, value: str) -> Collection[int]:
        """The rows with the value, in no order. Not a copy: it changes with the shelf."""
        return self._postings.get((facet, value), ())

    def label(self, facet: str, value: str) -> Text:
        """How a facet value is written for people."""
        return self._labels.get((facet, value), Text.of(value))

    def kind_named(self, key: str) -> Text | None:
        """What a kind of goods is called, by its key; None where the shop has none such."""
        return self._labels.get(("category", key))

    def call(self, facet: str, value: str, label: Text) -> None:
        """Write a facet value so from now on: a brand whose Chinese name is learnt from titles."""
        with self._lock:
            self._labels[facet, value] = label
            self._name(facet, value, label)

    def having(self, facet: str, value: str) -> NDArray[np.bool_]:
        """Which rows have the value. Do not write to the array: it is shared between requests."""
        key = (facet, value)
        mask = self._masks.get(key)
        if mask is None or len(mask) < len(self.ids):
            with self._lock:
                mask = np.zeros(len(self.ids), bool)
                mask[np.frombuffer(self._postings.get(key, _NO_ROWS), np.int32)] = True
                while self._masks and (len(self._masks) + 1) * len(mask) > _MASKS:
                    del self._masks[next(iter(self._masks))]
                self._masks[key] = mask
        return mask[: len(self.ids)]

    def named(self, facet: str, name: str) -> NDArray[np.bool_]:
        """Which rows have the value of this name in either language."""
        name = name.casefold().strip()
        rows = np.zeros(len(self.ids), bool)
        for value in self._keys.get((facet, name), {name}):
            rows |= self.having(facet, value)
        return rows

    def _on_shelf(self, *, sold_out: bool) -> NDArray[np.bool_]:
        return self._shown[: len(self.ids)] if sold_out else self.available

    def allowed(self, where: Where) -> NDArray[np.bool_]:
        """Which rows pass the filter. Values may be named in either language."""
        n = len(self.ids)
        mask = np.ones(n, bool) if where.include_unavailable else self._on_shelf(sold_out=where.sold_out).copy()
        if where.include_unavailable:
            mask &= np.fromiter((p is not None for p in self.products), bool, n)
        if where.category is not None:
            mask &= self._meant("category", where.category)
        if where.brands:
            mask &= self._any("brand", where.brands)
        if where.not_brands:
            mask &= ~self._any("brand", where.not_brands)
        for name, values in where.attributes.items():
            mask &= self._any(name, values)
        for name, values in where.not_attributes.items():
            mask &= ~self._any(name, values)
        if where.price_min is not None:
            mask &= self.price >= where.price_min.minor
        if where.price_max is not None:
            mask &= (self.price <= where.price_max.minor) & (self.price != _UNKNOWN_PRICE)
        if where.rating_min is not None:
            mask &= self.rating >= where.rating_min
        if where.on_sale:
            mask &= self.list_price > self.price
        if where.products is not None:
            only = np.zeros(n, bool)
            only[self.rows(where.products)] = True
            mask &= only
        if where.exclude:
            mask[self.rows(where.exclude)] = False
        return mask

    def _any(self, facet: str, values: Iterable[str]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self.ids), bool)
        for value in values:
            mask |= self._meant(facet, value)
        return mask

    def _meant(self, facet: str, value: str) -> NDArray[np.bool_]:
        return self.having(facet, value) if (facet, value) in self._postings else self.named(facet, value)

    def _number(self, facet: str, value: str) -> int:
        return self._numbers.setdefault((facet, value), 1 + len(self._numbers)) if value else 0

    def _row_for(self, id: ProductId) -> int:
        row = self.row.get(id)
        if row is None:
            row = len(self.ids)
            if row == len(self._available):
                self._grow()
            self.products.append(None)
            self.ids.append(id)
            self.row[id] = row
        return row

    def _grow(self) -> None:
        blanks = {
            "_available": False, "_shown": False, "_price": -1, "_list_price": -1, "_released": 0, "_rating": 0,
            "_sorts": 0,
        }  # fmt: skip
        for name, blank in blanks.items():
            old = getattr(self, name)
            new = np.full((2 * len(old), *old.shape[1:]), blank, old.dtype)
            new[: len(old)] = old
            setattr(self, name, new)

    def _post(self, before: Product | None, after: Product, row: int) -> None:
        """Enter what the product in the row has now, and strike what it had."""
        had = {} if before is None else {(facet, text.key): text for facet, text in before.facets()}
        has: dict[tuple[str, str], Text] = {}
        for facet, text in after.facets():
            has.setdefault((facet, text.key), text)
        for key in had.keys() - has.keys():
            self._strike(key, row)
        for key, text in has.items():
            if key not in had:
                self._postings.setdefault(key, array("i")).append(row)
                self._masks.pop(key, None)
            if key not in self._labels:
                self._labels[key] = text
                self._name(*key, text)

    def _strike(self, key: tuple[str, str], row: int) -> None:
        """The last row comes in the place of the one that goes."""
        rows = self._postings[key]
        place = int((np.frombuffer(rows, np.int32) == row).argmax())
        rows[place] = rows[-1]
        rows.pop()
        if not rows:
            del self._postings[key]
        self._masks.pop(key, None)

    def _name(self, facet: str, value: str, label: Text) -> None:
        for name in filter(None, (label.zh, label.en)):
            key = (facet, name.casefold().strip())
            values = self._keys.get(key, ())
            if value not in values:
                self._keys[key] = (*values, value)

"""Finds a product by what identifies it: its id, a SKU, a barcode, its whole title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from daogou.language.normalise import plain

if TYPE_CHECKING:
    from daogou.domain.product import Product


class ExactNames:
    """Names to rows of the shelf, as the products are called now."""

    def __init__(self, products: Sequence[Product | None] = ()) -> None:
        self._rows: dict[str, list[int]] = {}
        self._names: dict[int, tuple[str, ...]] = {}
        rows = [row for row, product in enumerate(products) if product is not None]
        self.put((product for product in products if product is not None), rows)

    def put(self, products: Iterable[Product], rows: Sequence[int]) -> None:
        """Take the names of these products, which are in these rows, in place of what the rows were called before."""
        for product, row in zip(products, rows, strict=True):
            for name in self._names.get(row, ()):
                self._rows[name].remove(row)
            names = self._names[row] = tuple({_key(name): None for name in _names(product)})
            for name in names:
                self._rows.setdefault(name, []).append(row)

    def find(self, text: str) -> list[int]:
        """Rows of the products that the whole text names."""
        return self._rows.get(_key(text), []) if text.strip() else []


def _key(text: str) -> str:
    return " ".join(plain(text).split())


def _names(product: Product) -> Iterator[str]:
    yield product.id
    yield from (text for text in (product.title.zh, product.title.en) if text)
    for variant in product.variants:
        yield from (code for code in (variant.id, variant.sku, variant.barcode) if code)

"""Prices that are missing or far from their category's: the products are kept, and reported."""

from __future__ import annotations

from statistics import median

from daogou.domain.product import Product
from daogou.ingest.rules import OUTLIER

_FEWEST = 8
"""Products a category needs before its median says anything."""


class Outliers:
    """Watches the products of an import."""

    def __init__(self) -> None:
        self._prices: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self._products = 0
        self._unpriced: list[str] = []

    def add(self, product: Product) -> None:
        """Remember the price of a product that has one and stands in a category."""
        self._products += 1
        if product.price is None and not product.hidden:
            self._unpriced.append(product.id)
        if product.price is not None and product.price.minor and product.category:
            key = (product.category[-1].key, product.price.currency)
            self._prices.setdefault(key, []).append((product.price.minor, product.id))

    def found(self) -> list[str]:
        """How many have no price, and a sentence for each that is `OUTLIER` times off, in order of category."""
        said = []
        if self._unpriced:
            n, first = len(self._unpriced), self._unpriced[0]
            said.append(f"no-price: {n:,} of {self._products:,} products have no price, such as {first!r}")
        for (category, currency), prices in sorted(self._prices.items()):
            middle = median(minor for minor, _ in prices)
            if len(prices) >= _FEWEST:
                of = f"the median of {category!r} ({currency})"
                said += [
                    f"price-outlier: product {id!r} costs {minor / middle:,.3g} times {of}"
                    for minor, id in prices
                    if not middle / OUTLIER < minor < middle * OUTLIER
                ]
        return said

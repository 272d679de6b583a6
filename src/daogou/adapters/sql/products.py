"""Products read back so that what many of them say alike is held once: categories, brands, attributes, prices.

Of 92,331 supermarket products 70 MB are left instead of 221 MB, and whoever compares their categories compares the same
objects.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

import msgspec

from daogou.domain.product import Product

V = TypeVar("V", bound=Hashable)
_MOST = 500_000
"""Values that are remembered; then all are forgotten, and the next ones remembered."""


class Products:
    """Reads products; remembers the values it has met."""

    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(Product).decode
        self._met: dict[object, object] = {}

    def read(self, body: str | bytes) -> Product:
        """The product that was written. Raises msgspec.DecodeError."""
        product = self._decode(body)
        if len(self._met) > _MOST:
            self._met.clear()
        same = self._same
        shared = {
            "category": same(tuple(map(same, product.category))),
            "brand": same(product.brand),
            "price": same(product.price),
            "attributes": {same(name): same(tuple(map(same, said))) for name, said in product.attributes.items()},
        }
        for name, value in shared.items():
            object.__setattr__(product, name, value)  # equal to what was there, and nobody else has the product yet
        return product

    def _same(self, value: V) -> V:
        """The value itself, or the equal one met first."""
        return self._met.setdefault(value, value)  # type: ignore[return-value]  # the values are their own keys

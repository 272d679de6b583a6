"""Products read back so that what many of them say alike is held once: categories, brands, attributes, prices.

Of 92,331 supermarket products 48 MB are left instead of 221 MB, and whoever compares their categories compares the same
objects.
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from daogou.domain.product import Product
from daogou.domain.text import Text

_NOTHING = Text()
_MOST = 500_000
"""Values that are remembered; then all are forgotten, and the next ones remembered."""
_MOST_ATTRIBUTES = 20_000
"""The same of whole attributes: in many shops no two products have all alike."""


class Products:
    """Reads products; remembers the values it has met."""

    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(Product).decode
        self._met: dict[Any, Any] = {}
        self._attributes: dict[Any, Any] = {}
        """Those of whole products, by what they hold."""

    def read(self, body: str | bytes) -> Product:
        """The product that was written. Raises msgspec.DecodeError."""
        product = self._decode(body)
        if len(self._met) > _MOST:
            self._met.clear()
        if len(self._attributes) > _MOST_ATTRIBUTES:
            self._attributes.clear()
        same = self._met.setdefault  # the value itself, or the equal one met first
        category = tuple([same(step, step) for step in product.category])
        attributes = {}
        for name, said in product.attributes.items():
            values = tuple([same(value, value) for value in said])
            attributes[same(name, name)] = same(values, values)
        shared = {
            "id": sys.intern(product.id),
            "category": same(category, category),
            "brand": same(product.brand, product.brand),
            "price": same(product.price, product.price),
            "attributes": self._attributes.setdefault(tuple(attributes.items()), attributes),
            "description": product.description or _NOTHING,
        }
        for name, value in shared.items():
            object.__setattr__(product, name, value)  # equal to what was there, and nobody else has the product yet
        return product

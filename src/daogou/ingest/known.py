"""What the catalogue knows, for asking once an event whether its product exists."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from daogou.domain.ids import ProductId
from daogou.domain.product import CODES, Product
from daogou.ports.stores import Catalogue

Named = Literal["variant", "code", "title"]


class Known:
    """Ids of products and of their variants; read from the catalogue when first asked."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._products: set[str] | None = None
        self._variants: dict[str, ProductId] = {}
        self._codes: dict[str, ProductId] = {}

    @property
    def products(self) -> set[str]:
        """The ids of all products, kept up to date by `add`."""
        if self._products is None:
            self._products = set()
            for product in self._catalogue.scan():
                self.add(product)
        return self._products

    def add(self, product: Product) -> None:
        """Take in a product of this import."""
        self.products.add(product.id)
        for variant in product.variants:
            self._variants.setdefault(variant.id, product.id)
            for code in filter(None, (variant.sku, variant.barcode)):
                self._variants.setdefault(code, product.id)
        for name in CODES & product.attributes.keys():
            self._codes.setdefault(str(product.attributes[name][0]), product.id)

    def product_of(self, said: str) -> tuple[ProductId, Named] | None:
        """The product that a record names otherwise than by its id, and how: exports of events and orders do."""
        if (owner := self._variants.get(said)) is not None:
            return owner, "variant"
        if (owner := self._codes.get(said)) is not None:
            return owner, "code"
        owner = self._titled.get(said.casefold()) or self._titled.get(said.rpartition(" - ")[0].casefold())
        return None if owner is None else (owner, "title")

    @cached_property
    def _titled(self) -> dict[str, ProductId]:
        """Products whose title no other has; read when a record first names a product that is known in no other way."""
        found: dict[str, ProductId | None] = {}
        for product in self._catalogue.scan():
            for title in {product.title.zh.casefold(), product.title.en.casefold()} - {""}:
                found[title] = None if title in found else product.id
        return {title: id for title, id in found.items() if id is not None}

"""What the catalogue knows, for asking once an event whether its product exists."""

from __future__ import annotations

from daogou.domain.ids import ProductId
from daogou.domain.product import Product
from daogou.ports.stores import Catalogue


class Known:
    """Ids of products and of their variants; read from the catalogue when first asked."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._products: set[str] | None = None
        self._variants: dict[str, ProductId] = {}

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
            if variant.sku:
                self._variants.setdefault(variant.sku, product.id)

    def product_of(self, variant: str) -> ProductId | None:
        """The product that has a variant of this id or stock-keeping unit."""
        return self._variants.get(variant)

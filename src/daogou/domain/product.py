"""What is on the shelf: products, their variants, and what they have cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from daogou.domain.ids import Instant, ProductId, VariantId
from daogou.domain.money import Money
from daogou.domain.text import Text

_brand = lru_cache(maxsize=10_000)(Text.of)  # few are asked for again and again


CODES = frozenset({"sku", "gtin", "mpn"})
"""Attributes by which orders and scanners name a product."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing a shopper can put in a basket: a size, a colour."""

    id: VariantId
    title: Text = Text()
    price: Money | None = None
    list_price: Money | None = None
    stock: int | None = None
    """None: not tracked, so available."""
    attributes: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    sku: str | None = None
    barcode: str | None = None
    image: str | None = None

    @property
    def codes(self) -> Iterator[str]:
        """What orders and scanners name it by: its id, its SKU, its barcode; may repeat."""
        return (code for code in (self.id, self.sku, self.barcode) if code)


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the shop's catalogue describes it now."""

    id: ProductId
    title: Text
    description: Text = Text()
    brand: str | None = None
    category: tuple[Text, ...] = ()
    """A path from the department down."""
    price: Money | None = None
    """None: unknown; the product is still searchable and recommendable."""
    list_price: Money | None = None
    """The price it is reduced from, if it is."""
    stock: int | None = None
    """None: not tracked, so available. With variants, the sum of theirs unless given."""
    attributes: Mapping[str, tuple[Text, ...]] = field(default_factory=dict)
    """Canonical lower-case name ("color") to values."""
    images: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    parent: ProductId | None = None
    released: Instant | None = None
    hidden: bool = False
    url: str | None = None

    @property
    def available(self) -> bool:
        """Can it be sold now: shown, and in stock or not tracked."""
        return not self.hidden and (self.stock is None or self.stock > 0)

    @property
    def span(self) -> tuple[Money, Money] | None:
        """What it costs at least and at most: of its variants, where they have prices of their own; None: unknown.

        Where the variants' currencies differ nothing can be said of them, and the product's own price stands alone.
        """
        own = self.price
        prices = [price for variant in self.variants if (price := variant.price or own)] or ([own] if own else [])
        if len({price.currency for price in prices}) > 1:
            return (own, own) if own else None
        return (min(prices), max(prices)) if prices else None

    @property
    def codes(self) -> Iterator[str]:
        """What orders and scanners name it by, beside its id: its codes, its variants' ids and theirs; may repeat."""
        for name in CODES & self.attributes.keys():
            yield from map(str, self.attributes[name])
        for variant in self.variants:
            yield from variant.codes

    def facets(self) -> Iterator[tuple[str, Text]]:
        """Every (facet, value) of the product and its variants, as filters name them; may repeat.

        Facets are "category", "brand" and attribute names, but for codes: each product has one of its own.
        """
        for step in self.category:
            yield "category", step
        if self.brand:
            yield "brand", _brand(self.brand)
        for attributes in (self.attributes, *(variant.attributes for variant in self.variants)):
            for name, values in attributes.items():
                for value in values if name not in CODES else ():
                    yield name, value


@dataclass(frozen=True, slots=True)
class PricePoint:
    """The price a product took at a moment and kept until its next point."""

    product: ProductId
    at: Instant
    price: Money
    list_price: Money | None = None

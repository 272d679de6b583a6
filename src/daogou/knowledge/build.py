"""Edges of the knowledge graph from what the shop already knows: its catalogue and its purchases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from daogou.domain.edge import Edge
from daogou.domain.text import Text
from daogou.knowledge.names import BOUGHT_WITH, brand_node, category_node, product_node, value_node
from daogou.knowledge.together import Believed, BoughtWithConfig, Purchases, bought_together, everybody

if TYPE_CHECKING:
    from daogou.domain.product import Product

CATALOGUE, PURCHASES = "catalogue", "purchases"
"""Sources of edges."""
_LONGEST_VALUE = 80
"""Characters; a longer attribute value is prose, which nothing else shares."""


def edges(
    products: Iterable[Product],
    *,
    bought: Purchases | None = None,
    config: BoughtWithConfig | None = None,
    believed: Believed = everybody,
) -> Iterator[Edge]:
    """Every edge, those of the catalogue first, each once, in the order of the products.

    Hidden products are left out. Co-purchases count only between products that are in, and as far as `believed` says
    of their buyers.
    """
    said: set[tuple[str, str, str]] = set()
    known: set[str] = set()
    for product in products:
        if product.hidden:
            continue
        known.add(product.id)
        for edge in of_product(product):
            fact = (edge.head, edge.relation, edge.tail)
            if edge.head.startswith("product:"):
                yield edge
            elif fact not in said:
                said.add(fact)
                yield edge
    if bought is not None:
        yield from _together(bought, known, config, believed)


def of_product(product: Product) -> Iterator[Edge]:
    """What the catalogue says of one product, and the categories above its own."""
    node = product_node(product.id)
    if product.brand:
        yield Edge(node, "brand", brand_node(product.brand))
    if product.category:
        yield Edge(node, "category", category_node(product.category[-1]))
    for above, below in zip(product.category, product.category[1:], strict=False):
        if above.key != below.key:
            yield Edge(category_node(below), "broader", category_node(above))
    for name, value in _values(product):
        yield Edge(node, name, value_node(name, value))
    if product.parent is not None and product.parent != product.id:
        yield Edge(node, "variantOf", product_node(product.parent))


def labels(products: Iterable[Product]) -> dict[str, Text]:
    """How each node of the catalogue is written for people; the first spelling of a key wins."""
    found: dict[str, Text] = {}
    for product in products:
        if product.hidden:
            continue
        found[product_node(product.id)] = product.title
        if product.brand:
            found.setdefault(brand_node(product.brand), Text.of(product.brand))
        for step in product.category:
            found.setdefault(category_node(step), step)
        for name, value in _values(product):
            found.setdefault(value_node(name, value), value)
    return found


def _values(product: Product) -> Iterator[tuple[str, Text]]:
    seen: set[tuple[str, str]] = set()
    sources = [product.attributes, *(variant.attributes for variant in product.variants)]
    for attributes in sources:
        for name, values in attributes.items():
            for value in values:
                fact = (name, value.key)
                if value.key and len(value.key) <= _LONGEST_VALUE and fact not in seen:
                    seen.add(fact)
                    yield name, value


def _together(
    bought: Purchases, known: set[str], config: BoughtWithConfig | None, believed: Believed
) -> Iterator[Edge]:
    pairs = bought_together(bought, config, believed=believed)
    for head, tail, weight in zip(pairs.head.tolist(), pairs.tail.tolist(), pairs.weight.tolist(), strict=True):
        one, other = bought.products[head], bought.products[tail]
        if one in known and other in known:
            yield Edge(product_node(one), BOUGHT_WITH, product_node(other), round(weight, 6), PURCHASES)

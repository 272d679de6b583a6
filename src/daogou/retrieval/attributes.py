"""Neighbours by attributes: products that share brand, categories and attribute values, the rare ones saying most.

Two steps in the graph of products and their attributes, weighed by inverse frequency and scaled to a cosine. Where
titles are poor or in another language than what they stand beside, this knows what words do not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.bounds import Count, Part
from daogou.retrieval.content import ContentConfig, ContentKnn
from daogou.retrieval.spreading import Spreading

if TYPE_CHECKING:
    from daogou.domain.product import Product


@dataclass(frozen=True, slots=True)
class AttributesConfig:
    """How products are compared by their attributes."""

    enabled: bool = False
    """Off, since the words of a product hold its brand, categories and attributes already."""
    recency: Part = 0.65
    """What each older step of a history leaves of its weight."""
    steps: Count = 10
    """How many of the newest steps speak."""
    neighbours: Count = 100
    """How many neighbours of each product are kept."""


class Attributes(Spreading[AttributesConfig]):
    """The nearest products of each by what they share."""

    name = "attributes"
    config_type = AttributesConfig

    @classmethod
    def fit(cls, products: Iterable[Product], *, config: AttributesConfig) -> Attributes:
        """Compare all products; values are compared as filters compare them."""
        bags = [dict.fromkeys((f"{facet}={value.key}" for facet, value in each.facets()), 1.0) for each in products]
        return cls(ContentKnn.fit(bags, config=ContentConfig(neighbours=config.neighbours)).table, config)

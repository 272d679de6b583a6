"""Neighbours by attributes: products that share brand, categories and attribute values, the rare ones saying most.

Two steps in the graph of products and their attributes, weighed by inverse frequency and scaled to a cosine. Where
titles are poor or in another language than what they stand beside, this knows what words do not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.retrieval.content import ContentConfig, ContentKnn
from daogou.retrieval.files import read_config, write_config
from daogou.retrieval.neighbours import Neighbours

if TYPE_CHECKING:
    from pathlib import Path

    from daogou.domain.product import Product
    from daogou.retrieval.evidence import Evidence, Trail


@dataclass(frozen=True, slots=True)
class AttributesConfig:
    """How products are compared by their attributes."""

    enabled: bool = False
    """Off, since the words of a product hold its brand, categories and attributes already."""
    recency: float = 0.65
    """What each older step of a history leaves of its weight."""
    steps: int = 10
    """How many of the newest steps speak."""
    neighbours: int = 100
    """How many neighbours of each product are kept."""


class Attributes:
    """The nearest products of each by what they share."""

    name = "attributes"

    def __init__(self, table: Neighbours, config: AttributesConfig) -> None:
        self.table = table
        self.config = config

    @classmethod
    def fit(cls, products: Iterable[Product], *, config: AttributesConfig) -> Attributes:
        """Compare all products; values are compared as filters compare them."""
        bags = [dict.fromkeys((f"{facet}={value.key}" for facet, value in each.facets()), 1.0) for each in products]
        return cls(ContentKnn.fit(bags, config=ContentConfig(neighbours=config.neighbours)).table, config)

    def evidence(self, trail: Trail) -> Evidence:
        """Products that share attributes with those of the newest steps."""
        return self.table.spread(trail.newest(self.config.steps), recency=self.config.recency)

    def save(self, folder: Path) -> None:
        """Write the neighbours and the config."""
        self.table.save(folder)
        write_config(folder, self.config)

    @classmethod
    def load(cls, folder: Path) -> Attributes:
        """Map what `save` wrote."""
        return cls(Neighbours.load(folder), read_config(folder, AttributesConfig))

"""The graph as a part of training: from the shop's facts to the artifact of a release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.knowledge import graph
from daogou.knowledge.build import CATALOGUE, PURCHASES, edges, labels
from daogou.knowledge.links import Links
from daogou.knowledge.together import Believed, BoughtWithConfig, everybody, purchases

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.ports.stores import Stores


@dataclass(frozen=True, slots=True)
class GraphConfig:
    """How the graph is built."""

    together: BoughtWithConfig = field(default_factory=BoughtWithConfig)
    record: bool = True
    """Also keep the edges, with their source, in the shop's store, where corrections will go."""


def write(
    stores: Stores,
    products: Sequence[Product],
    folder: Path,
    *,
    config: GraphConfig | None = None,
    believed: Believed = everybody,
) -> dict[str, float]:
    """Build the graph from these products and everything on record into a folder; returns its figures."""
    config = config or GraphConfig()
    bought = purchases(stores.events.columns(("purchase",)), stores.orders.scan())
    links = Links.of(edges(products, bought=bought, config=config.together, believed=believed), labels(products))
    if config.record:
        for source in (CATALOGUE, PURCHASES):
            stores.edges.replace(source, links.edges(source))
    return graph.write(folder, links)

"""The graph as a part of training: from the shop's facts to the artifact of a release."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.knowledge import graph
from daogou.knowledge.build import CATALOGUE, PURCHASES, edges, labels
from daogou.knowledge.together import Believed, TogetherConfig, everybody, purchases

if TYPE_CHECKING:
    from daogou.ports.stores import Stores


@dataclass(frozen=True, slots=True)
class GraphConfig:
    """How the graph is built."""

    together: TogetherConfig = field(default_factory=TogetherConfig)
    record: bool = True
    """Also keep the edges, with their source, in the shop's store, where corrections will go."""


def write(
    stores: Stores, folder: Path, *, config: GraphConfig | None = None, believed: Believed = everybody
) -> dict[str, float]:
    """Build the graph from everything on record into a folder; returns its figures."""
    config = config or GraphConfig()
    products = list(stores.catalogue.scan())
    bought = purchases(stores.events.columns(("purchase",)), stores.orders.scan())
    found = list(edges(products, bought=bought, config=config.together, believed=believed))
    if config.record:
        for source in (CATALOGUE, PURCHASES):
            stores.edges.replace(source, (edge for edge in found if edge.source == source))
    return graph.write(folder, found, labels(products))

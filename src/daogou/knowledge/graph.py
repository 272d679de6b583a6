"""The knowledge graph of a release: neighbours and walks from arrays, SPARQL from an Oxigraph data set."""

from __future__ import annotations

from pathlib import Path as File
from typing import TYPE_CHECKING

from daogou.knowledge import walks
from daogou.knowledge.jsonld import write_graph
from daogou.knowledge.links import Links
from daogou.knowledge.names import BOUGHT_WITH, product_node
from daogou.knowledge.rdf import write_quads
from daogou.knowledge.sparql import MOST_ROWS, TIMEOUT_S, Row, Sparql

if TYPE_CHECKING:
    from daogou.domain.edge import Edge, Path
    from daogou.domain.ids import ProductId
    from daogou.domain.text import Text

QUADS = "graph.nq"


def write(folder: File, links: Links) -> dict[str, float]:
    """Write the graph's artifact; the same edges give the same bytes. Returns its figures."""
    links.save(folder)
    quads = write_quads(links, folder / QUADS)
    return {"nodes": len(links.nodes), "edges": len(links.head), "quads": quads}


class Graph:
    """An opened graph. Safe to use from several threads."""

    def __init__(self, links: Links, sparql: Sparql) -> None:
        self.links = links
        self._sparql = sparql

    @classmethod
    def open(cls, folder: File, *, timeout_s: float = TIMEOUT_S, most_rows: int = MOST_ROWS) -> Graph:
        """Open what `write` wrote. The SPARQL data set is loaded by the first query."""
        return cls(Links.load(folder), Sparql(folder / QUADS, timeout_s=timeout_s, most_rows=most_rows))

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.links.nodes)

    def neighbours(self, node: str, *, limit: int = 50) -> list[Edge]:
        """Edges that start or end at the node, heaviest first; none for an unknown node."""
        number = self.links.number.get(node)
        if number is None:
            return []
        return [self.links.edge(edge) for edge in self.links.touching_edges(number)[:limit].tolist()]

    def label(self, node: str) -> Text | None:
        """How the node is written for people; None for an unknown node."""
        number = self.links.number.get(node)
        return None if number is None else self.links.label(number)

    def common(self, one: ProductId, other: ProductId) -> list[Path]:
        """The walks of one or two steps between two products, the most telling first."""
        ends = self._ends(one, other)
        return walks.common(self.links, *ends) if ends else []

    def tie(self, one: ProductId, other: ProductId) -> list[str]:
        """How two products belong together: bought together, or else the relations of what both say of themselves."""
        ends = self._ends(one, other)
        if ends is None:
            return []
        if self.links.bought_with(*ends):
            return [BOUGHT_WITH]
        n, relations = len(self.links.nodes), self.links.relations
        return [relations[fact // n] for fact in walks.alike(self.links, *ends)]

    def path(self, one: ProductId, other: ProductId, *, hops: int = 3) -> Path | None:
        """A shortest walk between two products of at most `hops` (up to 3) steps; None if there is none."""
        ends = self._ends(one, other)
        return walks.shortest(self.links, *ends, hops=hops) if ends else None

    def query(self, sparql: str) -> list[Row]:
        """Answer a SPARQL 1.1 query; the limits are those of `Sparql.query`."""
        return self._sparql.query(sparql)

    def write_jsonld(self, target: File) -> int:
        """Write the whole graph as JSON-LD; returns how many nodes it has."""
        return write_graph(self.links, target)

    def _ends(self, one: ProductId, other: ProductId) -> tuple[int, int] | None:
        first, second = (self.links.number.get(product_node(id)) for id in (one, other))
        return None if first is None or second is None or first == second else (first, second)

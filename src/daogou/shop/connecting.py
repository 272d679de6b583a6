"""Says with the knowledge graph what two products have in common, where likeness is why one was recommended.

Only reasons that rest on the words and attributes of a product of the history are put this way; their share of the
score is what it was, and taking that product away changes the score as before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from daogou.domain.hit import Hit
from daogou.knowledge.reasons import named

if TYPE_CHECKING:
    from daogou.domain.hit import Hits, Reason
    from daogou.domain.ids import ProductId
    from daogou.knowledge.graph import Graph

_LIKENESS = frozenset({"content"})
"""Sources that find products by what they are, not by what shoppers did."""


def connected(hits: Hits, graph: Graph) -> Hits:
    """The same hits, with likeness named where the graph knows it."""
    return replace(hits, items=tuple(_hit(hit, graph) for hit in hits.items))


def _hit(hit: Hit, graph: Graph) -> Hit:
    if not any(reason.source in _LIKENESS for reason in hit.because):
        return hit
    return replace(hit, because=tuple(_reason(reason, hit.product, graph) for reason in hit.because))


def _reason(reason: Reason, product: ProductId, graph: Graph) -> Reason:
    if reason.source not in _LIKENESS or not reason.products:
        return reason
    return named(graph, reason.products[0], product, share=reason.share) or reason

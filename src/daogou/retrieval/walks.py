"""Neighbours by walks over the graph of products, shoppers and facts: where somebody ends who goes from a product to a
shopper who turned to it, or to a thing said of it, from there to another product, and on from that.

So a product is reached that is of the brand of what was bought with the one at hand, though nobody had both and the
two have nothing in common: neighbours of neighbours, which pair counts cannot know. A random walk with restart
(personalised PageRank, cut after a few products); where a walk ends is divided by how many turned to it, as in Paudel,
Christoffel, Newell and Bernstein, "Updatable, Accurate, Diverse, and Scalable Recommendations for Interactive
Applications", TiiS 2017 (RP3beta), which is what is left without facts and with a single hop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.domain.bounds import Count, Part, Weight
from daogou.retrieval.item_knn import touches
from daogou.retrieval.neighbours import forget_itself, products, stacked, strongest
from daogou.retrieval.spreading import Spreading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.retrieval.sequential import Sequences


@dataclass(frozen=True, slots=True)
class WalksConfig:
    """How the graph is walked."""

    enabled: bool = False
    """Off: beside the other sources it gained nothing on the sets that were measured."""
    facts: Part = 0.2
    """Part of the walks that leave a product by what is said of it, its brand, categories and attributes; the others
    leave by its shoppers."""
    hops: Count = 2
    """Products a walk goes on to, at most."""
    onward: Part = 0.5
    """Part of the walks that go on after each of them; the others begin anew."""
    damping: Weight = 0.0
    """Power of 1 + the shoppers of a product by which what ends there is divided."""
    newest: Count = 100
    """Newest steps of a shopper that are walked over, so that cost stays linear in events."""
    widest: Count = 5_000
    """What is said of more products than this connects everything with everything, and is left out."""
    recency: Part = 0.65
    """What each older step of a history leaves of its weight."""
    steps: Count = 6
    """How many of the newest steps speak."""
    neighbours: Count = 100
    """How many products are kept of where the walks from each are after a hop, and in the end."""


class Walks(Spreading[WalksConfig]):
    """Where walks from each product end."""

    name = "walks"
    config_type = WalksConfig

    @classmethod
    def fit(cls, sequences: Sequences, shelf: Iterable[Product], *, config: WalksConfig) -> Walks:
        """Walk from every product of the shelf; `sequences` name its rows."""
        said = _facts(shelf, config.widest)
        n = said.shape[0]
        touched = touches(sequences, n, config.newest)
        touched.data[:] = 1
        hop = _even(
            (1 - config.facts) * _hop(touched, config.neighbours) + config.facts * _hop(said, config.neighbours)
        )
        here = total = hop
        for number in range(1, config.hops):
            here = _walked(here, hop, config.neighbours)
            total = total + config.onward**number * here
        total.data /= (1 + np.diff(touched.indptr).astype(np.float32)[total.indices]) ** config.damping
        return cls(stacked([strongest(total, config.neighbours)]), config)


def _facts(shelf: Iterable[Product], widest: int) -> Any:
    """(products, facts) in CSR: 1 where it is said; what is said of one product alone leads nowhere."""
    number: dict[tuple[str, str], int] = {}
    facts = (dict.fromkeys((name, text.key) for name, text in each.facets()) for each in shelf)
    said = [[number.setdefault(fact, len(number)) for fact in each] for each in facts]
    ends = np.cumsum([0, *map(len, said)])
    table = _ones(np.array([fact for each in said for fact in each], np.int32), ends, len(number))
    many = np.bincount(table.indices, minlength=len(number))
    return table[:, (many > 1) & (many <= widest)]


def _hop(edges: Any, keep: int) -> Any:
    """(products, products) Where a walk is that leaves a product by one of its edges (products, nodes), any alike, and
    the node by another; never back where it came from."""
    return _walked(_even(edges), _even(edges.T.tocsr()), keep)


def _walked(left: Any, right: Any, keep: int) -> Any:
    """The likeliest ends of walks that go on, the walk that is back at its beginning left out."""
    import scipy.sparse as sp

    found = []
    for low, high, block in products(left, right):
        forget_itself(block, np.arange(low, high))
        found.append(strongest(block, keep))
    return sp.vstack(found, "csr") if found else sp.csr_matrix((left.shape[0], right.shape[1]), dtype=np.float32)


def _even(edges: Any) -> Any:
    """Every row of a CSR matrix in parts of its sum."""
    import scipy.sparse as sp

    sums = np.maximum(np.asarray(edges.sum(1)).ravel(), 1e-30).astype(np.float32)
    parts = edges.data / sums.repeat(np.diff(edges.indptr))
    return sp.csr_matrix((parts, edges.indices, edges.indptr), edges.shape)


def _ones(indices: NDArray[np.int32], ends: NDArray[np.integer], n: int) -> Any:
    """A CSR matrix with n columns and 1 in these."""
    import scipy.sparse as sp

    return sp.csr_matrix((np.ones(len(indices), np.float32), indices, ends), (len(ends) - 1, n))

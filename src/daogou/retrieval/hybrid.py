"""The hybrid similarity r(i, j) = alpha * cos(x_i, x_j) + (1 - alpha) * cos(y_i, y_j).

x counts what each shopper did with a product (behaviour), y are its features (its words).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.domain.bounds import Count, Parts, Weight
from daogou.retrieval.evidence import Evidence, Trail
from daogou.retrieval.neighbours import Neighbours, forget_itself, ordered, products, stacked, strongest

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_PRODUCTS = 2_000


@dataclass(frozen=True, slots=True)
class HybridConfig:
    """What the table keeps and which mixtures are tried."""

    alphas: Parts = (0.0, 0.25, 0.5, 0.75)
    """Mixtures tried on validation; the best is used. Behaviour alone (1) is none of them: in a shop of few steps it
    was chosen for telling next steps, and a lip gloss was like a serum since one shopper had looked at both."""
    steps: Count = 100
    """Newest steps of an actor that count as behaviour, so that cost stays linear in events."""
    prior: Weight = 10.0
    """Added to the squared length of every product's behaviour: of two products that three people each have looked at,
    one visitor in common is no likeness, and what their words say goes before it. 0 is the plain cosine."""
    neighbours: Count = 60
    """How many neighbours of each product are kept, in each part and in the mixture."""


class Hybrid:
    """A table of the mixture. A pair outside the nearest of one part counts zero in that part."""

    name = "hybrid"

    def __init__(self, table: Neighbours) -> None:
        self.table = table

    @classmethod
    def mix(cls, behaviour: Neighbours, features: Neighbours, *, alpha: float, config: HybridConfig) -> Hybrid:
        """Mix two tables of cosines over the same products."""
        blocks = []
        for low in range(0, len(features), _BLOCK_PRODUCTS):
            high = min(len(features), low + _BLOCK_PRODUCTS)
            mixed = alpha * _rows(behaviour, low, high) + (1 - alpha) * _rows(features, low, high)
            blocks.append(strongest(mixed.tocsr(), config.neighbours))
        return cls(stacked(blocks) if blocks else Neighbours.empty(len(features)))

    def evidence(self, trail: Trail) -> Evidence:
        """Products like those of the trail; its order does not matter."""
        return self.table.spread(trail)

    def save(self, folder: Path) -> None:
        self.table.save(folder)

    @classmethod
    def load(cls, folder: Path) -> Hybrid:
        return cls(Neighbours.load(folder))


def behaviour(
    actor: NDArray[np.int64],
    rows: NDArray[np.int32],
    strength: NDArray[np.float32],
    n: int,
    *,
    config: HybridConfig,
    only: NDArray[np.int64] | None = None,
) -> Neighbours:
    """Cosines of products over shoppers: x_i holds, for each shopper, the strength of what they did with i.

    Lengths are of sqrt(|x_i|^2 + prior), so that what few have touched is like nothing much.

    `only`: the products, ascending, whose neighbours are looked for; default all.
    """
    import scipy.sparse as sp

    actors = int(actor.max()) + 1 if len(actor) else 0
    x = sp.csr_matrix((strength, (rows, actor)), (n, actors))
    del actor, rows, strength  # as long as there are steps
    squares = np.asarray(sp.csr_matrix((x.data * x.data, x.indices, x.indptr), x.shape).sum(1)).ravel()
    length = np.sqrt(squares + config.prior)
    x.data /= np.repeat(np.maximum(length, 1e-9), np.diff(x.indptr)).astype(np.float32)
    asked = np.arange(n) if only is None else only
    blocks = []
    for low, high, cosines in products(x if only is None else x[only], x.T.tocsr()):
        forget_itself(cosines, asked[low:high])
        blocks.append(ordered(strongest(cosines, config.neighbours)))
    found = stacked(blocks) if blocks else Neighbours.empty(0)
    lengths = np.zeros(n, np.int64)
    lengths[asked] = np.diff(found.offsets)
    return Neighbours(np.concatenate(([0], np.cumsum(lengths))).astype(np.int64), found.rows, found.values)


def _rows(table: Neighbours, low: int, high: int) -> Any:
    import scipy.sparse as sp

    offsets = table.offsets[low : high + 1]
    here = slice(offsets[0], offsets[-1])
    return sp.csr_matrix((table.values[here], table.rows[here], offsets - offsets[0]), (high - low, len(table)))

"""EASE: a linear model of which products stand in one history, in closed form.

Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019. It learns which products explain each other once
all others are accounted for, so that what merely is popular with both does not count. The inverse costs the cube of the
products, so only those with most steps take part; the weights are kept sparse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Count, Part, Positive
from daogou.retrieval.neighbours import Neighbours, strongest
from daogou.retrieval.spreading import Spreading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.sequential import Sequences

_BLOCK_LINES = 500


@dataclass(frozen=True, slots=True)
class EaseConfig:
    """How large the model is and how it is asked."""

    enabled: bool = True
    """False leaves it out of the release."""
    products: Count = 4_000
    """How many products take part, those with most steps: 4,000 take seconds and 200 MB, twice as many eight times as
    long."""
    penalty: Positive = 10.0
    """Added to the diagonal of the Gram matrix (L2)."""
    recency: Part = 0.65
    """What each older step of a history leaves of its weight."""
    steps: Count = 6
    """How many of the newest steps speak."""
    neighbours: Count = 100
    """How many positive weights of each product are kept."""


class Ease(Spreading[EaseConfig]):
    """The positive weights from each product to others."""

    name = "ease"
    config_type = EaseConfig

    @classmethod
    def fit(cls, sequences: Sequences, n_products: int, *, config: EaseConfig) -> Ease:
        """Solve for all weights at once. Raises ValueError where there are no steps."""
        import scipy.sparse as sp
        from scipy.linalg import lapack

        rows = sequences.rows
        if not len(rows):
            raise ValueError("no steps to learn from")
        degree = np.bincount(rows, minlength=n_products)
        taking = np.sort(np.argsort(-degree, kind="stable")[: min(config.products, np.count_nonzero(degree))])
        place = np.full(n_products, -1, np.int64)
        place[taking] = np.arange(len(taking))
        actor = np.repeat(np.arange(len(sequences.offsets) - 1), np.diff(sequences.offsets))
        here = place[rows] >= 0
        shape = (len(sequences.offsets) - 1, len(taking))
        x = sp.csr_matrix((np.ones(np.count_nonzero(here), np.float32), (actor[here], place[rows[here]])), shape)
        x.data[:] = 1.0
        gram = (x.T @ x).toarray(order="F").astype(np.float32)
        gram[np.diag_indices_from(gram)] += config.penalty
        factor, info = lapack.spotrf(gram, lower=1, overwrite_a=1)
        inverse, info_inverse = lapack.spotri(factor, lower=1, overwrite_c=1)
        if info or info_inverse:
            raise ValueError("the Gram matrix cannot be inverted; raise [training.ease] penalty")
        weights = np.tril(inverse)  # the upper half was not computed
        del gram, factor, inverse
        weights += np.tril(weights, -1).T
        weights /= -np.diag(weights).copy()
        np.fill_diagonal(weights, 0.0)
        return cls(_table(weights, taking, n_products, config.neighbours), config)


def _table(weights: NDArray[np.float32], taking: NDArray[np.int64], n: int, neighbours: int) -> Neighbours:
    """The strongest positive weights of each line, with rows of the whole catalogue; a block of lines at a time."""
    import scipy.sparse as sp

    kept = [
        strongest(sp.csr_matrix(np.maximum(weights[low : low + _BLOCK_LINES], 0.0)), neighbours)
        for low in range(0, len(weights), _BLOCK_LINES)
    ]
    strong = sp.vstack(kept, "csr")
    lengths = np.zeros(n, np.int64)
    lengths[taking] = np.diff(strong.indptr)
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    return Neighbours(offsets, taking[strong.indices].astype(np.int32), strong.data.astype(np.float32))

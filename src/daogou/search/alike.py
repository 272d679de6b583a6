"""How much products are like those that match best: what a query means shows in what its best matches have in common.

Pseudo-relevance feedback (Rocchio 1971) over facet values: of a thousand products that mention “tablet”, those with the
attributes of the ten best are tablets, or cases for one, whichever the ten are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.search.codes import FacetCodes

BEST = 10
"""How many of the best matches speak."""


def likeness(rows: NDArray[np.int32], scores: NDArray[np.float32], codes: FacetCodes) -> NDArray[np.float32]:
    """Cosine of each row's facet values with the score-weighted sum of the best rows'; 0 to 1."""
    best = np.argsort(-scores, kind="stable")[:BEST]
    return likeness_to(rows, rows[best], scores[best], codes)


def likeness_to(
    rows: NDArray[np.int32], others: NDArray[np.int32], voices: NDArray[np.float32], codes: FacetCodes
) -> NDArray[np.float32]:
    """Cosine of each row's facet values with the sum of those of others, each weighed by its voice; 0 to 1.

    Values are weighed by how rare they are on the shelf; a value that one product alone has says nothing of others.
    """
    with codes.lock:  # a product put in between could have values that `rarity` does not know
        rarity = codes.rarity()
        common = np.zeros(len(rarity))
        values, owner, share = _shares(others, codes, rarity)
        np.add.at(common, values, share * voices[owner])
        common = common / max(float(np.linalg.norm(common)), 1e-9)
        values, owner, share = _shares(rows, codes, rarity)
    return np.bincount(owner, common[values] * share, len(rows)).astype(np.float32)


def _shares(
    rows: NDArray[np.int32], codes: FacetCodes, rarity: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:
    """The values of the rows, one after the other: the code, the place of its row, its part of a row of length 1."""
    values, lengths = codes.gather(rows)
    owner = np.repeat(np.arange(len(rows)), lengths)
    weight = rarity[values]
    size = np.sqrt(np.bincount(owner, weight * weight, len(rows)))
    return values, owner, weight / np.maximum(size, 1e-9)[owner]

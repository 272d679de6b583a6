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
    """Cosine of each row's facet values with the score-weighted sum of the best rows'; 0 to 1.

    Values are weighed by how rare they are among these rows and all others of the shelf; a value that one product alone
    has says nothing of others.
    """
    values, lengths = codes.gather(rows)
    if not len(values):
        return np.zeros(len(rows), np.float32)
    weight = codes.rarity()[values]
    owner = np.repeat(np.arange(len(rows)), lengths)
    size = np.sqrt(np.bincount(owner, weight * weight, len(rows)))
    share = weight / np.maximum(size, 1e-9)[owner]
    voice = np.zeros(len(rows))
    best = np.argsort(-scores, kind="stable")[:BEST]
    voice[best] = scores[best]
    common = np.bincount(values, share * voice[owner]).astype(np.float64)
    common = common / max(float(np.linalg.norm(common)), 1e-9)
    return np.bincount(owner, common[values] * share, len(rows)).astype(np.float32)

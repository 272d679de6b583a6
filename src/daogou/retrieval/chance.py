"""The chance that a product is the next one a shopper turns to.

A fused score puts the products of one answer in order and says nothing beside that of another shopper. Here a logistic
regression tells from the score, the best score of the same answer, the length of the history and how popular the
product is how often what looks like this came true in the shop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.domain.bounds import Count, Positive
from daogou.retrieval.evidence import place_among

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Trail
    from daogou.retrieval.fusion import Fused

APART = frozenset({"popularity", "segment"})
"""Sources whose say is not part of the score here: what is popular is told on its own."""
_EDGES = (0, 1, 2, 4, 8, 16, 32, 64)
"""Events up to which a product is in a band of its own."""
_FILE = "chance.json"


@dataclass(frozen=True, slots=True)
class ChanceConfig:
    """How the chance is learnt that a given candidate is the next product."""

    enabled: bool = True
    """Ranked candidates carry it where the release has learnt it."""
    steps: Count = 2_000
    """Held-back steps that it is learnt from, at most: about a millisecond each."""
    drawn: Count = 30
    """Products that are drawn for each of them and stand for all others."""
    strangers: Count = 5
    """Every so manieth step is told once more as if nothing was known of the shopper."""
    penalty: Positive = 1.0
    """L2 on the weights."""
    least: Count = 200
    """With fewer held-back steps it is not learnt."""


def told(
    rows: NDArray[np.int32],
    fused: Fused,
    trail: Trail,
    *,
    events: NDArray[np.floating],
    popular: NDArray[np.floating],
) -> NDArray[np.float64]:
    """(rows, features). `fused`: of all products and without the sources `APART`; `events`: by row; `popular`: one for
    each of these rows."""
    found, scores = fused.totals
    place = place_among(found, rows)
    score = np.where(place >= 0, np.append(scores, np.float32(0)).take(place), 0).astype(np.float64)
    best = max(float(scores.max(initial=0.0)), 1e-30)
    rank = len(scores) - np.sort(scores).searchsorted(score, side="right")
    counted = np.where(rows < len(events), np.append(events, 0).take(np.minimum(rows, len(events))), 0)
    n, stranger = np.log1p(len(trail)), float(not len(trail))
    band = np.searchsorted(_EDGES, counted)
    columns = (
        np.log(score + 1e-3),
        np.log(score / best + 1e-2),
        np.log1p(rank),
        (rank == 0) & (score > 0),
        np.log(score + 1e-2) * n,
        np.full(len(rows), n),
        place_among(trail.rows, rows) >= 0,
        np.log1p(popular),
        np.full(len(rows), stranger),
        stranger * np.log1p(popular),
        *(band == each for each in range(1, len(_EDGES) + 1)),
    )
    return np.column_stack(columns).astype(np.float64)


class _Weights(msgspec.Struct):
    base: float
    weights: list[float]


class Chance:
    """The weights."""

    def __init__(self, base: float, weights: NDArray[np.float64]) -> None:
        self._base, self._weights = base, weights

    def of(self, told: NDArray[np.float64]) -> NDArray[np.float64]:
        """(rows,) from what `told` says of each."""
        found: NDArray[np.float64] = 1 / (1 + np.exp(-(self._base + told @ self._weights)))
        return found

    def save(self, folder: Path) -> None:
        """Write the weights."""
        (folder / _FILE).write_bytes(msgspec.json.encode(_Weights(self._base, self._weights.tolist())))

    @classmethod
    def load(cls, folder: Path) -> Chance | None:
        """None where the release has not learnt it."""
        if not (folder / _FILE).exists():
            return None
        read = msgspec.json.decode((folder / _FILE).read_bytes(), type=_Weights)
        return cls(read.base, np.array(read.weights))

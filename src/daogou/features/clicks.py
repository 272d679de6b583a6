"""What clicks in search say once it is taken off that the first places are looked at more.

Clicks follow the position-based model (Richardson, Dominowska and Ragno, "Predicting clicks", WWW 2007): a product is
clicked if its place is looked at and the product pleases, and the two do not depend on each other. Both are estimated
from the shop's own log, which shows products after one query at several places, because stock, popularity and tastes
change: what pleases is the same there, so that what differs is how much is looked at (as in Wang et al., "Position bias
estimation for unbiased learning to rank in personal search", WSDM 2018, who fit it by EM; clicks being a product of the
two, each is here fitted in turn as clicks over those expected, which converges in fewer rounds at low rates).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Count, Positive, Weight, Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS = 500
_STILL = 1e-6
"""Largest change of a place in a round after which the fit ends."""
_VAGUE = 2.0
"""Looks at an average product that each product is given while places are fitted, so that one seen once says little."""


@dataclass(frozen=True, slots=True)
class ClicksConfig:
    """What of clicks after searches is learnt, and when it is used."""

    enabled: bool = True
    """Products that are often chosen after a search rise in it, if that shows in clicks that were held back."""
    days: Positive = 180.0
    """Older showings and clicks are not read."""
    people: Count = 5
    """Different people who must have clicked a product after a query before it may rise there: one person, or one who
    pretends to be a few, moves nothing. What a person does twice counts once."""
    doubt: Weight = 20.0
    """Looks at an average product of the query that each product is given beside its own."""
    places: Count = 200
    """Clicks at least from which is told how much each place is looked at."""
    weights: Weights = (0.1, 0.2, 0.4, 0.8, 1.6)
    """Tried for the part of the score; the best match of words has 1."""


@dataclass(frozen=True, slots=True)
class Placements:
    """How many people were shown a product after a query at a place, and how many of them clicked it; one entry for
    each (query, product) and place."""

    pair: NDArray[np.int64]
    """Number of the (query, product)."""
    place: NDArray[np.int64]
    """0 the first."""
    shown: NDArray[np.float64]
    clicked: NDArray[np.float64]


def examination(placements: Placements) -> NDArray[np.float64] | None:
    """How likely each place is looked at, beside the first, which has 1; never rising down the list.

    Only products that were shown at several places say something. None where those leave nothing to tell by.
    """
    places = np.bincount(np.unique(np.stack([placements.pair, placements.place]), axis=1)[0])
    telling = (places > 1)[placements.pair]
    if not placements.clicked[telling].sum():
        return None
    return _fitted(*(getattr(placements, name)[telling] for name in ("pair", "place", "shown", "clicked")))


def _fitted(
    pair: NDArray[np.int64], place: NDArray[np.int64], shown: NDArray[np.float64], clicked: NDArray[np.float64]
) -> NDArray[np.float64]:
    from scipy.optimize import isotonic_regression

    overall = clicked.sum() / shown.sum()
    by_place = np.bincount(place, clicked)
    seen = np.maximum(np.bincount(place, shown), 1e-9)  # a place nobody saw follows its neighbours
    looked = np.ones(len(by_place))
    for _ in range(_ROUNDS):
        liked = _liking(pair, clicked, shown * looked[place], _VAGUE, overall)
        expected = np.maximum(np.bincount(place, shown * liked[pair]), 1e-9)
        fresh: NDArray[np.float64] = isotonic_regression(by_place / expected, weights=seen, increasing=False).x
        fresh = np.clip(fresh / max(fresh[0], 1e-9), 1e-3, 1.0)
        if np.abs(fresh - looked).max() < _STILL:
            break
        looked = fresh
    return fresh


def _liking(
    pair: NDArray[np.int64],
    clicked: NDArray[np.float64],
    looks: NDArray[np.float64],
    doubt: float,
    usual: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """(pairs,) clicks over looks, drawn towards what is usual."""
    return (np.bincount(pair, clicked) + doubt * usual) / (np.bincount(pair, looks) + doubt)


def lifts(
    placements: Placements, query: NDArray[np.int64], looked: NDArray[np.float64], doubt: float
) -> NDArray[np.float64]:
    """(pairs,) How much more a product pleases after its query than the query's products do on average: 0 for one that
    does not, 1/2 for one that pleases twice as much, never 1.

    `query` is the query of each pair. A click weighs by how rarely its place is looked at.
    """
    looks = placements.shown * looked[np.minimum(placements.place, len(looked) - 1)]
    of_query = query[placements.pair]
    average = np.bincount(of_query, placements.clicked) / np.maximum(np.bincount(of_query, looks), 1e-9)
    usual = average[query]
    liked = _liking(placements.pair, placements.clicked, looks, doubt, usual)
    return np.divide(np.maximum(0.0, liked - usual), liked, out=np.zeros(len(liked)), where=liked > 0)

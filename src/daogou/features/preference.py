"""What each part of a search's score is worth, learnt from which product of a list was clicked.

Of each list the clicked product should stand before the others (the logistic loss over pairs of Burges et al.,
"Learning to rank using gradient descent", ICML 2005); a click weighs by how rarely its place is looked at (Joachims,
Swaminathan and Schnabel, "Unbiased learning-to-rank with biased feedback", WSDM 2017), and weights are drawn towards
those that hold now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SCALE = (-3.0, 5.0)
"""Bounds of the logarithm of how surely a better score is clicked."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """A clicked product beside another of the same list; one entry for each pair."""

    base: NDArray[np.float64]
    """(pairs,) how much more the clicked one scores by what is not learnt."""
    parts: NDArray[np.float64]
    """(pairs, parts) how much more of each part it has."""
    heavy: NDArray[np.float64]
    """(pairs,) what the click counts, over the products it is compared with."""


def loss(pairs: Preferences, weights: NDArray[np.float64]) -> float:
    """How badly weights foretell which of each pair was clicked, with the scale that suits them best."""
    from scipy.optimize import minimize_scalar

    better = pairs.base + pairs.parts @ weights
    heavy = pairs.heavy / pairs.heavy.sum()
    found = minimize_scalar(
        lambda scale: float(heavy @ np.logaddexp(0, -np.exp(scale) * better)), bounds=_SCALE, method="bounded"
    )
    return float(found.fun)


def fit(pairs: Preferences, now: NDArray[np.float64], *, most: NDArray[np.float64], pull: float) -> NDArray[np.float64]:
    """(parts,) weights, not negative and not above `most`, from those that hold `now`.

    `pull` is what a change by 1 costs, in parts of the loss of a shop that cannot tell what is clicked.
    """
    from scipy.optimize import minimize

    heavy = pairs.heavy / pairs.heavy.sum()

    def lost_at(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scale, weights = np.exp(at[0]), at[1:]
        margin = scale * (pairs.base + pairs.parts @ weights)
        moved = weights - now
        lost = float(heavy @ np.logaddexp(0, -margin)) + pull * float(moved @ moved)
        slope = -heavy / (1 + np.exp(np.minimum(margin, 500)))
        return lost, np.append(slope @ margin, scale * (slope @ pairs.parts) + 2 * pull * moved)

    bounds = [_SCALE, *((0.0, limit) for limit in most.tolist())]
    found: NDArray[np.float64] = minimize(lost_at, np.append(0.0, now), jac=True, method="L-BFGS-B", bounds=bounds).x
    return found[1:]

"""What another way of choosing would have earned, estimated from lists that were shown with known probabilities.

Each logged place says what was shown, with which probability (the propensity), and what came of it. The estimators:

- IPS, inverse propensity scoring (Horvitz and Thompson 1952): mean of weight * reward, weight = target / logged
  probability. Unbiased where everything the target shows had a chance to be logged; wild where weights are large.
- SNIPS, self-normalised (Swaminathan and Joachims, NeurIPS 2015): the same over the mean weight. A little biased, much
  calmer.
- DR, doubly robust (Dudík, Langford and Li, ICML 2011): a reward model's opinion, corrected by weighted residuals.
  Right if either the model or the propensities are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.evaluation.offline.bootstrap import DRAWS, LEVEL, Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Places:
    """Logged places; all arrays have one entry for each."""

    who: NDArray[np.int64]
    """Number of the shopper: the places of one are drawn together in the bootstrap."""
    reward: NDArray[np.float64]
    """Such as 1 for a click."""
    logged: NDArray[np.float64]
    """Probability with which the shop showed what it showed, above 0."""
    target: NDArray[np.float64]
    """Probability with which the policy in question would have shown the same."""
    expected: NDArray[np.float64] | None = None
    """A reward model's opinion of what was shown; with `expected_of_target` this gives DR."""
    expected_of_target: NDArray[np.float64] | None = None
    """The model's mean opinion of what the policy would show."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """The mean reward of a place under the target policy, with 95 % intervals."""

    n: int
    effective: float
    """How many places logged by the target itself would say as much: (sum of weights)² / sum of squares (Kish)."""
    logged: Interval
    """What the shop's own policy earned."""
    ips: Interval
    snips: Interval
    dr: Interval | None


def estimate(places: Places, *, seed: int, draws: int = DRAWS) -> Estimates:
    """Estimate by every method. Raises ValueError for a propensity that is not above 0, or where there are no places.

    The reward model must not have been fitted on these very places, or DR flatters the policy.
    """
    if not len(places.reward) or not (places.logged > 0).all():
        raise ValueError("off-policy estimates need logged places, each shown with a probability above 0")
    weight = places.target / places.logged
    columns = [np.ones_like(weight), places.reward, weight * places.reward, weight]
    if places.expected is not None and places.expected_of_target is not None:
        columns.append(places.expected_of_target + weight * (places.reward - places.expected))
    _, who = np.unique(places.who, return_inverse=True)
    sums = np.column_stack([np.bincount(who, each) for each in columns])  # (shoppers, columns)
    again = np.random.default_rng(seed).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=draws)
    whole, drawn = sums.sum(axis=0), again.astype(np.float64) @ sums
    return Estimates(
        n=len(weight),
        effective=float(weight.sum() ** 2 / max(float((weight**2).sum()), 1e-300)),
        logged=_ratio(whole, drawn, 1, 0),
        ips=_ratio(whole, drawn, 2, 0),
        snips=_ratio(whole, drawn, 2, 3),
        dr=_ratio(whole, drawn, 4, 0) if len(columns) > 4 else None,
    )


def _ratio(whole: NDArray[np.float64], drawn: NDArray[np.float64], over: int, under: int) -> Interval:
    """One column's sum over another's, in all and in each draw; 0 where nothing weighs anything."""
    tail = (1 - LEVEL) / 2
    values = drawn[:, over] / np.maximum(drawn[:, under], 1e-300)
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(float(whole[over] / max(float(whole[under]), 1e-300)), float(low), float(high))

"""How sure a mean is, and whether two systems differ: shoppers are drawn anew, whole, so lists of one stay together."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1_000
LEVEL = 0.95
_FEW = 20
"""Shoppers that have anything, or lack anything, below which drawing shoppers anew says too little of the others."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Is the value inside?"""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Difference:
    """What one system has over another on the same shoppers."""

    interval: Interval
    p: float
    """Two-sided, from `permutation_p`: how often chance alone would differ as much."""


def intervals(values: NDArray[np.float64], *, seed: int, draws: int = DRAWS) -> list[Interval]:
    """Of the column means of (shoppers, columns), each value a part of the whole, 0 to 1.

    Percentile bootstrap (Efron 1979); of columns in which few shoppers have anything, or lack anything, `_score`.
    """
    rare = np.minimum(np.count_nonzero(values > 0, axis=0), np.count_nonzero(values < 1, axis=0)) < _FEW
    drawn = _drawn(values, seed, draws)
    return [
        _score(values[:, place]) if few else found
        for place, (few, found) in enumerate(zip(rare.tolist(), drawn, strict=True))
    ]


def _drawn(values: NDArray[np.float64], seed: int, draws: int) -> list[Interval]:
    n = len(values)
    rng = np.random.default_rng(seed)
    means = np.concatenate(
        [rng.multinomial(n, np.full(n, 1 / n), size=size) @ values / n for size in _chunks(draws, n)]
    )  # (draws, columns)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    return [Interval(*each) for each in zip(values.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)]


def _score(values: NDArray[np.float64]) -> Interval:
    """Wilson's score interval (1927) of a mean: whoever draws anew from twenty shoppers who found nothing sees nothing
    found each time, which says nothing of the next twenty.

    Of values that are not 0 or 1 it is that of a rate of finds of one size, with the same mean and variance.
    """
    n, mean = len(values), float(values.mean())
    size = float((values**2).sum() / values.sum()) if mean else 1.0
    rate, z = mean / size, NormalDist().inv_cdf((1 + LEVEL) / 2)
    middle = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * float(np.sqrt(max(rate * (1 - rate), 0.0) / n + z**2 / (4 * n**2)))
    return Interval(mean, min(max(size * (middle - half), 0.0), mean), max(min(size * (middle + half), 1.0), mean))


def differences(gaps: NDArray[np.float64], *, seed: int) -> list[Difference]:
    """Of (shoppers, comparisons), each the one system's value less the other's for the same shopper."""
    found = zip(_drawn(gaps, seed, DRAWS), permutation_p(gaps, seed=seed).tolist(), strict=True)
    return [Difference(interval, p) for interval, p in found]


def permutation_p(gaps: NDArray[np.float64], *, seed: int, draws: int = DRAWS) -> NDArray[np.float64]:
    """Paired sign-flipping test (Fisher 1935) of the column means of (shoppers, comparisons), two-sided.

    The smallest value is 1 / (draws + 1): chance was never seen to do as much.
    """
    n = len(gaps)
    rng = np.random.default_rng(seed)
    seen = np.abs(gaps.sum(axis=0))
    as_much = np.zeros(gaps.shape[1])
    for size in _chunks(draws, n):
        signs = rng.choice(np.array([-1.0, 1.0]), size=(size, n))
        as_much += (np.abs(signs @ gaps) >= seen - 1e-12).sum(axis=0)
    return (as_much + 1) / (draws + 1)


def _chunks(draws: int, n: int) -> list[int]:
    """Parts of the draws that keep an array of (part, n) within a few million numbers."""
    part = max(1, min(draws, 4_000_000 // max(n, 1)))
    return [min(part, draws - start) for start in range(0, draws, part)]

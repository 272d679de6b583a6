"""How sure a mean is, and whether two systems differ: shoppers are drawn anew, whole, so lists of one stay together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

DRAWS = 1_000
LEVEL = 0.95


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
    """Percentile bootstrap (Efron 1979) of the column means of (shoppers, columns)."""
    n = len(values)
    rng = np.random.default_rng(seed)
    means = np.concatenate(
        [rng.multinomial(n, np.full(n, 1 / n), size=size) @ values / n for size in _chunks(draws, n)]
    )  # (draws, columns)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    return [Interval(*each) for each in zip(values.mean(axis=0).tolist(), low.tolist(), high.tolist(), strict=True)]


def differences(gaps: NDArray[np.float64], *, seed: int) -> list[Difference]:
    """Of (shoppers, comparisons), each the one system's value less the other's for the same shopper."""
    found = zip(intervals(gaps, seed=seed), permutation_p(gaps, seed=seed).tolist(), strict=True)
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

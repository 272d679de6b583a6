"""What a step says of a product, given how often the shop itself put the product before people.

A shop that learns from the clicks on its own lists takes what it showed most for what is liked most, shows it more, and
narrows without serving anyone better (Chaney, Stewart and Engelhardt, "How algorithmic confounding in recommendation
systems increases homogeneity and decreases utility", RecSys 2018). So a step out of a list that the shop chose counts
by the inverse of how often its product was seen, as in Schnabel and others, "Recommendations as treatments", ICML 2016:
not how often it was chosen, but how often per look. Steps to products that people searched for count in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.ports.stores import Offered


@dataclass(frozen=True, slots=True)
class ExposureConfig:
    """Whether steps out of the shop's own lists count by how often the product was seen."""

    enabled: bool = True
    """Without impressions on record it makes no difference."""


def looks(shown: Iterable[Offered], row: Mapping[str, int]) -> NDArray[np.float64]:
    """(rows,) How often each product was looked at: a showing at place k, from 0, counts 1 / log2(k + 2)."""
    seen = np.zeros(len(row))
    for one in shown:
        if one.product in row:
            seen[row[one.product]] += one.shown / np.log2(one.position + 2)
    return seen


def thinned(steps: Sequences, seen: NDArray[np.float64]) -> Sequences:
    """The steps without some of those that began in the shop's own lists.

    One on a product that was looked at twice as often as the mean of those shown stays with probability 1/2; one on a
    product that was looked at less often stays. Steps are left out rather than weighed, so that every component learns
    from the same ones. The draw depends on the moment and the product alone: the same step always falls the same way.
    """
    if not seen.any():
        return steps
    chance = np.minimum(1.0, seen[seen > 0].mean() / np.maximum(seen, 1e-9))
    return steps.only(~steps.offered | (_draws(steps) < chance[steps.rows]))


def _draws(steps: Sequences) -> NDArray[np.float64]:
    """A number from 0 to 1 for each step: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    mixed = steps.at.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + steps.rows.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return (mixed ^ (mixed >> np.uint64(31))) / 2.0**64

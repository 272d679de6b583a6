"""Held-back steps as questions: what would this shopper turn to next, from what they did before?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.evidence import Trail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.features.history import Sequences

_NEWEST = 50


@dataclass(frozen=True, slots=True)
class Case:
    """A trail and the row that followed it."""

    trail: Trail
    target: int
    again: bool = False
    """The shopper had been there before."""


def cases(steps: Sequences, held: NDArray[np.int64], *, limit: int, seed: int) -> list[Case]:
    """Questions from up to `limit` held-back steps, drawn with the seed."""
    places = held
    if len(held) > limit:
        places = np.sort(np.random.default_rng(seed).choice(held, limit, replace=False))
    starts = steps.offsets[np.searchsorted(steps.offsets, places, side="right") - 1]
    found = []
    for place, start in zip(places.tolist(), starts.tolist(), strict=True):
        before = slice(max(start, place - _NEWEST), place)
        target = int(steps.rows[place])
        again = target in steps.rows[start:place]
        found.append(Case(Trail(steps.rows[before][::-1], steps.strength[before][::-1]), target, again))
    return found

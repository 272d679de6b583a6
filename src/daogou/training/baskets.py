"""Held-back baskets: the newest of each shopper, each with what was bought before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.features.history import STRENGTH
from daogou.retrieval import habits
from daogou.retrieval.repeat import Bought

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.features.history import Sequences

_NEWEST = 1_000
"""Purchases that an answer rests on."""


@dataclass(frozen=True, slots=True)
class Basket:
    """What is asked for, and what was bought before."""

    shopper: int
    wanted: NDArray[np.int32]
    """Each product once, by row."""
    at: int
    bought: Bought


def newest(steps: Sequences, most: int) -> NDArray[np.bool_]:
    """(steps,) Which are purchases of the `most` newest baskets of a shopper, but of no more than half of all."""
    held = np.zeros(len(steps), np.bool_)
    bought, ends = _purchases(steps)
    for low, high in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        if high - low < 2:
            continue
        visit = habits.visits(steps.at[bought[low:high]]).cumsum()
        held[bought[low:high]] = visit > visit[-1] - min(most, visit[-1] // 2)
    return held


def drawn(steps: Sequences, held: NDArray[np.bool_], *, shoppers: int, seed: int) -> list[Basket]:
    """The held-back baskets of so many shoppers at most."""
    bought, ends = _purchases(steps)
    asked = np.unique(np.searchsorted(steps.offsets, np.flatnonzero(held), side="right") - 1)
    if len(asked) > shoppers:
        asked = np.sort(np.random.default_rng(seed).choice(asked, shoppers, replace=False))
    found = []
    for shopper in asked.tolist():
        own = bought[ends[shopper] : ends[shopper + 1]]
        rows, at = steps.rows[own], steps.at[own]
        starts = np.flatnonzero(habits.visits(at))
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(own)], strict=True):
            if held[own[start]]:
                before = slice(max(0, start - _NEWEST), start)
                wanted = np.unique(rows[start:end])
                found.append(Basket(shopper, wanted, int(at[start]), Bought.of(rows[before], at[before])))
    return found


def _purchases(steps: Sequences) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of all purchases, and where among these each shopper's begin and end."""
    bought = np.flatnonzero(steps.strength == STRENGTH["purchase"])
    return bought, np.searchsorted(bought, steps.offsets)

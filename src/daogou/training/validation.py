"""Held-back steps as questions: what would this shopper turn to next, from what they did before?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.features.history import STRENGTH
from daogou.retrieval.evidence import Trail
from daogou.retrieval.ranking import Asker
from daogou.retrieval.repeat import BASKET_REST_DAYS, Bought

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
    opening: Asker | None = None
    """The shopper at the beginning of the visit, where they had bought something by then: the front page may offer what
    they buy again. In the midst of a visit nobody comes back to what they have just bought."""
    asker: Asker | None = None
    """The shopper at the moment of the step."""


def cases(steps: Sequences, held: NDArray[np.int64], *, limit: int, seed: int) -> list[Case]:
    """Questions from up to `limit` held-back steps, drawn with the seed; none from a rating of what was bought before,
    which nobody turned to for its own sake."""
    places = held
    if len(held) > limit:
        places = np.sort(np.random.default_rng(seed).choice(held, limit, replace=False))
    starts = steps.offsets[np.searchsorted(steps.offsets, places, side="right") - 1]
    found = []
    for place, start in zip(places.tolist(), starts.tolist(), strict=True):
        before = slice(max(start, place - _NEWEST), place)
        target = int(steps.rows[place])
        times = steps.at[before][::-1]
        trail = Trail(steps.rows[before][::-1], steps.strength[before][::-1]).at(times)
        bought = start + np.flatnonzero(steps.strength[start:place] == STRENGTH["purchase"])
        if steps.strength[place] == STRENGTH["rating"] and target in steps.rows[bought]:
            continue
        asker = Asker(trail, times, Bought.of(steps.rows[bought], steps.at[bought]), int(steps.at[place]))
        opening = _opening(steps, start, place, bought)
        found.append(Case(trail, target, target in steps.rows[start:place], opening, asker))
    return found


def _opening(steps: Sequences, start: int, place: int, bought: NDArray[np.int64]) -> Asker | None:
    at = int(steps.at[place])
    came = at - BASKET_REST_DAYS * DAY_MS
    end = start + int(np.searchsorted(steps.at[start:place], came))
    bought = bought[steps.at[bought] < came]
    if not len(bought):
        return None
    before = slice(max(start, end - _NEWEST), end)
    times = steps.at[before][::-1]
    trail = Trail(steps.rows[before][::-1], steps.strength[before][::-1]).at(times)
    return Asker(trail, times, Bought.of(steps.rows[bought], steps.at[bought]), at)

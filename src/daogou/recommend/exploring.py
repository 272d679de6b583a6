"""Exploration: now and then a place goes to a product that has not earned it yet, and the chance of that is on record.

Epsilon-greedy, place by place. Each place goes to the best product that is left, or with probability epsilon to any of
those left in the pool, all alike. The propensity of a place (given the places before it) is exact, so that what is
logged with it can be evaluated off-policy; the draw depends on who asks and on the hour, so a reload shows the same.
Whoever names neither shopper nor session may be anyone: there each request draws anew, or all would share one draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from daogou.domain.kinds import Kind
    from daogou.recommend.request import RecommendRequest

HOUR_MS = 3_600_000
POOL = 5
"""How many times k products may be drawn from."""


class Placed(NamedTuple):
    """A row in its place."""

    row: int
    propensity: float
    """The probability with which this row got this place, given those before it."""
    explored: bool
    """True where it is not the best that was left."""


def explore(order: Sequence[int], k: int, *, epsilon: float, random: np.random.Generator) -> list[Placed]:
    """Place k of the rows, which are given best first."""
    left = list(order)
    placed: list[Placed] = []
    while left and len(placed) < k:
        drawn = int(random.integers(len(left))) if random.random() < epsilon else 0
        propensity = epsilon / len(left) + (1 - epsilon if drawn == 0 else 0.0)
        placed.append(Placed(left.pop(drawn), propensity, drawn != 0))
    return placed


def epsilon_of(request: RecommendRequest, explored: Mapping[Kind, float]) -> float:
    """How much the answer to a request explores; a list the caller gave is only ranked."""
    return 0.0 if request.candidates is not None or not request.explore else explored.get(request.chosen(), 0.0)


def dice(request: RecommendRequest, at: int) -> np.random.Generator:
    """The draws of whoever asks in this hour; of nobody in particular, draws of its own for each request."""
    if request.shopper is None and request.session is None:
        return np.random.default_rng()
    asker = f"{request.shopper}|{request.session}|{request.chosen()}|{request.product}|{at // HOUR_MS}"
    return np.random.default_rng(int.from_bytes(hashlib.blake2b(asker.encode(), digest_size=8).digest(), "big"))

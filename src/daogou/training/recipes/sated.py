"""Sated: how many of those who bought of a kind turn to it in their next visit, and of those who only looked at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.domain.keys import once, runs
from daogou.features.history import STRENGTH
from daogou.retrieval.neighbours import blocks
from daogou.retrieval.repeat import BASKET_REST_DAYS, REST_DAYS
from daogou.retrieval.sated import Sated
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.retrieval.sated import SatedConfig

_STEPS = 500_000
"""Steps that are looked at in one go; each takes up to some fifty bytes."""


def fit(steps: Sequences, kinds: NDArray[np.int32], *, config: SatedConfig) -> tuple[Sated, dict[str, float]]:
    """Count it, and what it comes to. Raises Skip where there is nothing to compare, or nobody has enough of anything.

    `kinds`: (products,) the number of each one's kind, 0 for none.
    """
    if not config.enabled:
        raise Skip("switched off: [training.sated] enabled = false")
    had, came, looked, back = _counts(steps, kinds)
    if not had.any() or not back.any():
        raise Skip(
            "nothing to compare: nobody came again after buying, or nobody turned again to a kind only looked at"
        )
    usual = back.sum() / looked.sum()
    expected = had * (back + config.shrink) / (looked + config.shrink / usual)
    overall = (came.sum() + config.shrink) / (expected.sum() + config.shrink)
    worth = (came + config.shrink * overall) / (expected + config.shrink)
    worth = np.where(worth < 1 - config.least, worth, 1.0)
    worth[0] = 1.0
    found = {"sated.bought": float(came.sum() / had.sum()), "sated.looked": float(usual)}
    if not (worth[kinds] < 1).any():
        raise Skip(
            f"people come back to what they have bought: of those who bought of a kind {found['sated.bought']:.3f} "
            f"turned to it in their next visit, of those who only looked at it {usual:.3f}"
        )
    return Sated(worth[kinds].astype(np.float32), config), found | {"sated.worth": float(overall)}


def _counts(steps: Sequences, kinds: NDArray[np.int32]) -> NDArray[np.int64]:
    """(4, kinds) Visits in which each was bought, those of these with a next one that turns to it, and likewise visits
    in which it was only looked at.

    Shoppers are counted some at a time: the keys of all visits at once would be most of the memory of a training.
    """
    n = int(kinds.max(initial=0)) + 1
    found = np.zeros((2, 2, n), np.int64)
    for low, high in blocks(steps.offsets, _STEPS):
        kind, bought, again = _visits(steps.between(low, high), kinds, n)
        for place, mask in enumerate((bought, ~bought)):
            found[place] += [np.bincount(kind[mask], minlength=n), np.bincount(kind[mask & again], minlength=n)]
    return found.reshape(4, n)


def _visits(
    steps: Sequences, kinds: NDArray[np.int32], n: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Every kind of every visit that has a next one soon; was it bought in it? is it turned to in the next?"""
    actor = steps.who
    kept = ~_rated_purchases(actor, steps)
    actor, at, of = actor[kept], steps.at[kept], kinds[steps.rows[kept]]
    begins = np.ones(len(at), np.bool_)
    begins[1:] = (actor[1:] != actor[:-1]) | (np.diff(at) > BASKET_REST_DAYS * DAY_MS)
    visit, who, began = np.cumsum(begins) - 1, actor[begins], at[begins]
    followed = np.zeros(len(who), np.bool_)
    followed[:-1] = (who[1:] == who[:-1]) & (np.diff(began) < REST_DAYS * DAY_MS)
    told = once((visit * n + of) * 2 + (steps.strength[kept] != STRENGTH["purchase"]))  # a purchase before a look
    told = told[runs(told // 2)]
    keys, bought = told // 2, told % 2 == 0
    asked = followed[keys // n] & (keys % n > 0)
    following = keys[asked] + n
    again: NDArray[np.bool_] = keys.take(keys.searchsorted(following), mode="clip") == following
    return keys[asked] % n, bought[asked], again


def _rated_purchases(actor: NDArray[np.int64], steps: Sequences) -> NDArray[np.bool_]:
    """Which steps rate what the shopper had bought: nobody turned to it for its own sake."""
    keys = actor * (int(steps.rows.max(initial=0)) + 1) + steps.rows
    bought = np.flatnonzero(steps.strength == STRENGTH["purchase"])
    once, first = np.unique(keys[bought], return_index=True)  # the steps of each are in order of time
    if not len(once):
        return np.zeros(len(keys), np.bool_)
    place = once.searchsorted(keys)
    known = once.take(place, mode="clip") == keys
    before = bought[first.take(place, mode="clip")] < np.arange(len(keys))
    rated: NDArray[np.bool_] = (steps.strength == STRENGTH["rating"]) & known & before
    return rated

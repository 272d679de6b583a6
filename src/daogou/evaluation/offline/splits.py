"""Where the past ends: at one moment for all, at some later step of each shopper, or at the newest product of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from daogou.domain.errors import BadRequest
from daogou.domain.event import EventType
from daogou.domain.ids import Instant
from daogou.features.history import DEEDS, STRENGTH, rated_purchases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.ports.stores import EventColumns

SplitName = Literal["time", "next-step", "leave-one-out"]
READ: tuple[EventType, ...] = DEEDS
"""What is read of the log: all that a memory of a shopper is made of."""
_NEVER = np.iinfo(np.int64).max
_PRODUCTS = 3
"""A shopper's newest product is held out where they turned to at least so many."""


@dataclass(frozen=True, slots=True)
class Split:
    """A log and, for each of its actors, the moment from which everything is the future."""

    name: SplitName
    columns: EventColumns
    until: NDArray[np.int64]
    """(actors,), epoch milliseconds; an actor who is not asked about has the end of time."""
    trained: Instant | None = None
    """When training is over, where actors are asked about later; None: it knows all of everybody's past."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which events have happened when their actor is asked about."""
        mask: NDArray[np.bool_] = self.columns.at < self.until[self.columns.shopper]
        return mask

    @property
    def past(self) -> NDArray[np.bool_]:
        """Which events may be learnt from."""
        return self.known if self.trained is None else self.columns.at < self.trained

    @property
    def told(self) -> NDArray[np.bool_]:
        """Which events a memory of actors holds when they are asked about; of the others what may be learnt from."""
        asked: NDArray[np.bool_] = self.until[self.columns.shopper] != _NEVER
        return self.past | (self.known & asked)

    def ends(self) -> dict[str, int]:
        """Actor to the end of what is learnt of them."""
        ends = self.until if self.trained is None else np.minimum(self.until, self.trained)
        return dict(zip(self.columns.shoppers, ends.tolist(), strict=True))

    @property
    def moment(self) -> Instant:
        """The newest end of a past that is learnt from."""
        if self.trained is not None:
            return self.trained
        asked = self.until[self.until != _NEVER]
        return Instant(int(asked.max())) if len(asked) else Instant(0)


def time_split(columns: EventColumns, *, share: float = 0.2, at: Instant | None = None) -> Split:
    """Cut at `at`, or else so that the newest `share` of the events is the future. The protocol of a real shop.

    Raises BadRequest for a share that leaves no past or no future.
    """
    if not 0 < share < 1:
        raise BadRequest(f"the part of the events to hold out is {share}; it must be above 0 and below 1")
    if at is None:
        at = Instant(int(np.quantile(columns.at, 1 - share, method="nearest")) if len(columns.at) else 0)
    return Split("time", columns, np.full(len(columns.shoppers), at, np.int64))


def next_step(columns: EventColumns, *, share: float = 0.2, at: Instant | None = None, seed: int = 0) -> Split:
    """Train up to the moment of a `time_split`, then ask about one later step of each actor, drawn with the seed: steps
    within visits, at their beginnings and at their ends are asked for as often as they come. Raises as that does.

    A step is a product that the actor did not turn to just before; no rating of what they had bought is one.
    """
    trained = time_split(columns, share=share, at=at).moment
    place = np.argsort(columns.shopper, kind="stable")  # the columns are in order of time
    who, what = columns.shopper[place], columns.product[place]
    same = np.concatenate(([False], (who[1:] == who[:-1]) & (what[1:] == what[:-1])))[: len(place)]
    deeds = np.array([type in STRENGTH for type in columns.types], np.bool_)[columns.type] & ~rated_purchases(columns)
    steps = np.sort(place[~same & deeds[place] & (columns.at[place] >= trained)])
    steps = np.random.default_rng(seed).permutation(steps)
    actors, first = np.unique(columns.shopper[steps], return_index=True)
    until = np.full(len(columns.shoppers), _NEVER)
    until[actors] = columns.at[steps[first]]
    return Split("next-step", columns, until, trained)


def leave_one_out(columns: EventColumns) -> Split:
    """Cut where each actor first turned to the product that was newest to them.

    Common in papers, and kind to a recommender: it learns from other shoppers' later events.
    """
    pairs = columns.shopper.astype(np.int64) * max(len(columns.products), 1) + columns.product
    _, first = np.unique(pairs, return_index=True)  # the columns are in order of time
    actor = columns.shopper[first]
    newest = np.full(len(columns.shoppers), np.iinfo(np.int64).min)
    np.maximum.at(newest, actor, columns.at[first])
    enough = np.bincount(actor, minlength=len(columns.shoppers)) >= _PRODUCTS
    return Split("leave-one-out", columns, np.where(enough, newest, _NEVER))


def only(columns: EventColumns, mask: NDArray[np.bool_]) -> EventColumns:
    """These events as if no others had ever been: names, numbers and `last_seq` say nothing of the rest."""
    shopper, shoppers = _renumbered(columns.shopper[mask], columns.shoppers)
    product, products = _renumbered(columns.product[mask], columns.products)
    return replace(
        columns,
        shoppers=shoppers,
        products=products,
        shopper=shopper,
        product=product,
        type=columns.type[mask],
        at=columns.at[mask],
        value=columns.value[mask],
        offered=columns.offered[mask],
        last_seq=int(np.count_nonzero(mask)),
    )


def _renumbered(codes: NDArray[np.int32], names: tuple[str, ...]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Codes counted anew in order of first appearance, with their names."""
    found, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(found), np.int32)
    place[order] = np.arange(len(found), dtype=np.int32)
    return place[inverse], tuple(names[code] for code in found[order].tolist())

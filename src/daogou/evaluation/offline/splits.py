"""Where the past ends: at one moment for all, or at the newest product of each shopper."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from daogou.domain.errors import BadRequest
from daogou.domain.event import EventType
from daogou.domain.ids import Instant
from daogou.features.history import DEEDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.ports.stores import EventColumns

SplitName = Literal["time", "leave-one-out"]
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

    @property
    def past(self) -> NDArray[np.bool_]:
        """Which events may be learnt from."""
        mask: NDArray[np.bool_] = self.columns.at < self.until[self.columns.shopper]
        return mask

    def ends(self) -> dict[str, int]:
        """Actor to the end of their past."""
        return dict(zip(self.columns.shoppers, self.until.tolist(), strict=True))

    @property
    def moment(self) -> Instant:
        """The newest end of a past."""
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

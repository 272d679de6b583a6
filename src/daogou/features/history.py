"""What is remembered of each actor: the steps they took, what they bought, what lies in their basket.

One definition for both uses. `History.take` changes the memory by one live event; `sequences` builds the same steps for
every actor at once from the columns of the log. A test holds the two equal.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.domain.event import EventType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from daogou.ports.stores import EventColumns

STRENGTH: Mapping[EventType, float] = {
    "view": 1.0, "click": 1.0, "rating": 1.5, "thumb": 1.5, "cart": 1.5, "purchase": 2.0,
}  # fmt: skip
"""How much a step of each type says about taste. Other types are no steps."""
STEP_TYPES: tuple[EventType, ...] = tuple(STRENGTH)
STRENGTHS: NDArray[np.float32] = np.array(list(STRENGTH.values()), np.float32)
"""The same in the order of STEP_TYPES."""
DEEDS: tuple[EventType, ...] = (*STEP_TYPES, "return", "remove_from_cart")
"""What changes a memory."""
_CHOSEN: frozenset[EventType] = frozenset({"rating", "thumb", "cart", "purchase"})
"""Liked acts that take back an earlier dislike; a look does not."""
_PLACE: Mapping[EventType, int] = {type: place for place, type in enumerate(STEP_TYPES)}
KEPT = 100
"""Steps remembered of an actor; older ones are forgotten."""


class Step(NamedTuple):
    """One product an actor turned to; events on the same product in a row are one step."""

    row: int
    at: int
    """Moment of the first event of the step, epoch milliseconds."""
    type: EventType
    """The strongest of its events, the first of equals."""


class StepColumns(NamedTuple):
    """Steps in columns."""

    rows: NDArray[np.int32]
    types: NDArray[np.uint8]
    """What was done, as a place in STEP_TYPES."""
    at: NDArray[np.int64]
    """Moment of the first event of the step, epoch milliseconds."""

    @classmethod
    def done(cls, rows: NDArray[np.int32], type: EventType, at: int) -> StepColumns:
        """The same done with all of these, newest first, a millisecond apart; the first at this moment."""
        return cls(rows, np.full(len(rows), _PLACE[type], np.uint8), at - np.arange(len(rows), dtype=np.int64))

    def taken(self, places: slice | NDArray[np.integer]) -> StepColumns:
        """Some of them, or all in another order."""
        return StepColumns(self.rows[places], self.types[places], self.at[places])


class Taken(NamedTuple):
    """What an event changed."""

    began: bool = False
    """It began a new step."""
    gained: float = 0.0
    """Strength it added to its step."""


_NOTHING = Taken()


class Steps:
    """The newest steps of an actor, oldest first, in 13 bytes each: objects took ten times as much, and made the
    garbage collector come more often."""

    __slots__ = ("_at", "_rows", "_types")

    def __init__(self) -> None:
        self._rows = array("i")
        self._at = array("q")
        self._types = bytearray()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Step]:
        return map(Step, self._rows, self._at, (STEP_TYPES[type] for type in self._types))

    def rows(self) -> Sequence[int]:
        """Not a copy."""
        return self._rows

    def moments(self) -> Sequence[int]:
        """Of the first event of each step, epoch milliseconds. Not a copy."""
        return self._at

    def columns(self) -> StepColumns:
        """All of them, oldest first."""
        return StepColumns(
            np.array(self._rows, np.int32), np.array(self._types, np.uint8), np.array(self._at, np.int64)
        )

    def add(self, row: int, at: int, type: EventType) -> None:
        """Begin one more; the oldest is forgotten where there are too many."""
        if len(self._rows) == KEPT:
            del self._rows[0], self._at[0], self._types[0]
        self._rows.append(row)
        self._at.append(at)
        self._types.append(_PLACE[type])

    def strengthen(self, type: EventType) -> float:
        """Take in another event of the newest step; returns the strength it adds."""
        gained = STRENGTH[type] - STRENGTH[STEP_TYPES[self._types[-1]]]
        if gained <= 0:
            return 0.0
        self._types[-1] = _PLACE[type]
        return gained


class Purchases:
    """What an actor bought: one row and one moment for each purchase."""

    __slots__ = ("_at", "_ordered", "_rows")

    def __init__(self) -> None:
        self._rows = array("i")
        self._at = array("q")
        self._ordered = True

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: int, at: int) -> None:
        """Remember one more."""
        self._rows.append(row)
        self._at.append(at)
        self._ordered = False

    def columns(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Rows, ascending, and the moments in epoch milliseconds, those of one row ascending too."""
        rows, at = np.array(self._rows, np.int32), np.array(self._at, np.int64)
        if not self._ordered:  # once after each purchase, not for each answer
            order = np.lexsort((at, rows))
            rows, at = rows.take(order), at.take(order)
            self._rows, self._at, self._ordered = array("i", rows.tobytes()), array("q", at.tobytes()), True
        return rows, at


@dataclass(slots=True)
class History:
    """The memory of one actor."""

    steps: Steps = field(default_factory=Steps)
    bought: Purchases = field(default_factory=Purchases)
    basket: dict[int, int] = field(default_factory=dict)
    """Rows put in the basket and neither bought nor taken out since, with the moment they were put there last."""
    rejected: set[int] = field(default_factory=set)
    """Rows the actor returned, rated two stars or less, or gave a thumb down, and since then neither praised nor chose
    again: they do not come back."""
    newest: int = 0
    """The latest moment of what was taken in."""

    def lying(self, since: int) -> list[int]:
        """The rows put in the basket at or after a moment; of those before it nobody knows whether they lie there."""
        return [row for row, at in self.basket.items() if at >= since]

    def take(self, row: int, type: EventType, at: int, value: float | None = None) -> Taken:
        """Change the memory by one event."""
        self.newest = max(self.newest, at)
        if type == "purchase":
            self.bought.add(row, at)
        if type in {"purchase", "remove_from_cart"}:
            self.basket.pop(row, None)
        elif type == "cart":
            self.basket[row] = at
        if not liked(type, value):
            if type in {"return", "rating", "thumb"}:
                self.rejected.add(row)
            return _NOTHING
        if type in _CHOSEN:
            self.rejected.discard(row)
        if self.steps and self.steps.rows()[-1] == row:
            return Taken(gained=self.steps.strengthen(type))
        self.steps.add(row, at, type)
        return Taken(began=True, gained=STRENGTH[type])


def liked(type: EventType, value: float | None) -> bool:
    """Does the event speak for the product: a step, unless it is a low rating or a thumb down."""
    if type == "rating":
        return value is None or not value < 3  # neither is a number that is none
    if type == "thumb":
        return value is None or not value <= 0
    return type in STRENGTH


@dataclass(frozen=True, slots=True)
class Sequences:
    """The steps of all actors, one actor after the other, each oldest first."""

    actors: tuple[str, ...]
    """As the event log names them; actors without a step have an empty range."""
    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    at: NDArray[np.int64]
    strength: NDArray[np.float32]
    offered: NDArray[np.bool_]
    """True for steps that began in a list that the shop chose."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def who(self) -> NDArray[np.int64]:
        """(steps,) Whose step each is, as a place in `actors`."""
        return np.repeat(np.arange(len(self.actors)), np.diff(self.offsets))

    @property
    def newest(self) -> NDArray[np.int64]:
        """The places of the newest step of every actor who has at least three."""
        return self.offsets[1:][np.diff(self.offsets) >= 3] - 1

    def without(self, places: NDArray[np.int64]) -> Sequences:
        """These without the steps in some places."""
        kept = np.ones(len(self), np.bool_)
        kept[places] = False
        return self.only(kept)

    def between(self, low: int, high: int) -> Sequences:
        """The steps of the actors from one to before another; nothing is copied."""
        offsets = self.offsets[low : high + 1]
        here = slice(offsets[0], offsets[-1])
        return Sequences(
            self.actors[low:high],
            offsets - offsets[0],
            self.rows[here],
            self.at[here],
            self.strength[here],
            self.offered[here],
        )

    def only(self, kept: NDArray[np.bool_]) -> Sequences:
        """These without the others of their steps."""
        offsets = np.concatenate(([0], np.cumsum(kept)))[self.offsets]
        return Sequences(self.actors, offsets, self.rows[kept], self.at[kept], self.strength[kept], self.offered[kept])


def sequences(columns: EventColumns, row: Mapping[str, int], *, newest: int = 2_000) -> Sequences:
    """Build every actor's steps from the log; events on products without a row are left out.

    At most the `newest` steps of an actor are kept, so that one robot cannot dominate a fit. What happened in one
    moment, as the lines of an order do, is put in an order of chance, the same in every training: that of the log may
    be by product number, and nothing is to be learnt from it.
    """
    rows = np.array([row.get(product, -1) for product in columns.products], np.int32)[columns.product]
    strength = np.array([STRENGTH.get(type, 0.0) for type in columns.types], np.float32)[columns.type]  # type: ignore[call-overload]
    counts = (rows >= 0) & (strength > 0) & ~_disliked(columns)
    order = np.flatnonzero(counts)
    order = order[np.argsort(columns.shopper[order], kind="stable")]
    order = _by_chance_in_a_moment(order, columns, rows)
    actor, rows, strength = columns.shopper[order], rows[order], strength[order]
    starts = np.flatnonzero(np.concatenate(([True], (actor[1:] != actor[:-1]) | (rows[1:] != rows[:-1])))[: len(order)])
    strongest = np.maximum.reduceat(strength, starts) if len(starts) else strength
    from_end = np.concatenate((np.cumsum(np.bincount(actor[starts], minlength=len(columns.shoppers))), [0]))
    recent = from_end[actor[starts]] - np.arange(len(starts)) <= newest
    starts, strongest = starts[recent], strongest[recent]
    lengths = np.bincount(actor[starts], minlength=len(columns.shoppers))
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    first = order[starts]
    return Sequences(columns.shoppers, offsets, rows[starts], columns.at[first], strongest, columns.offered[first])


def _by_chance_in_a_moment(
    order: NDArray[np.int64], columns: EventColumns, rows: NDArray[np.int32]
) -> NDArray[np.int64]:
    """The same places of the log, those of one actor and moment as a hash has them: by row, and each time another."""
    actor, at = columns.shopper[order], columns.at[order]
    new = np.concatenate(([True], (actor[1:] != actor[:-1]) | (at[1:] != at[:-1])))[: len(order)]
    moment = np.cumsum(new)
    tied = np.flatnonzero(np.bincount(moment)[moment] > 1)
    if not len(tied):
        return order
    mixed = rows[order[tied]].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= moment[tied].astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0x94D049BB133111EB)
    found = order.copy()
    found[tied] = order[tied[np.lexsort((mixed >> np.uint64(1), moment[tied]))]]
    return found


def rated_purchases(columns: EventColumns) -> NDArray[np.bool_]:
    """Which events rate what the same actor had bought before: a word on the purchase, often weeks later, and no
    wish to see the product again."""
    rated, bought = (np.flatnonzero(columns.type == columns.types.index(type)) for type in ("rating", "purchase"))
    pairs = columns.shopper.astype(np.int64) * max(len(columns.products), 1) + columns.product
    known, first = np.unique(pairs[bought], return_index=True)  # the columns are in order of time
    mask = np.zeros(len(pairs), bool)
    if len(known):
        place = np.minimum(np.searchsorted(known, pairs[rated]), len(known) - 1)
        mask[rated] = (known[place] == pairs[rated]) & (bought[first[place]] < rated)
    return mask


def _disliked(columns: EventColumns) -> NDArray[np.bool_]:
    type_of = {type: place for place, type in enumerate(columns.types)}
    rated, thumbed = columns.type == type_of["rating"], columns.type == type_of["thumb"]
    mask: NDArray[np.bool_] = (rated & (columns.value < 3)) | (thumbed & (columns.value <= 0))
    return mask

"""What speaks for products: entries that say which cause adds how much to which row, so that every score can be taken
apart again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.retrieval.candidates import Candidates

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_CAUSE = -1
"""The cause of entries that rest on no step of the trail, such as popularity."""


TIED = 2
"""How many times as many steps speak as were asked for, at most, where many are of one moment: each takes time."""


class Ties(NamedTuple):
    """Steps of one moment, which may have come in any order: each has the mean weight of the places they take."""

    first: NDArray[np.int32]
    """For each step the newest place of those of its moment;"""
    end: NDArray[np.int32]
    """where the places end that speak;"""
    size: NDArray[np.int32]
    """and how many they are."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What the answer may rest on: rows a shopper touched (or a basket, or one product), newest first."""

    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    """How much each step says: 1 for a look, more for a purchase."""
    ties: Ties | None = None
    """None where each step has a moment of its own."""
    _newest: dict[int, Trail] = field(default_factory=dict, repr=False, compare=False)
    """What was asked before: most sources look at the same newest steps,"""
    _faded: dict[float, NDArray[np.float32]] = field(default_factory=dict, repr=False, compare=False)
    """and let them fade alike."""

    @classmethod
    def of(cls, rows: Iterable[int], weights: Iterable[float] | None = None) -> Trail:
        """A trail from plain numbers; every weight is 1 unless given."""
        array = np.fromiter(rows, np.int32)
        return cls(array, np.ones(len(array), np.float32) if weights is None else np.fromiter(weights, np.float32))

    def at(self, times: NDArray[np.int64]) -> Trail:
        """The same with the moment of each step: the order of those of one moment says nothing."""
        return Trail(self.rows, self.weights, _ties(times))

    def __len__(self) -> int:
        return len(self.rows)

    def faded(self, recency: float) -> NDArray[np.float32]:
        """The weights, each times recency ** (its place, newest 0)."""
        found = self._faded.get(recency)
        if found is None:
            found = self._faded[recency] = self.weights * self._fading(recency)
            found.flags.writeable = False
        return found

    def newest(self, n: int) -> Trail:
        """The newest n steps; where the last of them has others of its moment beside it, these too, all for less, up to
        `TIED` times as many."""
        if len(self) <= n:
            return self
        found = self._newest.get(n)
        if found is None:
            found = self._newest[n] = self._until(n)
        return found

    def _fading(self, recency: float) -> NDArray[np.float32]:
        if self.ties is None:
            return _powers(recency, len(self.rows))
        until = _sums(recency, int(self.ties.end.max(initial=0)))
        first, end, size = self.ties
        return np.asarray((until.take(end) - until.take(first)) / size, np.float32)

    def _until(self, n: int) -> Trail:
        if self.ties is None:
            return Trail(self.rows[:n], self.weights[:n])
        first, end, size = self.ties
        kept = min(int(np.searchsorted(first, n)), TIED * n)
        return Trail(self.rows[:kept], self.weights[:kept], Ties(first[:kept], np.minimum(end[:kept], n), size[:kept]))


def _ties(times: NDArray[np.int64]) -> Ties | None:
    """Which steps share a moment, newest first; None where none do."""
    alone = times[1:] != times[:-1]
    if alone.all():
        return None
    starts = np.concatenate(([0], alone.nonzero()[0] + 1, [len(times)])).astype(np.int32)
    size: NDArray[np.int32] = starts[1:] - starts[:-1]
    return Ties(starts[:-1].repeat(size), starts[1:].repeat(size), size.repeat(size))


@lru_cache(maxsize=1024)
def _powers(base: float, n: int) -> NDArray[np.float32]:
    """(n,) base ** 0, 1, 2, …"""
    found = np.float32(base) ** np.arange(n, dtype=np.float32)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=1024)
def _sums(base: float, n: int) -> NDArray[np.float32]:
    """(n + 1,) the sum of the first 0, 1, 2, … powers."""
    found = np.concatenate(([0], np.cumsum(_powers(base, n)))).astype(np.float32)
    found.flags.writeable = False
    return found


PartsOf = Callable[["NDArray[np.int32]"], "NDArray[np.float32]"]
"""From rows to (rows, steps): which part of a row's value each step of the trail has."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Entries of equal length: the score of a row is the sum of its entries' values."""

    rows: NDArray[np.int32]
    values: NDArray[np.float32]
    causes: NDArray[np.int32]
    """Index of the step in the trail, or NO_CAUSE."""
    parts_of: PartsOf | None = None
    """Where it is given, an entry is the sum of what all steps add and `causes` says nothing: a source of which each
    step has a part in each row is taken apart for the rows that are shown, not for all it finds."""

    @classmethod
    def none(cls) -> Evidence:
        return cls(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int32))

    @classmethod
    def uncaused(cls, found: Candidates) -> Evidence:
        """Candidates that no step is behind."""
        return cls(found.rows, found.scores, np.full(len(found), NO_CAUSE, np.int32))

    @classmethod
    def join(cls, parts: Sequence[Evidence]) -> Evidence:
        """All entries of all parts."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls.none()
        parts = [part.apart() for part in parts]
        return cls(
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.causes for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.rows)

    def times(self, weight: float) -> Evidence:
        """The same entries with every value scaled."""
        return Evidence(self.rows, self.values * np.float32(weight), self.causes, self.parts_of)

    def kept(self, mask: NDArray[np.bool_]) -> Evidence:
        """The entries where the mask holds."""
        here = mask.nonzero()[0]
        return Evidence(self.rows.take(here), self.values.take(here), self.causes.take(here), self.parts_of)

    def apart(self) -> Evidence:
        """The same with an entry of its own for each cause."""
        if self.parts_of is None:
            return self
        values = self.parts_of(self.rows) * self.values[:, None]  # (entries, steps)
        entry, cause = np.nonzero(values)
        return Evidence(self.rows.take(entry), values[entry, cause], cause.astype(np.int32))

    def totals(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Each row once, ascending, with its score."""
        return totals(self.rows, self.values)

    def best(self, k: int) -> Candidates:
        """The k rows with the highest positive scores; ties in order of row."""
        rows, scores = self.totals()
        return Candidates.best(scores, k, rows=rows)

    def shares(self, row: int) -> list[tuple[int, float]]:
        """The causes of one row with their parts of its score, largest first; the parts add up to 1."""
        found = self.kept(self.rows == row).apart()
        after, parts = totals(found.causes - NO_CAUSE, found.values)  # keys are not negative
        whole = float(parts.sum())
        if whole <= 0:
            return []
        order = np.argsort(-parts, kind="stable")
        return [(int(after[i]) + NO_CAUSE, float(parts[i]) / whole) for i in order]


def totals(keys: NDArray[np.int32], values: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Sum values by key; keys come back ascending. They are added in the order of the input, so sums are reproducible.

    Memory goes with the largest key: keys are rows, steps or histories, none of them negative.
    """
    once, place = distinct(keys)
    return once, np.bincount(place, values, len(once)).astype(np.float32)


def distinct(
    keys: NDArray[np.int32], allowed: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Each key once, ascending, and for each entry the place of its key among them.

    `allowed`: only these keys (a mask); entries of others have the place behind the last. Does not sort the entries:
    each writes its place under its key, and the one that can be read back is the key's.
    """
    if len(keys) == 0:
        return np.empty(0, np.int32), np.empty(0, np.int32)
    under = _board(int(keys.max()) + 1)
    here = np.arange(len(keys), dtype=np.int32)
    at = keys.astype(np.intp)  # once, not in each of the three steps
    under[at] = here
    once = keys.compress(under.take(at) == here)
    once.sort()
    if allowed is not None and not (kept := allowed.take(once)).all():
        once, others = once.take(kept.nonzero()[0]), once.take((~kept).nonzero()[0])
        under[others] = len(once)
    under[once] = here[: len(once)]
    place = under.take(at)
    _boards.append(under)
    return once, place


def place_among(keys: NDArray[np.int32], asked: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each asked key its first place among the keys, -1 where it is none of them."""
    if len(keys) == 0 or len(asked) == 0:
        return np.full(len(asked), -1, np.int32)
    under = _board(int(max(keys.max(), asked.max())) + 1)
    under[asked] = -1
    under[keys[::-1]] = np.arange(len(keys) - 1, -1, -1, dtype=np.int32)
    place = under.take(asked)
    _boards.append(under)
    return place


def times_among(keys: NDArray[np.int32], asked: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each asked key how often it stands among the keys."""
    if len(keys) == 0 or len(asked) == 0:
        return np.zeros(len(asked), np.int32)
    under = _board(int(max(keys.max(), asked.max())) + 1)
    under[asked] = 0
    np.add.at(under, keys, np.int32(1))  # of what is not asked for, on top of whatever stood there
    times = under.take(asked)
    _boards.append(under)
    return times


_boards: list[NDArray[np.int32]] = []
"""Places to write under a key that nobody writes in now: as many as there ever were threads at it at one moment, not as
many as there are threads. Nothing is read from one that was not written just before."""


def _board(size: int) -> NDArray[np.int32]:
    """At least so many places, for one thread alone; it gives them back."""
    try:
        board = _boards.pop()
    except IndexError:
        return np.empty(2 * size, np.int32)
    return board if len(board) >= size else np.empty(2 * size, np.int32)


def gather(offsets: NDArray[np.int64], wanted: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Positions of all entries of the wanted slices, and for each the index of the slice it came from."""
    return spans(offsets.take(wanted), offsets.take(wanted + 1))


def spans(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """All positions from each start up to its end, one span after the other, and for each the index of its span."""
    lengths = ends - starts
    until = lengths.cumsum()
    positions = (starts - until + lengths).repeat(lengths)
    positions += np.arange(len(positions))
    return positions, np.arange(len(starts), dtype=np.int32).repeat(lengths)

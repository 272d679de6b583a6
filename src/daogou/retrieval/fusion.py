"""Fusion of several sources into one score that can still be taken apart.

Each source is divided by its usual best score (measured once, on validation requests) so that sources are comparable,
then weighed, more or less for products with few or with many events, and less where the step behind an entry is on a
product of which much is known otherwise. All of it is linear: what an entry adds to the fused score does not depend on
the other entries.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from daogou.retrieval.evidence import NO_CAUSE, Evidence, PartsOf, distinct

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


_FILE = "fusion.json"


@dataclass(frozen=True)
class Fusion:
    """What each source is worth."""

    weights: Mapping[str, float] = field(default_factory=dict)
    """By source name; a source that is not named does not speak."""
    scales: Mapping[str, float] = field(default_factory=dict)
    """Usual best score of each source; 1 where not named."""
    bands: tuple[int, ...] = ()
    """Ascending: a product with up to bands[0] events is in band 0, one with more than the last is in the last band."""
    by_band: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """For each source what its weight is multiplied with in each band; a source that is not named keeps its weight."""
    fading: Mapping[str, float] = field(default_factory=dict)
    """For some sources the power of 1 + the events of the step behind an entry by which the entry is divided: what
    people did with a product tells more of what comes next the more of them there are, its words always the same."""
    seen: float = 1.0
    """What the score of a product that the shopper has been at is multiplied with."""
    rests: bool = True
    """What was bought lately is not recommended for some time; not where people buy the same again before."""
    coming_back: float | None = None
    """The weight of what is popular for somebody who comes back, at the beginning of a visit; None: as always."""

    def save(self, folder: Path) -> None:
        """Write it down."""
        (folder / _FILE).write_bytes(msgspec.json.encode(self))

    @classmethod
    def load(cls, folder: Path) -> Fusion:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=cls)

    def factor(self, source: str) -> float:
        """What a source's values are multiplied with."""
        return self.weights.get(source, 0.0) / (self.scales.get(source, 1.0) or 1.0)

    def fuse(
        self,
        found: Mapping[str, Evidence],
        events: NDArray[np.floating] | None = None,
        seen: NDArray[np.int32] | None = None,
        allowed: NDArray[np.bool_] | None = None,
    ) -> Fused:
        """Put the sources' entries into one list, each remembering its source.

        `events`: how many events each row has, where bands and fading are to be regarded; rows past its end have none.
        `seen`: the rows that the shopper has been at, which the causes of entries stand for. `allowed`: only entries of
        these rows (a mask) are kept.
        """
        names = tuple(name for name, evidence in found.items() if len(evidence) and self.factor(name) > 0)
        parts = [found[name] for name in names]
        if not parts:
            return Fused.of((), Evidence.none(), np.empty(0, np.int32))
        if events is not None and seen is not None:
            powers = [self.fading.get(name, 0.0) for name in names]
            parts = [faded(part, seen, events, power) for part, power in zip(parts, powers, strict=True)]
        # as they stand, also of sources that can be taken apart further
        rows, values, causes = (
            np.concatenate(columns)
            for columns in zip(*((part.rows, part.values, part.causes) for part in parts), strict=True)
        )
        sources = np.arange(len(names), dtype=np.int32).repeat([len(part) for part in parts])
        if allowed is not None and 2 * np.count_nonzero(allowed) < len(allowed):  # few are left: without the others
            kept = allowed.take(rows).nonzero()[0]
            rows, values, causes, sources = (column.take(kept) for column in (rows, values, causes, sources))
        once, place = distinct(rows, allowed)
        values = values * self._worth(names, sources, once, place, events)
        if seen is not None and len(seen) and self.seen != 1:
            factors = np.ones(len(once) + 1, np.float32)
            factors[places_of(seen, once)] = self.seen
            values *= factors.take(place)
        parted = {number: part.parts_of for number, part in enumerate(parts) if part.parts_of is not None}
        return Fused(names, Evidence(rows, values, causes), sources, once, place, parted)

    def _worth(
        self,
        names: tuple[str, ...],
        sources: NDArray[np.int32],
        once: NDArray[np.int32],
        place: NDArray[np.int32],
        events: NDArray[np.floating] | None,
    ) -> NDArray[np.float32]:
        """What each entry's value is multiplied with."""
        if events is None or not len(once) or not any(name in self.by_band for name in names):
            return np.array([self.factor(name) for name in names], np.float32).take(sources)
        table = self._by_band.get(names)
        if table is None:
            table = self._by_band[names] = np.concatenate([self._in_bands(name) for name in names])
        cell = sources * np.int32(len(self.bands) + 1)
        cell += band_of(once, events, self.bands).take(place, mode="clip")
        return table.take(cell)

    def _in_bands(self, name: str) -> NDArray[np.float32]:
        """What a source's values are multiplied with in each band."""
        leaning = self.by_band.get(name, (1.0,) * (len(self.bands) + 1))
        return np.float32(self.factor(name)) * np.array(leaning, np.float32)

    @cached_property
    def _by_band(self) -> dict[tuple[str, ...], NDArray[np.float32]]:
        """For sources side by side what their values are multiplied with in each band, as far as it was asked for."""
        return {}


def faded(evidence: Evidence, trail: NDArray[np.int32], events: NDArray[np.floating], power: float) -> Evidence:
    """The entries divided by (1 + the events of the step behind each) ** power; those without a cause stay.

    `trail`: the rows of the steps. `events`: by row; rows past the end have none.
    """
    if power == 0 or not len(evidence) or not len(events):
        return evidence
    evidence = evidence.apart()
    known = events.take(trail, mode="clip")
    known[trail >= len(events)] = 0.0
    worth = np.ones(len(trail) + 1, np.float32)  # NO_CAUSE is the place of the last one
    worth[:-1] = (1.0 + known) ** -power
    return Evidence(evidence.rows, evidence.values * worth.take(evidence.causes, mode="wrap"), evidence.causes)


def band_of(rows: NDArray[np.int32], events: NDArray[np.floating], bands: Sequence[int]) -> NDArray[np.int32]:
    """The band of each row by its events; rows past the end of `events` have none."""
    if not len(events) or not bands:
        return np.zeros(len(rows), np.int32)
    counted = events.take(rows, mode="clip")
    counted[rows >= len(events)] = 0
    found: NDArray[np.int32] = _bands(tuple(bands)).take(np.ceil(counted).astype(np.int32), mode="clip")
    return found


@lru_cache(maxsize=64)
def _bands(edges: tuple[int, ...]) -> NDArray[np.int32]:
    """The band of 0, 1, 2, … events, up to the first number in the last band."""
    return np.asarray(np.searchsorted(edges, np.arange(edges[-1] + 2)), np.int32)


def places_of(rows: NDArray[np.int32], once: NDArray[np.int32]) -> NDArray[np.int64]:
    """The place of each row among others, ascending; behind the last where it is none of them."""
    place = once.searchsorted(rows)
    if len(once):
        place[once.take(place, mode="clip") != rows] = len(once)
    return place


class Contribution(NamedTuple):
    """What one cause adds to a row through one source."""

    source: str
    cause: int
    """Index of the step in the trail, or NO_CAUSE."""
    value: float


@dataclass(frozen=True)
class Fused:
    """Entries of all sources on one scale, and what was added to whole rows afterwards."""

    names: tuple[str, ...]
    """Of the sources of entries, then of the changes."""
    evidence: Evidence
    sources: NDArray[np.int32]
    """Index into `names`, one for each entry."""
    rows: NDArray[np.int32]
    """Each row once, ascending."""
    place: NDArray[np.int32]
    """The place of each entry's row among `rows`; behind the last for one that may not be shown."""
    parted: Mapping[int, PartsOf] = field(default_factory=dict)
    """How the entries of some sources (indices into `names`) are taken apart, where they are sums."""
    changes: tuple[NDArray[np.float32], ...] = ()
    """(rows,) What each of the last sources adds, without a cause."""

    @classmethod
    def of(
        cls,
        names: tuple[str, ...],
        evidence: Evidence,
        sources: NDArray[np.int32],
        parted: Mapping[int, PartsOf] | None = None,
    ) -> Fused:
        """Entries of rows that may all be shown."""
        return cls(names, evidence, sources, *distinct(evidence.rows), parted or {})

    @cached_property
    def totals(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Each row once, ascending, with its score."""
        return self.rows, self._sums.astype(np.float32)

    @cached_property
    def _sums(self) -> NDArray[np.float64]:
        sums = np.bincount(self.place, self.evidence.values, len(self.rows))[: len(self.rows)].astype(np.float64)
        for change in self.changes:
            sums += change
        return sums

    def weighed(self, source: str, rows: NDArray[np.bool_], factor: float) -> Fused:
        """The same with the score of some rows (a mask) multiplied; the difference is an entry of its own source."""
        return self.scaled(source, np.where(rows[self.rows], np.float32(factor), np.float32(1)))

    def scaled(self, source: str, factors: NDArray[np.float32]) -> Fused:
        """The same with the score of each row of `totals` multiplied with its factor; the differences are what a
        source of their own adds."""
        change = self.totals[1] * (factors - 1)
        scaled = replace(self, names=(*self.names, source), changes=(*self.changes, change))
        scaled.__dict__["_sums"] = self._sums + change  # as good as counted again
        return scaled

    def by_source(self, places: NDArray[np.int64], names: Sequence[str]) -> NDArray[np.float32]:
        """(sources, rows) what the entries of each of the named sources add to the rows in these different places of
        `totals`."""
        column = self._columns(places)
        here = (column >= 0).nonzero()[0]
        line = np.array([names.index(name) if name in names else len(names) for name in self.names])
        shape = (len(names) + 1, len(places))  # the last line is for sources that are not asked for
        cell = line.take(self.sources.take(here)) * shape[1] + column.take(here)
        parts = np.bincount(cell, self.evidence.values.take(here), math.prod(shape)).reshape(shape)
        return parts[:-1].astype(np.float32)

    def of_source(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The place in `totals` of every entry of one source, and its value; nothing where it does not speak."""
        source = self.names.index(name) if name in self.names else len(self.names)
        here = ((self.sources == source) & (self.place < len(self.rows))).nonzero()[0]
        return self.place.take(here), self.evidence.values.take(here)

    def silenced(self, source: str) -> Fused:
        """The same without one source."""
        number = self.names.index(source) if source in self.names else len(self.names)
        kept = (self.sources != number) & (self.place < len(self.rows))
        changes = [change * (place != number) for place, change in self._changed()]
        left = np.bincount(self.place[kept], minlength=len(self.rows)) > 0
        for change in changes:
            left |= change != 0
        place = (np.cumsum(left) - 1).astype(np.int32)
        return Fused(
            self.names,
            self.evidence.kept(kept),
            self.sources[kept],
            self.rows[left],
            place.take(self.place[kept]),
            self.parted,
            tuple(change[left] for change in changes),
        )

    def parts(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """(rows, sources, causes): what each source adds to each of the different rows because of each cause.

        The last place stands for NO_CAUSE. What a row is made of adds up to its score; a row that nothing speaks for
        has nothing.
        """
        asked = np.array(rows, np.int32)
        places = places_of(asked, self.rows)
        line = self._columns(places)
        here = (line >= 0).nonzero()[0]
        causes = self.evidence.causes.take(here)
        apart = {source: parts_of(asked) for source, parts_of in self.parted.items()}
        width = 1 + max(1 + int(causes.max(initial=NO_CAUSE)), *(each.shape[1] for each in apart.values()), 0)
        shape = (len(rows), len(self.names), width)
        cell = (line.take(here) * shape[1] + self.sources.take(here)) * width + causes % width
        made = np.bincount(cell, self.evidence.values.take(here), math.prod(shape)).reshape(shape)
        for source, each in apart.items():
            made[:, source, : each.shape[1]] += made[:, source, -1:] * each
            made[:, source, -1] = 0.0
        for source, change in self._changed():
            made[:, source, -1] = np.append(change, np.float32(0)).take(places)
        return made

    def _changed(self) -> Iterable[tuple[int, NDArray[np.float32]]]:
        """The changes, each with the place of its source in `names`."""
        return enumerate(self.changes, len(self.names) - len(self.changes))

    def _columns(self, places: NDArray[np.int64]) -> NDArray[np.int32]:
        """For each entry which of these places of `totals` is its row's, -1 where none is. A place behind the last is
        that of no row."""
        column = np.full(len(self.rows) + 1, -1, np.int32)
        column[places] = np.arange(len(places), dtype=np.int32)
        column[-1] = -1
        return column.take(self.place)

    def contributions(self, row: int) -> list[Contribution]:
        """What the row is made of, largest first; the values add up to its score."""
        made = self.parts([row])[0]
        last = made.shape[1] - 1
        parts = [
            Contribution(self.names[source], NO_CAUSE if cause == last else cause, float(made[source, cause]))
            for source, cause in zip(*(places.tolist() for places in made.nonzero()), strict=True)
        ]
        return sorted(parts, key=lambda part: -part.value)

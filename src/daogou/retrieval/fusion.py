"""Fusion of several sources into one score that can still be taken apart.

Each source is divided by its usual best score (measured once, on validation requests) so that sources are comparable,
then weighed, more or less for products with few or with many events, and less where the step behind an entry is on a
product of which much is known otherwise. All of it is linear: what an entry adds to the fused score does not depend on
the other entries.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from daogou.retrieval.evidence import NO_CAUSE, Evidence, PartsOf, distinct, place_among

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
            return Fused((), Evidence.none(), np.empty(0, np.int32))
        if events is not None and seen is not None:
            powers = [self.fading.get(name, 0.0) for name in names]
            parts = [faded(part, seen, events, power) for part, power in zip(parts, powers, strict=True)]
        # as they stand, also of sources that can be taken apart further
        rows, values, causes = (
            np.concatenate(columns)
            for columns in zip(*((part.rows, part.values, part.causes) for part in parts), strict=True)
        )
        sources = np.arange(len(names), dtype=np.int32).repeat([len(part) for part in parts])
        if allowed is not None and not (here := allowed.take(rows)).all():
            kept = here.nonzero()[0]
            rows, values, causes, sources = (column.take(kept) for column in (rows, values, causes, sources))
        values = values * self._worth(names, sources, rows, events)
        shown = seen is not None and len(seen) and (allowed is None or allowed.take(seen, mode="clip").any())
        if seen is not None and shown and self.seen != 1:
            values[_among(rows, seen)] *= np.float32(self.seen)
        parted = {place: part.parts_of for place, part in enumerate(parts) if part.parts_of is not None}
        return Fused(names, Evidence(rows, values, causes), sources, parted)

    def _worth(
        self,
        names: tuple[str, ...],
        sources: NDArray[np.int32],
        rows: NDArray[np.int32],
        events: NDArray[np.floating] | None,
    ) -> NDArray[np.float32]:
        """What each entry's value is multiplied with."""
        if events is None or not any(name in self.by_band for name in names):
            return np.array([self.factor(name) for name in names], np.float32).take(sources)
        table = self._by_band.get(names)
        if table is None:
            table = self._by_band[names] = np.concatenate([self._in_bands(name) for name in names])
        cell = sources * np.int32(len(self.bands) + 1)
        cell += band_of(rows, events, self.bands)
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


def _among(rows: NDArray[np.int32], few: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of the rows are among a few; many times faster than numpy.isin, which sorts both."""
    marked = np.zeros(max(int(rows.max(initial=0)), int(few.max(initial=0))) + 1, np.bool_)
    marked[few] = True
    return marked.take(rows)


class Contribution(NamedTuple):
    """What one cause adds to a row through one source."""

    source: str
    cause: int
    """Index of the step in the trail, or NO_CAUSE."""
    value: float


@dataclass(frozen=True)
class Fused:
    """Entries of all sources on one scale."""

    names: tuple[str, ...]
    evidence: Evidence
    sources: NDArray[np.int32]
    """Index into `names`, one for each entry."""
    parted: Mapping[int, PartsOf] = field(default_factory=dict)
    """How the entries of some sources (indices into `names`) are taken apart, where they are sums."""

    @cached_property
    def totals(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Each row once, ascending, with its score."""
        return self._distinct[0], self._sums.astype(np.float32)

    @cached_property
    def _sums(self) -> NDArray[np.float64]:
        rows, place = self._distinct
        return np.asarray(np.bincount(place, self.evidence.values, len(rows)), np.float64)

    @cached_property
    def _distinct(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        return distinct(self.evidence.rows)

    def weighed(self, source: str, rows: NDArray[np.bool_], factor: float) -> Fused:
        """The same with the score of some rows (a mask) multiplied; the difference is an entry of its own source."""
        return self.scaled(source, np.where(rows[self.totals[0]], np.float32(factor), np.float32(1)))

    def scaled(self, source: str, factors: NDArray[np.float32]) -> Fused:
        """The same with the score of each row of `totals` multiplied with its factor; the differences are entries of
        their own source."""
        found, scores = self.totals
        here = (factors != 1).nonzero()[0]
        change = Evidence(
            found.take(here), scores.take(here) * (factors.take(here) - 1), np.full(len(here), NO_CAUSE, np.int32)
        )
        sources = np.full(len(change), len(self.names), np.int32)
        scaled = Fused(
            (*self.names, source),
            Evidence.join([self.evidence, change]),
            np.concatenate([self.sources, sources]),
            self.parted,
        )
        place = np.concatenate([self._distinct[1], here.astype(np.int32)])
        sums = self._sums.copy()
        sums[here] += change.values
        scaled.__dict__.update(_distinct=(found, place), _sums=sums)  # the same rows: as good as counted again
        return scaled

    def by_source(self, places: NDArray[np.int64], names: Sequence[str]) -> NDArray[np.float32]:
        """(sources, rows) what each of the named sources adds to the rows in these different places of `totals`."""
        column = np.full(len(self._distinct[0]), -1, np.int32)
        column[places] = np.arange(len(places), dtype=np.int32)
        column = column.take(self._distinct[1])
        here = (column >= 0).nonzero()[0]
        line = np.array([names.index(name) if name in names else len(names) for name in self.names])
        shape = (len(names) + 1, len(places))  # the last line is for sources that are not asked for
        cell = line.take(self.sources.take(here)) * shape[1] + column.take(here)
        parts = np.bincount(cell, self.evidence.values.take(here), math.prod(shape)).reshape(shape)
        return parts[:-1].astype(np.float32)

    def of_source(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The place in `totals` of every entry of one source, and its value; nothing where it does not speak."""
        source = self.names.index(name) if name in self.names else len(self.names)
        here = (self.sources == source).nonzero()[0]
        return self._distinct[1].take(here), self.evidence.values.take(here)

    def silenced(self, source: str) -> Fused:
        """The same without one source."""
        kept = self.sources != self.names.index(source) if source in self.names else np.ones(len(self.sources), bool)
        return Fused(self.names, self.evidence.kept(kept), self.sources[kept], self.parted)

    def parts(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """(rows, sources, causes): what each source adds to each of the rows because of each cause.

        The last place stands for NO_CAUSE. What a row is made of adds up to its score; a row that nothing speaks for
        has nothing.
        """
        asked = np.array(rows, np.int32)
        once, place = self._distinct
        line = place_among(asked, once).take(place)
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
        return made

    def contributions(self, row: int) -> list[Contribution]:
        """What the row is made of, largest first; the values add up to its score."""
        made = self.parts([row])[0]
        last = made.shape[1] - 1
        parts = [
            Contribution(self.names[source], NO_CAUSE if cause == last else cause, float(made[source, cause]))
            for source, cause in zip(*(places.tolist() for places in made.nonzero()), strict=True)
        ]
        return sorted(parts, key=lambda part: -part.value)

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
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.retrieval.evidence import NO_CAUSE, Evidence, distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
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
        names = [name for name, evidence in found.items() if len(evidence) and self.factor(name) > 0]
        parts = [found[name] for name in names]
        if events is not None and seen is not None:
            powers = [self.fading.get(name, 0.0) for name in names]
            parts = [faded(part, seen, events, power) for part, power in zip(parts, powers, strict=True)]
        joined = Evidence.join(parts)
        sources = np.arange(len(names), dtype=np.int32).repeat([len(part) for part in parts])
        if allowed is not None:
            here = np.flatnonzero(allowed.take(joined.rows))
            sources = sources.take(here)
            joined = Evidence(joined.rows.take(here), joined.values.take(here), joined.causes.take(here))
        values = joined.values * self._worth(names, sources, joined.rows, events)
        if seen is not None and len(seen) and self.seen != 1:
            values = np.where(_among(joined.rows, seen), values * np.float32(self.seen), values)
        return Fused(tuple(names), Evidence(joined.rows, values, joined.causes), sources)

    def _worth(
        self,
        names: Sequence[str],
        sources: NDArray[np.int32],
        rows: NDArray[np.int32],
        events: NDArray[np.floating] | None,
    ) -> NDArray[np.float32]:
        """What each entry's value is multiplied with."""
        factors = np.array([self.factor(name) for name in names], np.float32)
        if events is None or not any(name in self.by_band for name in names):
            return factors.take(sources)
        flat = (1.0,) * (len(self.bands) + 1)
        table = factors[:, None] * np.array([self.by_band.get(name, flat) for name in names], np.float32)
        cell = sources * np.int32(table.shape[1])
        cell += band_of(rows, events, self.bands)
        return table.take(cell)


def faded(evidence: Evidence, trail: NDArray[np.int32], events: NDArray[np.floating], power: float) -> Evidence:
    """The entries divided by (1 + the events of the step behind each) ** power; those without a cause stay.

    `trail`: the rows of the steps. `events`: by row; rows past the end have none.
    """
    if power == 0 or not len(evidence) or not len(events):
        return evidence
    known = np.where(trail < len(events), events.take(trail, mode="clip"), 0.0)
    worth = np.append((1.0 + known) ** -power, 1.0).astype(np.float32)  # NO_CAUSE is the place of the last one
    return Evidence(evidence.rows, evidence.values * worth.take(evidence.causes, mode="wrap"), evidence.causes)


def band_of(rows: NDArray[np.int32], events: NDArray[np.floating], bands: Sequence[int]) -> NDArray[np.int32]:
    """The band of each row by its events; rows past the end of `events` have none."""
    band = np.zeros(len(rows), np.int32)
    if not len(events):
        return band
    counted = events.take(rows, mode="clip")
    counted[rows >= len(events)] = 0
    for edge in bands:
        band += counted > edge
    return band


def _among(rows: NDArray[np.int32], few: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of the rows are among a few; many times faster than numpy.isin, which sorts both."""
    marked = np.zeros(max(int(rows.max(initial=0)), int(few.max())) + 1, np.bool_)
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

    @cached_property
    def totals(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Each row once, ascending, with its score."""
        rows, place = self._distinct
        return rows, np.bincount(place, self.evidence.values, len(rows)).astype(np.float32)

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
        here = np.flatnonzero(factors != 1)
        change = Evidence(
            found.take(here), scores.take(here) * (factors.take(here) - 1), np.full(len(here), NO_CAUSE, np.int32)
        )
        sources = np.full(len(change), len(self.names), np.int32)
        return Fused(
            (*self.names, source), Evidence.join([self.evidence, change]), np.concatenate([self.sources, sources])
        )

    def silenced(self, source: str) -> Fused:
        """The same without one source."""
        kept = self.sources != self.names.index(source) if source in self.names else np.ones(len(self.sources), bool)
        return Fused(self.names, self.evidence.kept(kept), self.sources[kept])

    def table(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """(rows, sources, 1 + causes): what each source adds to each of the rows by each cause, NO_CAUSE first.

        A row's cells add up to its score; a row that nothing speaks for has zeros.
        """
        once, place = self._distinct
        causes = int(self.evidence.causes.max(initial=NO_CAUSE)) + 2
        shape = (len(rows), len(self.names), causes)
        asked = np.full(len(once) + 1, -1, np.int32)  # the last place is for rows that nothing speaks for
        at = np.searchsorted(once, rows)
        found = np.append(once, -1).take(at) == rows
        asked[np.where(found, at, len(once))] = np.where(found, np.arange(len(rows)), -1)
        line = asked.take(place)
        here = np.flatnonzero(line >= 0)
        cells = line.take(here) * (shape[1] * causes) + self.sources.take(here) * causes
        cells += self.evidence.causes.take(here) + 1
        added = np.asarray(np.bincount(cells, self.evidence.values.take(here), math.prod(shape)), np.float64)
        return added.reshape(shape)

    def contributions(self, row: int) -> list[Contribution]:
        """What the row is made of, largest first; the values add up to its score."""
        table = self.table([row])[0]
        parts = [
            Contribution(self.names[source], cause - 1, float(table[source, cause]))
            for source, cause in np.argwhere(table).tolist()
        ]
        return sorted(parts, key=lambda part: -part.value)

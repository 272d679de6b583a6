"""Fusion of several sources into one score that can still be taken apart.

Each source is divided by its usual best score (measured once, on validation requests) so that sources are comparable,
then weighed, more or less for products with few or with many events. All of it is linear: what an entry adds to the
fused score does not depend on the other entries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.retrieval.evidence import NO_CAUSE, Evidence, totals

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
    ) -> Fused:
        """Put the sources' entries into one list, each remembering its source.

        `events`: how many events each row has, where bands are to be regarded; rows past its end have none.
        `seen`: the rows that the shopper has been at.
        """
        names = [name for name, evidence in found.items() if len(evidence) and self.factor(name) > 0]
        parts = [self._banded(name, found[name].times(self.factor(name)), events) for name in names]
        sources = np.repeat(np.arange(len(names), dtype=np.int32), [len(part) for part in parts])
        joined = Evidence.join(parts)
        if seen is not None and self.seen != 1:
            factors = np.where(np.isin(joined.rows, seen), np.float32(self.seen), np.float32(1))
            joined = Evidence(joined.rows, joined.values * factors, joined.causes)
        return Fused(tuple(names), joined, sources)

    def _banded(self, name: str, evidence: Evidence, events: NDArray[np.floating] | None) -> Evidence:
        if events is None or name not in self.by_band:
            return evidence
        by_band = np.array(self.by_band[name], np.float32)
        return Evidence(
            evidence.rows, evidence.values * by_band[band_of(evidence.rows, events, self.bands)], evidence.causes
        )


def band_of(rows: NDArray[np.int32], events: NDArray[np.floating], bands: Sequence[int]) -> NDArray[np.intp]:
    """The band of each row by its events; rows past the end of `events` have none."""
    known = rows < len(events)
    counted = np.where(known, events[np.where(known, rows, 0)], 0.0) if len(events) else np.zeros(len(rows))
    return np.searchsorted(np.array(bands), counted)


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
        return self.evidence.totals()

    def weighed(self, source: str, rows: NDArray[np.bool_], factor: float) -> Fused:
        """The same with the score of some rows (a mask) multiplied; the difference is an entry of its own source."""
        found, scores = self.totals
        here = rows[found]
        change = Evidence(
            found[here], scores[here] * np.float32(factor - 1), np.full(np.count_nonzero(here), NO_CAUSE, np.int32)
        )
        sources = np.full(len(change), len(self.names), np.int32)
        return Fused(
            (*self.names, source), Evidence.join([self.evidence, change]), np.concatenate([self.sources, sources])
        )

    def silenced(self, source: str) -> Fused:
        """The same without one source."""
        kept = self.sources != self.names.index(source) if source in self.names else np.ones(len(self.sources), bool)
        return Fused(self.names, self.evidence.kept(kept), self.sources[kept])

    def contributions(self, rows: Sequence[int]) -> dict[int, list[Contribution]]:
        """For each of the rows what it is made of, largest first; the values add up to its score."""
        found: dict[int, list[Contribution]] = {int(row): [] for row in rows}
        place = np.full(int(self.evidence.rows.max(initial=-1)) + 1, -1)
        asked = np.fromiter((row for row in found if row < len(place)), np.int32)
        place[asked] = np.arange(len(asked))
        here = np.flatnonzero(place[self.evidence.rows] >= 0)
        causes = int(self.evidence.causes.max(initial=NO_CAUSE)) + 2  # NO_CAUSE is one of them
        packed = (place[self.evidence.rows[here]] * len(self.names) + self.sources[here]) * causes
        keys, values = totals((packed + self.evidence.causes[here] + 1).astype(np.int32), self.evidence.values[here])
        rest, cause = np.divmod(keys, causes)
        row, source = np.divmod(rest, max(1, len(self.names)))
        order = np.lexsort((keys, -values, row))
        columns = (asked[row[order]], source[order], cause[order] - 1, values[order])
        for at, number, why, value in zip(*(column.tolist() for column in columns), strict=True):
            found[at].append(Contribution(self.names[number], why, value))
        return found

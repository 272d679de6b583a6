"""Fusion of several sources into one score that can still be taken apart.

Each source is divided by its usual best score (measured once, on validation requests) so that sources are comparable,
then weighed. Both steps are linear: what an entry adds to the fused score does not depend on the other entries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.retrieval.evidence import Evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Fusion:
    """What each source is worth."""

    weights: Mapping[str, float] = field(default_factory=dict)
    """By source name; a source that is not named does not speak."""
    scales: Mapping[str, float] = field(default_factory=dict)
    """Usual best score of each source; 1 where not named."""

    def factor(self, source: str) -> float:
        """What a source's values are multiplied with."""
        return self.weights.get(source, 0.0) / (self.scales.get(source, 1.0) or 1.0)

    def fuse(self, found: Mapping[str, Evidence]) -> Fused:
        """Put the sources' entries into one list, each remembering its source."""
        names = [name for name, evidence in found.items() if len(evidence) and self.factor(name) > 0]
        parts = [found[name].times(self.factor(name)) for name in names]
        sources = np.repeat(np.arange(len(names), dtype=np.int32), [len(part) for part in parts])
        return Fused(tuple(names), Evidence.join(parts), sources)


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

    def silenced(self, source: str) -> Fused:
        """The same without one source."""
        kept = self.sources != self.names.index(source) if source in self.names else np.ones(len(self.sources), bool)
        return Fused(self.names, self.evidence.kept(kept), self.sources[kept])

    def contributions(self, rows: Sequence[int]) -> dict[int, list[Contribution]]:
        """For each of the rows what it is made of, largest first; the values add up to its score."""
        wanted = np.zeros(int(self.evidence.rows.max(initial=-1)) + 1, bool)
        wanted[[row for row in rows if row < len(wanted)]] = True
        here = np.flatnonzero(wanted[self.evidence.rows])
        found: dict[int, dict[tuple[int, int], float]] = {int(row): {} for row in rows}
        entries = (self.evidence.rows[here], self.sources[here], self.evidence.causes[here], self.evidence.values[here])
        for row, source, cause, value in zip(*(column.tolist() for column in entries), strict=True):
            parts = found[row]
            parts[source, cause] = parts.get((source, cause), 0.0) + value
        return {
            row: [
                Contribution(self.names[source], cause, value)
                for (source, cause), value in sorted(parts.items(), key=lambda item: (-item[1], item[0]))
            ]
            for row, parts in found.items()
        }


@dataclass(frozen=True, slots=True)
class Chosen:
    """The best of the tried weights, and what it reached on validation."""

    fusion: Fusion
    ndcg: float
    recall: float


Request = tuple[Mapping[str, Evidence], int]
"""What each source found, and the row that was held out."""


def choose(requests: Sequence[Request], *, grid: Mapping[str, Sequence[float]], k: int = 10) -> Chosen:
    """Choose the weights by NDCG@k: one source after the other, twice round, starting from each grid's first value.

    A source with a single value is the measure of the others.
    """
    names = list(grid)
    scales = {name: _usual_best([found[name] for found, _ in requests]) for name in names}
    cases = _cases(requests, names, scales)
    weights = {name: values[0] for name, values in grid.items()}
    best = _reached(cases, weights, k)
    for name in names * 2:
        for value in grid[name]:
            tried = weights | {name: value}
            reached = _reached(cases, tried, k)
            if reached > best:
                weights, best = tried, reached
    n = max(1, len(requests))
    return Chosen(Fusion(weights, scales), best[0] / n, best[1] / n)


def score(fusion: Fusion, requests: Sequence[Request], *, k: int = 10) -> float:
    """Mean NDCG@k of one fusion on the requests."""
    cases = _cases(requests, list(fusion.weights), fusion.scales)
    return _reached(cases, fusion.weights, k)[0] / max(1, len(requests))


def _usual_best(found: Sequence[Evidence]) -> float:
    tops = [float(evidence.totals()[1].max()) for evidence in found if len(evidence)]
    return float(np.mean(tops)) if tops else 1.0


def _cases(
    requests: Sequence[Request], names: Sequence[str], scales: Mapping[str, float]
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """For each request whose target any source found: scores (sources, other rows), and the target's (sources,)."""
    return [case for found, target in requests if (case := _case(found, target, names, scales)) is not None]


def _case(
    found: Mapping[str, Evidence], target: int, names: Sequence[str], scales: Mapping[str, float]
) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Scores (sources, rows) of the rows that any source found, and those of the target; None if nobody found it."""
    rows = np.unique(np.concatenate([found[name].rows for name in names]))
    place = int(np.searchsorted(rows, target)) if len(rows) else 0
    if place >= len(rows) or rows[place] != target:
        return None
    scores = np.zeros((len(names), len(rows)), np.float32)
    for number, name in enumerate(names):
        here, values = found[name].totals()
        scores[number, np.searchsorted(rows, here)] = values / np.float32(scales.get(name, 1.0) or 1.0)
    return np.delete(scores, place, axis=1), scores[:, place]


def _reached(
    cases: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]], weights: Mapping[str, float], k: int
) -> tuple[float, float]:
    """The sums of NDCG@k and recall@k; a tie counts half a place."""
    vector = np.array(list(weights.values()), np.float32)
    ranks = []
    for others, target in cases:
        own = vector @ target
        scores = vector @ others
        ranks.append(np.count_nonzero(scores > own) + 0.5 * np.count_nonzero(scores == own) if own > 0 else k)
    found = np.array([rank for rank in ranks if rank < k], np.float64)
    return float((1 / np.log2(found + 2)).sum()), float(len(found))

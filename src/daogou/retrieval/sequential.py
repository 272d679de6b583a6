"""Sequential item kNN: what shoppers turned to soon after this product, with counters that live events move.

A pair (i before j, gap g) counts gap_decay ** (g - 1), less when days lie between, more on the same day, and a part of
it in reverse. A neighbour's value is count / (deg(i) ** from_power * deg(j) ** to_power + shrink). Counts are stored
raw, so a live event adds to them in time proportional to the history it follows and the value stays exact. A pair that
fell outside the strongest `neighbours` of a fit starts again from zero.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from daogou.retrieval.evidence import Evidence, Trail
from daogou.retrieval.files import read_array, read_config, write_array, write_config
from daogou.retrieval.neighbours import Neighbours, stacked, strongest

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY_MS = 86_400_000
_BLOCK_EVENTS = 200_000
"""Events whose pairs are held at once: with 20 gaps both ways about 200 MB."""


class Sequences(Protocol):
    """Actors one after the other, each oldest first."""

    @property
    def offsets(self) -> NDArray[np.int64]:
        """(actors + 1,) where each actor's steps begin."""

    @property
    def rows(self) -> NDArray[np.int32]: ...

    @property
    def at(self) -> NDArray[np.int64]: ...


@dataclass(frozen=True, slots=True)
class SequentialConfig:
    """How pairs are counted and valued. The defaults did well on held-out validation
    events of one public data set (Amazon 2014 Beauty), where a few variations were tried one at a time."""

    gap: int = 20
    """Pairs further apart than this many steps do not count."""
    gap_decay: float = 0.9
    """What each further step of gap leaves of a pair's count."""
    tau_days: float = 400.0
    """Days after which a pair's count has fallen to 1/e."""
    same_day: float = 1.5
    """Factor for pairs within one UTC day."""
    reversed: float = 0.25
    """Part of a pair's count that also holds from the later to the earlier product."""
    from_power: float = 0.4
    """How much products with many events are damped as causes."""
    to_power: float = 0.15
    """How much popular products are damped as results; small, because popularity is informative."""
    shrink: float = 0.3
    """Added to the divisor, so that a single chance pair does not win."""
    recency: float = 0.65
    """What each older step of a history leaves of its weight."""
    steps: int = 10
    """How many of the newest steps speak."""
    neighbours: int = 100
    """How many neighbours of each product are kept."""

    def pair(self, gap: int, before: int, after: int) -> float:
        """The count of one pair at these moments (epoch milliseconds)."""
        count = self.gap_decay ** (gap - 1) * math.exp(-abs(after - before) / DAY_MS / self.tau_days)
        return count * self.same_day if before // DAY_MS == after // DAY_MS else count


class SequentialKnn:
    """Fitted pair counts plus what happened since."""

    name = "sequential"

    def __init__(self, counts: Neighbours, degree: NDArray[np.float64], config: SequentialConfig) -> None:
        self.counts = counts
        self.config = config
        self._degree = np.array(degree, np.float64)
        self._from = self._power(config.from_power)
        self._to = self._power(config.to_power)
        self._extra: dict[int, _Live] = {}

    @classmethod
    def fit(cls, sequences: Sequences, n_products: int, *, config: SequentialConfig) -> SequentialKnn:
        """Count the pairs of all sequences. Memory is linear in events; products are done in blocks."""
        rows = sequences.rows
        actor = np.repeat(np.arange(len(sequences.offsets) - 1), np.diff(sequences.offsets))
        degree = np.bincount(rows, minlength=n_products).astype(np.float64)
        places = np.argsort(rows, kind="stable")
        starts = np.concatenate(([0], np.cumsum(degree))).astype(np.int64)
        damp_from = (degree**config.from_power).astype(np.float32)
        damp_to = (degree**config.to_power).astype(np.float32)
        blocks = []
        for low, high in _blocks(starts):
            counts = _pair_counts(
                places[starts[low] : starts[high]], sequences, actor, span=(low, high, n_products), config=config
            )
            source = np.repeat(np.arange(low, high), np.diff(counts.indptr))
            values = counts.data / (damp_from[source] * damp_to[counts.indices] + np.float32(config.shrink))
            blocks.append(strongest(counts, config.neighbours, by=values))
        return cls(stacked(blocks), degree, config)

    @property
    def degree(self) -> NDArray[np.float64]:
        """Steps of each row, live ones too; rows past the end have none."""
        return self._degree

    def observe(self, row: int, at: int, before: Sequence[tuple[int, int]]) -> None:
        """Count a live step: `before` holds the actor's earlier (row, at), newest first."""
        self._reserve(max(row, *(earlier for earlier, _ in before[: self.config.gap]), 0))
        self._degree[row] += 1
        self._from[row] = self._degree[row] ** self.config.from_power
        self._to[row] = self._degree[row] ** self.config.to_power
        for gap, (earlier, then) in enumerate(before[: self.config.gap], 1):
            if earlier != row:
                count = self.config.pair(gap, then, at)
                self._add(earlier, row, count)
                self._add(row, earlier, count * self.config.reversed)

    def evidence(self, trail: Trail) -> Evidence:
        """What the newest steps of the trail make likely next."""
        trail = trail.newest(self.config.steps)
        positions, causes = self.counts.reached(trail)
        fitted = (self.counts.rows.take(positions), self.counts.values.take(positions), causes)
        live = [
            (*self._extra[row].columns(), cause) for cause, row in enumerate(trail.rows.tolist()) if row in self._extra
        ]
        if live:
            here = np.array([len(to) for to, _, _ in live])
            fitted = (
                np.concatenate([fitted[0], *(to for to, _, _ in live)]),
                np.concatenate([fitted[1], *(counts for _, counts, _ in live)]),
                np.concatenate([causes, np.array([cause for _, _, cause in live], np.int32).repeat(here)]),
            )
        return self._valued(trail, *fitted)

    def count(self, before: int, after: int) -> float:
        """The count of one pair: fitted plus live."""
        rows, counts = self.counts.of(before)
        live = self._extra.get(before)
        return float(counts[rows == after].sum()) + (live.count(after) if live else 0.0)

    def save(self, folder: Path) -> None:
        """Write the fitted counts; what happened live is in the event log."""
        self.counts.save(folder)
        write_array(folder / "degree.npy", self._degree)
        write_config(folder, self.config)

    @classmethod
    def load(cls, folder: Path) -> SequentialKnn:
        return cls(Neighbours.load(folder), read_array(folder / "degree.npy"), read_config(folder, SequentialConfig))

    def _valued(
        self, trail: Trail, to: NDArray[np.int32], counts: NDArray[np.float32], causes: NDArray[np.int32]
    ) -> Evidence:
        if not len(trail):
            return Evidence.none()
        self._reserve(int(trail.rows.max()))
        divisor = self._from.take(trail.rows).take(causes) * self._to.take(to) + np.float32(self.config.shrink)
        return Evidence(to, trail.faded(self.config.recency).take(causes) * counts / divisor, causes)

    def _add(self, before: int, after: int, count: float) -> None:
        if before not in self._extra:
            self._extra[before] = _Live()
        self._extra[before].add(after, count)

    def _power(self, power: float) -> NDArray[np.float32]:
        return np.asarray(self._degree**power, np.float32)

    def _reserve(self, row: int) -> None:
        if row >= len(self._degree):
            more = max(1024, row + 1 - len(self._degree))
            self._degree = np.concatenate([self._degree, np.zeros(more)])
            self._from, self._to = self._power(self.config.from_power), self._power(self.config.to_power)


class _Live:
    """What live events added to the counts of one product: a count is found by its key and read as a column."""

    def __init__(self) -> None:
        self._place: dict[int, int] = {}
        self._to = array("i")
        self._counts = array("d")

    def add(self, to: int, count: float) -> None:
        place = self._place.setdefault(to, len(self._to))
        if place == len(self._to):
            self._to.append(to)
            self._counts.append(0.0)
        self._counts[place] += count

    def count(self, to: int) -> float:
        place = self._place.get(to)
        return 0.0 if place is None else self._counts[place]

    def columns(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        return np.array(self._to, np.int32), np.array(self._counts).astype(np.float32)


def _blocks(starts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of products that hold about _BLOCK_EVENTS events each; one product at least."""
    low, n = 0, len(starts) - 1
    while low < n:
        high = int(np.searchsorted(starts, starts[low] + _BLOCK_EVENTS, side="right")) - 1
        high = min(n, max(low + 1, high))
        yield low, high
        low = high


def _pair_counts(
    places: NDArray[np.int64],
    sequences: Sequences,
    actor: NDArray[np.int64],
    *,
    span: tuple[int, int, int],
    config: SequentialConfig,
) -> Any:
    """Count the pairs whose first product is at these places: a CSR matrix, products low to high by all products."""
    import scipy.sparse as sp

    rows, at, (low, high, n_products) = sequences.rows, sequences.at, span
    heads, tails, weights = [], [], []
    for gap in range(1, config.gap + 1):
        for step, part in ((gap, 1.0), (-gap, config.reversed)):
            here = places[(places + step >= 0) & (places + step < len(rows))]
            here = here[(actor[here] == actor[here + step]) & (rows[here] != rows[here + step])]
            there = here + step
            apart = np.abs(at[there] - at[here]) / DAY_MS
            weight = part * config.gap_decay ** (gap - 1) * np.exp(-apart / config.tau_days)
            weight[at[there] // DAY_MS == at[here] // DAY_MS] *= config.same_day
            heads.append(rows[here] - low)
            tails.append(rows[there])
            weights.append(weight.astype(np.float32))
    pairs = (np.concatenate(heads), np.concatenate(tails))
    return sp.coo_matrix((np.concatenate(weights), pairs), shape=(high - low, n_products)).tocsr()

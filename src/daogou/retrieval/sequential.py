"""Sequential item kNN: what shoppers turned to soon after this product, with counters that live events move.

A pair (i before j, gap g) counts gap_decay ** (g - 1), less when days lie between, more on the same day, and a part of
it in reverse. Of two steps of one moment nobody knows which came before: the pair counts both ways, the mean of the
two. A neighbour's value is count / (deg(i) ** from_power * deg(j) ** to_power + shrink). Counts are stored
raw, so a live event adds to them in time proportional to the history it follows and the value stays exact. A pair that
fell outside the strongest `neighbours` of a fit starts again from zero.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from daogou.domain.bounds import Count, Part, Positive, Weight
from daogou.domain.ids import DAY_MS
from daogou.retrieval.backing import gives_way
from daogou.retrieval.evidence import Evidence, Trail
from daogou.retrieval.files import read_array, read_config, write_array, write_config
from daogou.retrieval.neighbours import Neighbours, stacked, strongest

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_EVENTS = 200_000
"""Events whose pairs are held at once: with 20 gaps both ways about 200 MB."""
_AT_ONCE = 10_000
"""Events whose surroundings are looked at in one go; they stay in the processor's cache."""


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

    gap: Count = 20
    """Pairs further apart than this many steps do not count."""
    gap_decay: Part = 0.9
    """What each further step of gap leaves of a pair's count."""
    tau_days: Positive = 400.0
    """Days after which a pair's count has fallen to 1/e."""
    same_day: Weight = 1.5
    """Factor for pairs within one UTC day."""
    reversed: Weight = 0.25
    """Part of a pair's count that also holds from the later to the earlier product."""
    from_power: Weight = 0.4
    """How much products with many events are damped as causes."""
    to_power: Weight = 0.15
    """How much popular products are damped as results; small, because popularity is informative."""
    shrink: Positive = 0.3
    """Added to the divisor, so that a single chance pair does not win."""
    recency: Part = 0.65
    """What each older step of a history leaves of its weight."""
    steps: Count = 6
    """How many of the newest steps speak."""
    neighbours: Count = 100
    """How many neighbours of each product are kept."""

    def pair(self, gap: int, before: int, after: int) -> tuple[float, float]:
        """The count of one pair at these moments (epoch milliseconds), as it came and in reverse."""
        if before == after:
            return (self.same_day * self.tied,) * 2
        count = self.gap_decay ** (gap - 1) * math.exp(-abs(after - before) / DAY_MS / self.tau_days)
        count *= self.same_day if before // DAY_MS == after // DAY_MS else 1.0
        return count, count * self.reversed

    @property
    def tied(self) -> float:
        """What a pair of one moment counts, either way."""
        return (1 + self.reversed) / 2


_PART = np.array([1, 1j], np.complex64)
"""What counts is real where it is not held back, else imaginary."""


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
    def empty(cls) -> SequentialKnn:
        """One that knows of nothing."""
        return cls(Neighbours.empty(), np.zeros(0), SequentialConfig())

    @classmethod
    def fit(cls, sequences: Sequences, n_products: int, *, config: SequentialConfig) -> SequentialKnn:
        """Count the pairs of all sequences. Memory is linear in events; products are done in blocks."""
        _, whole = cls.fit_both(sequences, np.empty(0, np.int64), n_products, config=config)
        return whole

    @classmethod
    def fit_both(
        cls, sequences: Sequences, held: NDArray[np.int64], n_products: int, *, config: SequentialConfig
    ) -> tuple[SequentialKnn, SequentialKnn]:
        """The fit without some steps, each the last of its sequence, and the fit with all of them.

        Every pair is looked at once: the pairs of a step that is held back are summed up beside the others.
        """
        degree = np.bincount(sequences.rows, minlength=n_products).astype(np.float64)
        degrees = (degree - np.bincount(sequences.rows[held], minlength=n_products), degree)
        pairs = _Pairs(sequences, held, n_products, config)
        blocks: tuple[list[Any], list[Any]] = ([], [])
        for low, high in _blocks(pairs.starts):
            for part, counts, steps in zip(blocks, pairs.counts(low, high), degrees, strict=True):
                source = np.repeat(np.arange(low, high), np.diff(counts.indptr))
                divisor = (steps**config.from_power).astype(np.float32).take(source)
                divisor *= (steps**config.to_power).astype(np.float32).take(counts.indices)
                part.append(
                    strongest(counts, config.neighbours, by=counts.data / (divisor + np.float32(config.shrink)))
                )
        without, whole = (cls(stacked(part), steps, config) for part, steps in zip(blocks, degrees, strict=True))
        return without, whole

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
                ahead, back = self.config.pair(gap, then, at)
                self._add(earlier, row, ahead)
                self._add(row, earlier, back)

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

    def weighed(self, factors: NDArray[np.float32]) -> SequentialKnn:
        """The same with the counts multiplied. `factors`: (entries of `counts`,)."""
        return SequentialKnn(replace(self.counts, values=self.counts.values * factors), self._degree, self.config)

    def giving_way(self, backed: NDArray[np.bool_]) -> SequentialKnn:
        """The same, in which what is not backed comes behind what is. `backed`: (entries of `counts`,)."""
        source = np.repeat(np.arange(len(self.counts)), np.diff(self.counts.offsets))
        divisor = self._from.take(source) * self._to.take(self.counts.rows) + np.float32(self.config.shrink)
        return self.weighed(gives_way(self.counts.values / divisor, self.counts.offsets, backed))

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


class _Pairs:
    """Counts the pairs of all sequences, a few products at a time."""

    def __init__(
        self, sequences: Sequences, held: NDArray[np.int64], n_products: int, config: SequentialConfig
    ) -> None:
        lengths = np.diff(sequences.offsets)
        self._config = config
        self._n = n_products
        self._rows = sequences.rows
        first = sequences.at.min() if len(sequences.at) else 0
        self._days = ((sequences.at - first) / DAY_MS).astype(np.float32)
        """Days since the first step, to half a minute in ten years, which no count can be told apart by."""
        self._day = (sequences.at // DAY_MS).astype(np.int32)
        changes = sequences.at[1:] != sequences.at[:-1]
        self._moment = None if changes.all() else np.concatenate(([0], np.cumsum(changes, dtype=np.int32)))
        """Counts up whenever the moment changes; None where each step has its own."""
        here = np.arange(len(sequences.rows), dtype=np.int64)
        self._before = np.minimum(here - np.repeat(sequences.offsets[:-1], lengths), config.gap).astype(np.int16)
        """How many steps of the same actor, up to the gap, lie before each step; likewise after it."""
        self._after = np.minimum(np.repeat(sequences.offsets[1:], lengths) - here - 1, config.gap).astype(np.int16)
        self._held = np.zeros(len(sequences.rows), np.bool_)
        self._held[held] = True
        self._places = np.argsort(sequences.rows, kind="stable")
        """Steps by product."""
        self.starts = np.concatenate(([0], np.cumsum(np.bincount(sequences.rows, minlength=n_products))))
        """(products + 1,) where each product begins among them."""

    def counts(self, low: int, high: int) -> tuple[Any, Any]:
        """The counts of pairs whose first product is one of these, without what is held back and with it.

        CSR matrices, products low to high by all. Both are summed up at once, as the parts of complex numbers: the
        real part is what is not held back.
        """
        import scipy.sparse as sp

        places = self._places[self.starts[low] : self.starts[high]]
        found = [self._around(places[at : at + _AT_ONCE]) for at in range(0, max(1, len(places)), _AT_ONCE)]
        tails, weights, sizes = (np.concatenate(column) for column in zip(*found, strict=True))
        until = np.concatenate(([0], np.cumsum(sizes)))
        indptr = until[self.starts[low : high + 1] - self.starts[low]]
        counts = sp.csr_matrix((weights, tails, indptr), shape=(high - low, self._n)).tocsc().tocsr()
        counts.sum_duplicates()  # turned twice, its entries are in order: three times as fast as sorting them
        without, held = counts.data.real.copy(), counts.data.imag
        return (
            sp.csr_matrix((without, counts.indices, counts.indptr), counts.shape),
            sp.csr_matrix((without + held, counts.indices, counts.indptr), counts.shape),
        )

    def _around(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.complex64], NDArray[np.int64]]:
        """What lies around steps: products and counts, place after place, and how many of them each place has."""
        config = self._config
        apart = np.arange(-config.gap, config.gap + 1, dtype=np.int64)
        apart = apart[apart != 0]
        worth = config.gap_decay ** (np.abs(apart) - 1.0) * np.where(apart > 0, 1.0, config.reversed)
        near = np.clip(places[:, None] + apart, 0, len(self._rows) - 1)  # (places, 2 * gap)
        tails = self._rows.take(near)
        counts = (apart >= -self._before.take(places)[:, None]) & (apart <= self._after.take(places)[:, None])
        counts &= tails != self._rows.take(places)[:, None]
        place, step = np.nonzero(counts)
        near, tails = near[place, step], tails[place, step]
        here = places.take(place)
        days = np.abs(self._days.take(near) - self._days.take(here))
        weights = worth.astype(np.float32).take(step) * np.exp(days / np.float32(-config.tau_days))
        if self._moment is not None:
            weights[self._moment.take(near) == self._moment.take(here)] = config.tied
        weights *= np.where(self._day.take(near) == self._day.take(here), np.float32(config.same_day), np.float32(1))
        held = self._held.take(near) | self._held.take(here)
        return tails, weights * _PART.take(held), np.bincount(place, minlength=len(places))

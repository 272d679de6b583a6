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
from daogou.retrieval.neighbours import Neighbours, blocks, grouped, ordered, stacked, strongest, summed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_EVENTS = 50_000
"""Events whose pairs are held at once: with 20 gaps both ways about 50 MB."""
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
        return cls.fits(sequences, [np.ones(len(sequences.rows), np.bool_)], n_products, config=config)[0]

    @classmethod
    def fits(
        cls,
        sequences: Sequences,
        counted: Sequence[NDArray[np.bool_]],
        n_products: int,
        *,
        config: SequentialConfig,
    ) -> list[SequentialKnn]:
        """A fit of each of several choices of the steps that count, as masks: a pair counts where both of its steps do,
        and the others still lie between them. Every pair is looked at once, and added up for all.
        """
        degrees = [np.bincount(sequences.rows[mask], minlength=n_products).astype(np.float64) for mask in counted]
        damped = [
            ((degree**config.from_power).astype(np.float32), (degree**config.to_power).astype(np.float32))
            for degree in degrees
        ]
        pairs = _Pairs(sequences, counted, n_products, config)
        kept: list[list[Any]] = [[] for _ in counted]
        for low, high in blocks(pairs.starts, _BLOCK_EVENTS):
            for part, counts, (causes, results) in zip(kept, pairs.counts(low, high), damped, strict=True):
                divisor = np.repeat(causes[low:high], np.diff(counts.indptr)) * results.take(counts.indices)
                values = counts.data / (divisor + np.float32(config.shrink))
                part.append(ordered(strongest(counts, config.neighbours, by=values)))
        return [cls(stacked(kept.pop(0)), degree, config) for degree in degrees]

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


class _Pairs:
    """Counts the pairs of all sequences, a few products at a time."""

    def __init__(
        self,
        sequences: Sequences,
        counted: Sequence[NDArray[np.bool_]],
        n_products: int,
        config: SequentialConfig,
    ) -> None:
        lengths = np.diff(sequences.offsets)
        self._config = config
        self._n = n_products
        self._masks = len(counted)
        code = sequences.rows << self._masks
        for place, mask in enumerate(counted):
            code |= mask.astype(np.int32) << place
        self._code = self._around(code)
        """(steps, 2 * gap + 1) The product of each step around a step, and in the lowest bits in which masks it is."""
        day = sequences.at // DAY_MS
        if len(day):
            day -= day.min()
        self._a_day = 2 ** (31 - int(day.max(initial=0)).bit_length())
        within = sequences.at % DAY_MS * self._a_day // DAY_MS
        self._clock = self._around((day * self._a_day + within).astype(np.int32))
        """Likewise its moment, in parts of a day: a second where there are 90 years of steps."""
        changes = sequences.at[1:] != sequences.at[:-1]
        others = sequences.offsets[(sequences.offsets > 0) & (sequences.offsets < len(day))]
        changes[others - 1] = True
        moment = None if changes.all() else np.concatenate(([0], np.cumsum(changes, dtype=np.int32)))
        self._moment = None if moment is None else self._around(moment)
        """Likewise a number that goes up whenever the moment changes; None where each step has its own."""
        here = np.arange(len(sequences.rows), dtype=np.int64)
        self._before = np.minimum(here - np.repeat(sequences.offsets[:-1], lengths), config.gap).astype(np.int16)
        """How many steps of the same actor, up to the gap, lie before each step; likewise after it."""
        self._after = np.minimum(np.repeat(sequences.offsets[1:], lengths) - here - 1, config.gap).astype(np.int16)
        self._places, self.starts = grouped(sequences.rows, n_products)
        """Steps by product; (products + 1,) where each product begins among them."""

    def counts(self, low: int, high: int) -> Iterator[Any]:
        """For each mask a CSR matrix of what pairs count whose first product is one of these: products low to high by
        all. Two masks are added up at once, as the parts of complex numbers."""
        places = self._places[self.starts[low] : self.starts[high]]
        found = [self._pairs(places[at : at + _AT_ONCE]) for at in range(0, max(1, len(places)), _AT_ONCE)]
        tails, weights, masks, sizes = (np.concatenate(column) for column in zip(*found, strict=True))
        starts = np.concatenate(([0], np.cumsum(sizes)))[self.starts[low : high + 1] - self.starts[low]]
        every = np.arange(2**self._masks)
        for first in range(0, self._masks, 2):
            counts = ((every >> first & 1) + 1j * (every >> first + 1 & 1)).astype(np.complex64)
            sums = summed(weights * counts.take(masks), tails, starts, self._n)
            for part in (sums.data.real, sums.data.imag)[: self._masks - first]:
                yield _like(sums, part.copy())

    def _pairs(
        self, places: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32], NDArray[np.int64]]:
        """What lies around steps, place after place: products, what the pairs count and the masks they are in, as bits;
        and how many of them each place has."""
        config = self._config
        apart = np.arange(-config.gap, config.gap + 1, dtype=np.int16)
        worth = config.gap_decay ** (np.abs(apart) - 1.0) * np.where(apart > 0, 1.0, config.reversed)
        code, clock = self._code[places], self._clock[places]
        own, now = code[:, config.gap, None].copy(), clock[:, config.gap, None].copy()
        counts = (apart >= -self._before.take(places)[:, None]) & (apart <= self._after.take(places)[:, None])
        counts &= (code ^ own) >> self._masks != 0  # another product
        weights = (clock - now).astype(np.float32)
        np.abs(weights, out=weights)
        weights *= np.float32(-1 / (self._a_day * config.tau_days))
        np.exp(weights, out=weights)
        weights *= worth.astype(np.float32)
        if self._moment is not None:
            moment = self._moment[places]
            weights[moment == moment[:, config.gap, None]] = config.tied
        np.multiply(weights, np.float32(config.same_day), out=weights, where=(clock ^ now) < self._a_day)
        here = np.flatnonzero(counts)
        sizes = np.diff(np.searchsorted(here, np.arange(len(places) + 1) * len(apart)))
        tails = code.ravel().take(here)
        masks = (code & own).ravel().take(here) & (2**self._masks - 1)
        return tails >> self._masks, weights.ravel().take(here), masks, sizes

    def _around(self, steps: NDArray[np.int32]) -> NDArray[np.int32]:
        """(steps + 1, 2 * gap + 1) A view of the steps around each; past both ends are zeros."""
        gap = self._config.gap
        return np.lib.stride_tricks.sliding_window_view(np.pad(steps, (gap, gap + 1)), 2 * gap + 1)


def _like(matrix: Any, values: NDArray[np.float32]) -> Any:
    """A CSR matrix with other values at the same places."""
    import scipy.sparse as sp

    return sp.csr_matrix((values, matrix.indices, matrix.indptr), matrix.shape)

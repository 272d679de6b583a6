"""Popularity by window and by segment, as counters that fade with time.

Forward decay (Cormode and others, 2009): instead of shrinking every counter as time passes, a new event adds more.
So an event changes one number, and the order of untouched products never changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.domain.bounds import Count, Natural, Positive
from daogou.domain.ids import DAY_MS
from daogou.retrieval.candidates import Candidates
from daogou.retrieval.evidence import Evidence
from daogou.retrieval.files import read_array, read_config, write_array, write_config

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Trail

_LARGEST_EXPONENT = 600.0
"""Half-lives after which counters are rebased, well below where 2 ** x leaves float64."""
_TOUCHED = 500
"""Rows that events may touch before every row is looked at again."""


@dataclass(frozen=True, slots=True)
class PopularityConfig:
    """Which windows and segments are counted."""

    trending_days: Positive = 3.0
    """Half-life of the counter behind "trending"."""
    popular_days: Positive = 30.0
    """Half-life of the counters behind "popular", overall and by segment."""
    segments: Natural = 128
    """How many shopper labels get counters of their own; those with most shoppers come first."""
    segment_shoppers: Count = 10
    """A label with fewer shoppers gets none, so that nobody's taste is published as a segment's."""
    pool: Count = 500
    """Rows of each window that are kept in order between rebuilds."""
    segment_pool: Count = 100
    """The same of each label. A shopper may have many, and what is far down the list of one says next to nothing."""


class Fading:
    """One decayed counter per row, with its top rows at hand."""

    def __init__(self, counts: NDArray[np.floating], *, half_life_days: float, base: int, pool: int) -> None:
        """`base`: the moment the counts are as of, epoch milliseconds; 0 where nothing has been counted yet."""
        self._counts = counts
        """Those of a release stay mapped until the first event."""
        self._half_life = half_life_days * DAY_MS
        self._base = base
        self._pool = pool
        self._top: NDArray[np.int32] | None = None
        self._touched: set[int] = set()
        self._ordered: Candidates | None = None
        self._largest = 0.0

    @classmethod
    def fit(
        cls,
        rows: NDArray[np.int32],
        at: NDArray[np.int64],
        weights: NDArray[np.float32],
        n: int,
        *,
        half_life_days: float,
        pool: int,
    ) -> Fading:
        """Count events as of the newest of them."""
        base = int(at.max()) if len(at) else 0
        fresh = np.exp2((at - base) / (half_life_days * DAY_MS))
        counts = np.bincount(rows, weights * fresh, minlength=n).astype(np.float64)
        return cls(counts, half_life_days=half_life_days, base=base, pool=pool)

    def observe(self, row: int, at: int, weight: float) -> None:
        """Count one event."""
        if self._counts.dtype != np.float64 or not self._counts.flags.writeable:
            self._counts = self._counts.astype(np.float64)
        if row >= len(self._counts):
            self._counts = np.concatenate([self._counts, np.zeros(max(1024, row + 1 - len(self._counts)))])
        if self._base == 0:
            self._base = at
        exponent = (at - self._base) / self._half_life
        if exponent > _LARGEST_EXPONENT:
            self._counts *= math.exp2(-min(exponent, 1000.0))
            self._base, exponent, self._top = at, 0.0, None
        self._counts[row] += weight * math.exp2(max(exponent, -1000.0))
        self._touched.add(row)
        self._ordered = None

    def pool(self) -> Candidates:
        """The most popular rows, best first, with counts scaled so that the first has 1."""
        if self._ordered is None:
            self._ordered = self._order()
        return self._ordered

    def _order(self) -> Candidates:
        """Only rows touched since the last look at every row can have overtaken its top ones."""
        if self._top is None or len(self._touched) > _TOUCHED:
            counted = self._counts.nonzero()[0].astype(np.int32)  # in many equal counts, as of nothing, looking is slow
            self._top = Candidates.best(_relative(self._counts[counted]), self._pool, rows=counted).rows
            self._touched = set()
        rows = np.union1d(self._top, np.fromiter(self._touched, np.int32)).astype(np.int32)
        self._largest = float(self._counts[rows].max(initial=0.0))
        return Candidates.best(_relative(self._counts[rows]), self._pool, rows=rows)

    def among(self, mask: NDArray[np.bool_], k: int) -> Candidates:
        """The k most popular of the rows where the mask holds; looks at every row."""
        n = min(len(mask), len(self._counts))
        rows = (mask[:n] & (self._counts[:n] > 0)).nonzero()[0].astype(np.int32)
        return Candidates.best(_relative(self._counts[rows]), k, rows=rows)

    def of(self, rows: NDArray[np.int32]) -> NDArray[np.float64]:
        """Counts of rows, as of the newest fitted event."""
        padded = np.zeros(len(rows))
        known = rows < len(self._counts)
        padded[known] = self._counts[rows[known]]
        return padded

    def shares(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """How popular each of the rows is, on the scale of `pool`."""
        self.pool()
        return (self.of(rows) / max(self._largest, 1e-300)).astype(np.float32)

    def state(self) -> tuple[NDArray[np.floating], int]:
        """Counts and the moment they are as of."""
        return self._counts, self._base


def _relative(counts: NDArray[np.floating]) -> NDArray[np.float32]:
    """Counts as parts of the largest: only then do they fit 32 bits."""
    largest = counts.max(initial=0.0)
    return (counts / largest if largest > 0 else counts).astype(np.float32)


class Popularity:
    """What is popular overall, what is rising, and what each segment of shoppers likes."""

    name = "popularity"

    def __init__(
        self, popular: Fading, trending: Fading, segments: Mapping[str, Fading], config: PopularityConfig
    ) -> None:
        self.popular = popular
        self.trending = trending
        self.segments = segments
        self.config = config

    @classmethod
    def fit(
        cls,
        rows: NDArray[np.int32],
        at: NDArray[np.int64],
        weights: NDArray[np.float32],
        n: int,
        *,
        segments: Iterable[tuple[str, NDArray[np.bool_]]],
        config: PopularityConfig,
    ) -> Popularity:
        """Count weighted events; `segments` marks, for each label in turn, the events of its shoppers."""

        def fading(days: float, mask: NDArray[np.bool_] | slice = slice(None), *, pool: int = config.pool) -> Fading:
            return Fading.fit(rows[mask], at[mask], weights[mask], n, half_life_days=days, pool=pool)

        by_segment = {label: fading(config.popular_days, mask, pool=config.segment_pool) for label, mask in segments}
        return cls(fading(config.popular_days), fading(config.trending_days), by_segment, config)

    def observe(self, row: int, at: int, weight: float, labels: Sequence[str] = ()) -> None:
        """Count one live event of a shopper with these labels."""
        self.popular.observe(row, at, weight)
        self.trending.observe(row, at, weight)
        for label in labels:
            if label in self.segments:
                self.segments[label].observe(row, at, weight)

    def evidence(self, trail: Trail) -> Evidence:
        """What is popular overall, the same for every trail."""
        return Evidence.uncaused(self.popular.pool())

    def rising(self) -> Candidates:
        """Rows that sell above their usual: the short window's count over the root of the long one's."""
        pool = self.trending.pool()
        usual = self.popular.of(pool.rows)
        return Candidates.best(
            (pool.scores / np.sqrt(1.0 + usual)).astype(np.float32), self.config.pool, rows=pool.rows
        )

    def save(self, folder: Path) -> None:
        """Write each counter, and which label and moment it belongs to."""
        named = {"popular": self.popular, "trending": self.trending}
        named |= {f"segment-{place}": counter for place, counter in enumerate(self.segments.values())}
        for name, counter in named.items():
            write_array(folder / f"{name}.npy", counter.state()[0].astype(np.float32))
        write_config(folder, self.config)
        about = {
            "bases": {name: counter.state()[1] for name, counter in named.items()},
            "segments": list(self.segments),
        }
        (folder / "about.json").write_bytes(msgspec.json.encode(about))

    @classmethod
    def load(cls, folder: Path) -> Popularity:
        config = read_config(folder, PopularityConfig)
        about = msgspec.json.decode((folder / "about.json").read_bytes())

        def fading(name: str, days: float, pool: int = config.pool) -> Fading:
            counts = read_array(folder / f"{name}.npy")
            return Fading(counts, half_life_days=days, base=about["bases"][name], pool=pool)

        segments = {
            label: fading(f"segment-{place}", config.popular_days, config.segment_pool)
            for place, label in enumerate(about["segments"])
        }
        return cls(fading("popular", config.popular_days), fading("trending", config.trending_days), segments, config)

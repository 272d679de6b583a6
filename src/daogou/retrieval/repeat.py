"""Repeat purchases: how often a shopper bought a product, the recent times counting more, and whether it is a product
that people buy again.

Personal frequency is the baseline to fear (Hu, He, Gao and Zhang, "Modeling personalized item frequency information
for next-basket recommendation", SIGIR 2020). A second tin of the same paint is less likely than a second bottle of the
same milk, so frequency is multiplied with the product's repeat rate: of those who bought it, the part that bought it
on another day too, shrunk towards the rate of all products. After how long people buy it again is counted beside it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.bounds import Part, Positive, Weight
from daogou.domain.ids import DAY_MS
from daogou.domain.keys import once, runs
from daogou.retrieval.evidence import NO_CAUSE, Evidence
from daogou.retrieval.files import read_array, read_config, write_array, write_config

if TYPE_CHECKING:
    from numpy.typing import NDArray


REPEAT = "repeat"
"""The source's name."""
REST_DAYS = 30.0
"""For so long nobody is recommended what they bought, where people do not buy the same again before."""
OWNED_DAYS = 365.0
"""The same for products that are bought again less readily than usual."""
BASKET_REST_DAYS = 0.1
"""The same where they do; some people shop twice a day."""


@dataclass(frozen=True, slots=True)
class RepeatConfig:
    """How purchases fade, and how much they count for the next basket. Chosen on the second last baskets of
    2,469 households (Complete Journey)."""

    half_life_days: Positive = 60.0
    """Days after which a purchase counts half."""
    floor: Part = 0.1
    """What a purchase counts however old it is."""
    shrink: Weight = 5.0
    """Buyers of the average product that are added to each product's own when its repeat rate is counted."""
    weight: Weight = 1.0
    """Worth of repeats in the next basket; a usual best repeat has 1."""
    together: Weight = 0.005
    """Worth of what goes with the newest purchases."""
    completing: Weight = 0.02
    """Worth of what goes with the basket that is being completed."""
    rare: Weight = 0.01
    """Worth of repeats for a basket that is being completed, where training found that few buy the same again soon."""
    rest: Weight = 0.05
    """Worth of what is next for the shopper, in parts of its worth in other answers."""


@dataclass(frozen=True)
class Bought:
    """What a shopper bought, by product."""

    rows: NDArray[np.int32]
    """The row of each purchase, ascending."""
    at: NDArray[np.int64]
    """The moment of each purchase, those of one product ascending."""

    @classmethod
    def of(cls, rows: NDArray[np.int32], at: NDArray[np.int64]) -> Bought:
        """From purchases in any order."""
        order = np.lexsort((at, rows))
        return cls(rows.take(order), at.take(order))

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """(products,) The first purchase of each."""
        first = np.ones(len(self.rows), np.bool_)
        np.not_equal(self.rows[1:], self.rows[:-1], out=first[1:])
        return first.nonzero()[0]

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.concatenate([self.starts[1:], [len(self.rows)]])

    @cached_property
    def products(self) -> NDArray[np.int32]:
        """(products,) The row of each, ascending."""
        return self.rows.take(self.starts)

    @cached_property
    def times(self) -> NDArray[np.int64]:
        """(products,) How often each was bought."""
        return self._ends - self.starts

    @cached_property
    def last(self) -> NDArray[np.int64]:
        """(products,) The moment when each was bought last."""
        return self.at.take(self._ends - 1)

    def since(self, at: int) -> NDArray[np.int32]:
        """The rows of what was bought after a moment."""
        return self.products.compress(self.last > at) if len(self) else self.rows

    @cached_property
    def _days(self) -> NDArray[np.int64]:
        """(products,) On how many days each was bought."""
        day = self.at // DAY_MS
        other = np.ones(len(day), np.int64)
        np.not_equal(day[1:], day[:-1], out=other[1:], casting="unsafe")
        other[self.starts] = 1
        return np.asarray(np.add.reduceat(other, self.starts), np.int64)

    def days(self, row: int) -> int:
        """On how many days one of the products was bought."""
        return int(self._days[self.products.searchsorted(row)])

    def without(self, rows: Collection[int]) -> Bought:
        """The same had some products never been bought."""
        kept = ~np.isin(self.rows, list(rows))
        return Bought(self.rows[kept], self.at[kept])


NOTHING_BOUGHT = Bought(np.empty(0, np.int32), np.empty(0, np.int64))


class Repeat:
    """Personal frequency and recency, times the product's own repeat rate."""

    name = REPEAT

    def __init__(
        self,
        config: RepeatConfig,
        rates: NDArray[np.float32] | None = None,
        days: NDArray[np.float32] | None = None,
    ) -> None:
        self.config = config
        self._rates = np.empty(0, np.float32) if rates is None else rates
        """(products,) relative to the rate of all products."""
        self._days = np.zeros(1, np.float32) if days is None else days
        """(products + 1,) between two purchases by one shopper; the last is of all products."""

    @classmethod
    def fit(
        cls, actor: NDArray[np.int32], day: NDArray[np.int64], row: NDArray[np.int32], n: int, *, config: RepeatConfig
    ) -> Repeat:
        """Count among purchase lines who bought on another day too."""
        if not len(actor):
            return cls(config)
        n_actors, n_days = int(actor.max()) + 1, int(np.ptp(day)) + 1
        pair, on = np.divmod(once((row.astype(np.int64) * n_actors + actor) * n_days + day - day.min()), n_days)
        new = runs(pair)
        rows, days = pair[new] // n_actors, np.diff(new, append=len(pair))
        buyers = np.bincount(rows, minlength=n)
        again = np.bincount(rows[days > 1], minlength=n)
        usual = float(again.sum()) / max(1, int(buyers.sum()))
        rates = (again / (usual or 1.0) + config.shrink) / (buyers + config.shrink)
        between = _between(pair // n_actors, on, new, n, config.shrink) if usual else None
        return cls(config, rates.astype(np.float32), between)

    def save(self, folder: Path) -> None:
        """Write the config and the rates; what was bought is in the event log."""
        write_config(folder, self.config)
        write_array(folder / "rates.npy", self._rates)
        write_array(folder / "days.npy", self._days)

    @classmethod
    def load(cls, folder: Path) -> Repeat:
        days = folder / "days.npy"  # a release of an earlier version has none, and nothing that asks for it
        known = read_array(days) if days.exists() else None
        return cls(read_config(folder, RepeatConfig), read_array(folder / "rates.npy"), known)

    def evidence(self, bought: Bought, at: int) -> Evidence:
        """What was bought; the values are relative to the highest."""
        if not len(bought):
            return Evidence.none()
        days = np.maximum(0, at - bought.at) / DAY_MS
        worth = self.config.floor + (1 - self.config.floor) * np.exp2(-days / self.config.half_life_days)
        rows = bought.products
        values = np.add.reduceat(worth, bought.starts) * self.rates(rows)
        return Evidence(rows, (values / values.max()).astype(np.float32), np.full(len(rows), NO_CAUSE, np.int32))

    def rates(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """How readily each is bought again, relative to all; 1 for products the release does not know."""
        rates = np.ones(len(rows), np.float32)
        known = rows < len(self._rates)
        rates[known] = self._rates[rows[known]]
        return rates

    def usual_days(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """After how long people buy each again; for products the release does not know as for all."""
        days: NDArray[np.float32] = self._days.take(rows, mode="clip")
        return days


def _between(
    rows: NDArray[np.int64], day: NDArray[np.int64], new: NDArray[np.int64], n: int, shrink: float
) -> NDArray[np.float32]:
    """The geometric mean of the days between two purchases of each product by one shopper, and last of all products,
    towards which those of which few are known are shrunk. `rows`, `day` (purchases,): those of one product and shopper
    follow one another, in order of time; `new`: where they begin."""
    again = np.delete(np.arange(len(rows)), new)
    row, gap = rows[again], np.log(day[again] - day[again - 1])
    usual = gap.mean()
    mean = (np.bincount(row, gap, n) + shrink * usual) / (np.bincount(row, minlength=n) + shrink)
    days: NDArray[np.float32] = np.exp(np.append(mean, usual)).astype(np.float32)
    return days

"""Sides of products across the whole shop: how many like each, how that went over time, and which products do worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.opinions.bought_for import FOR
from daogou.opinions.voices import sureness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.ids import ProductId
    from daogou.opinions.voices import Voices

MONTHS = 12
_MONTH = "datetime64[M]"


@dataclass(frozen=True, slots=True)
class Month:
    """What was said of one side in one month."""

    month: str
    """Such as 2026-03."""
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the shop's products."""

    aspect: str
    good: int
    bad: int
    products: int
    """How many products it is said of."""
    months: tuple[Month, ...]
    """The last twelve months with reviews in the shop, oldest first; the newest is that of the newest review."""

    @property
    def liked(self) -> float:
        """The share that likes it."""
        return self.good / max(1, self.good + self.bad)

    @property
    def change(self) -> float | None:
        """Share that likes it in the newer half of the months less that in the older; None where one says nothing."""
        half = len(self.months) // 2
        older, newer = self.months[:half], self.months[half:]
        shares = [
            sum(month.good for month in part) / n if (n := sum(month.good + month.bad for month in part)) else None
            for part in (older, newer)
        ]
        return None if shares[0] is None or shares[1] is None else shares[1] - shares[0]


@dataclass(frozen=True, slots=True)
class Worst:
    """A product of which many dislike one side."""

    product: ProductId
    good: int
    bad: int


def board(voices: Voices) -> list[Side]:
    """Every side that reviews speak of, most spoken of first."""
    months = voices.at.astype("datetime64[ms]").astype(_MONTH)
    found = []
    for place, aspect in enumerate(voices.aspects):
        if aspect.startswith(FOR):
            continue
        about = voices.aspect == place
        good = int(np.count_nonzero(voices.good[about]))
        products = len(np.unique(voices.product[about]))
        said = _months(months, about, voices.good)
        found.append(Side(aspect, good, int(np.count_nonzero(about)) - good, products, said))
    return sorted(found, key=lambda side: (-(side.good + side.bad), side.aspect))


def worst(voices: Voices, aspect: str, *, limit: int) -> list[Worst]:
    """The products of which it is surest that more dislike this side than like it, then those most disliked."""
    good, bad = voices.counts(aspect)
    order = np.lexsort((-bad, -sureness(bad, good)))
    return [
        Worst(voices.products[place], int(good[place]), int(bad[place]))
        for place in order[:limit].tolist()
        if bad[place] > good[place]
    ]


def _months(months: NDArray[np.datetime64], about: NDArray[np.bool_], good: NDArray[np.bool_]) -> tuple[Month, ...]:
    last: np.datetime64 = months.max()
    found: Sequence[np.datetime64] = [last - np.timedelta64(ago, "M") for ago in range(MONTHS - 1, -1, -1)]
    return tuple(
        Month(str(month), int(np.count_nonzero(here & good)), int(np.count_nonzero(here & ~good)))
        for month in found
        for here in (about & (months == month),)
    )

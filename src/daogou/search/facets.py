"""Counts for the filters beside a result: categories, brands, price ranges and the attributes that matter here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.hit import FacetValue
from daogou.domain.money import Money
from daogou.domain.text import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.shelf import Shelf
    from daogou.search.codes import FacetCodes


@dataclass(frozen=True, slots=True)
class FacetConfig:
    """How much is shown."""

    attributes: int = 6
    """Attributes, those that most of the products have first; more would push the products off a phone's screen."""
    values: int = 12
    """Values of each facet, commonest first."""
    price_ranges: int = 5


class FacetCounter:
    """Counts facet values over any set of rows with one pass over integer codes."""

    def __init__(self, shelf: Shelf, codes: FacetCodes, config: FacetConfig | None = None) -> None:
        self._shelf = shelf
        self._codes = codes
        self._config = config or FacetConfig()

    def count(self, rows: NDArray[np.int32], *, currency: str) -> dict[str, tuple[FacetValue, ...]]:
        """Counts over the rows: "category", "brand", "price", then attributes; empty facets are left out."""
        all_codes = self._codes
        with all_codes.lock:
            counts = np.bincount(all_codes.gather(rows)[0], minlength=len(all_codes.keys))
            codes = np.flatnonzero(counts)
            owners = all_codes.owners[codes]
            names = all_codes.names[:]
        totals = np.bincount(owners, weights=counts[codes], minlength=len(names))
        named = {names[place]: place for place in np.flatnonzero(totals).tolist()}
        attributes = sorted(named.keys() - {"category", "brand"}, key=lambda name: (-totals[named[name]], name))
        found: dict[str, tuple[FacetValue, ...]] = {}
        for name in ("category", "brand", "price", *attributes[: self._config.attributes]):
            if name == "price":
                found[name] = price_ranges(self._shelf.price[rows], currency, most=self._config.price_ranges)
            elif name in named:
                found[name] = self._top(name, codes[owners == named[name]], counts)
        return {name: values for name, values in found.items() if values}

    def _top(self, name: str, codes: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[FacetValue, ...]:
        """The commonest values; ties in order of value."""
        wanted = self._config.values
        if len(codes) > wanted:
            least = np.partition(counts[codes], -wanted)[-wanted]
            codes = codes[counts[codes] >= least]
        counted = sorted((-int(counts[code]), self._codes.keys[code][1]) for code in codes)
        return tuple(FacetValue(value, self._shelf.label(name, value), -n) for n, value in counted[:wanted])


def price_ranges(prices: NDArray[np.int64], currency: str, *, most: int) -> tuple[FacetValue, ...]:
    """Round price ranges that hold about equally many of the known prices.

    A value is "low..high" in minor units, both included, as the filter's bounds are; the outer ends are open.
    """
    known = prices[prices >= 0]
    if len(known) < 2 or known.min() == known.max():
        return ()
    cuts = np.quantile(known, [i / most for i in range(1, most)])
    edges = sorted({_round(float(cut)) for cut in cuts if _round(float(cut)) > known.min()})
    bounds = [None, *edges, None]
    found = []
    for low, high in pairwise(bounds):
        inside = (known >= (low or 0)) & ((known < high) if high is not None else True)
        if n := int(inside.sum()):
            found.append(FacetValue(f"{low or ''}..{high - 1 if high else ''}", _range(low, high, currency), n))
    return tuple(found) if len(found) > 1 else ()


def _round(amount: float) -> int:
    """To one leading digit, or to 15, 25: figures that people expect on a price filter."""
    if amount < 1:
        return 0
    size = 10 ** math.floor(math.log10(amount))
    step = min((1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10), key=lambda step: abs(step * size - amount))
    return int(step * size)


def _range(low: int | None, high: int | None, currency: str) -> Text:
    below = f"{Money(high, currency)}" if high is not None else ""
    above = f"{Money(low, currency)}" if low is not None else ""
    if low is None:
        return Text(zh=f"{below} 以下", en=f"under {below}")
    if high is None:
        return Text(zh=f"{above} 以上", en=f"{above} and up")
    return Text(zh=f"{above} – {below}", en=f"{above} – {below}")

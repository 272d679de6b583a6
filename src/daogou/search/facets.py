"""Counts for the filters beside a result: categories, brands, price ranges and the attributes that matter here."""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class FacetConfig:
    """How much is shown."""

    attributes: int = 6
    """Attributes, those that most of the products have first; more would push the products off a phone's screen."""
    values: int = 12
    """Values of each facet, commonest first."""
    price_ranges: int = 5


class FacetCounter:
    """Counts facet values over any set of rows with one pass over integer codes.

    Holds the codes of every row in one array; a row that changes gets new codes at the end, and the array is packed
    when more than half of it is out of use.
    """

    def __init__(self, shelf: Shelf, config: FacetConfig | None = None) -> None:
        self._shelf = shelf
        self._config = config or FacetConfig()
        self._code: dict[tuple[str, str], int] = {}
        self._keys: list[tuple[str, str]] = []
        self._names: list[str] = []
        self._owner = array("i")
        self._start = np.zeros(0, np.int64)
        self._length = np.zeros(0, np.int64)
        self._codes = np.zeros(1024, np.int32)
        self._used = 0
        self._lock = threading.RLock()
        self.put(range(len(shelf)))

    def put(self, rows: Iterable[int]) -> None:
        """Read these rows' values again."""
        with self._lock:
            self._reserve(len(self._shelf))
            for row in rows:
                product = self._shelf.products[row]
                keys = {} if product is None else {(name, text.key): None for name, text in product.facets()}
                self._write(row, [self._number(key) for key in keys])
            if self._used > 2 * int(self._length.sum()) + 1024:
                self._pack()

    def count(self, rows: NDArray[np.int32], *, currency: str) -> dict[str, tuple[FacetValue, ...]]:
        """Counts over the rows: "category", "brand", "price", then attributes; empty facets are left out."""
        with self._lock:
            counts = np.bincount(self._gather(rows), minlength=len(self._keys))
            codes = np.flatnonzero(counts)
            owners = np.asarray(self._owner, np.int32)[codes]
        totals = np.bincount(owners, weights=counts[codes], minlength=len(self._names))
        named = {name: place for place, name in enumerate(self._names) if totals[place]}
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
        counted = sorted((-int(counts[code]), self._keys[code][1]) for code in codes)
        return tuple(FacetValue(value, self._shelf.label(name, value), -n) for n, value in counted[:wanted])

    def _gather(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """The codes of all the rows, one after the other."""
        rows = rows[rows < len(self._start)]
        lengths = self._length[rows]
        total = int(lengths.sum())
        if not total:
            return np.zeros(0, np.int32)
        ends = np.cumsum(lengths)
        places = np.arange(total) + np.repeat(self._start[rows] - (ends - lengths), lengths)
        codes: NDArray[np.int32] = self._codes[places]
        return codes

    def _number(self, key: tuple[str, str]) -> int:
        if key not in self._code:
            self._code[key] = len(self._keys)
            self._keys.append(key)
            if key[0] not in self._names:
                self._names.append(key[0])
            self._owner.append(self._names.index(key[0]))
        return self._code[key]

    def _write(self, row: int, codes: list[int]) -> None:
        if self._used + len(codes) > len(self._codes):
            more = np.zeros(max(2 * len(self._codes), self._used + len(codes)), np.int32)
            more[: self._used] = self._codes[: self._used]
            self._codes = more
        self._codes[self._used : self._used + len(codes)] = codes
        self._start[row], self._length[row] = self._used, len(codes)
        self._used += len(codes)

    def _reserve(self, n: int) -> None:
        if n > len(self._start):
            more = np.zeros(max(n - len(self._start), len(self._start) // 2), np.int64)
            self._start = np.concatenate([self._start, more])
            self._length = np.concatenate([self._length, more])

    def _pack(self) -> None:
        rows = np.arange(len(self._start), dtype=np.int32)
        self._codes = self._gather(rows)
        self._used = len(self._codes)
        self._start = np.cumsum(self._length) - self._length


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


def parse_range(value: str, currency: str) -> tuple[Money | None, Money | None]:
    """Read a price facet's value back into bounds for a filter. Raises ValueError for anything else."""
    low, separator, high = value.partition("..")
    if not separator:
        raise ValueError(f"{value!r} is not a price range such as '10000..19999'")
    return (Money(int(low), currency) if low else None, Money(int(high), currency) if high else None)

"""All opinions of a shop's reviews in columns: what search, and the page that shows aspects across products, count.

Kept with a release, without the quotes: these are found again in the reviews of the product that is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import msgspec
import numpy as np

from daogou.domain.ids import ProductId
from daogou.domain.text import Text
from daogou.opinions.aspects import lexicon
from daogou.opinions.bought_for import close_to
from daogou.opinions.counted import counted, purposes_counted
from daogou.retrieval.files import read_array, write_array

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.domain.review import Review
    from daogou.opinions.aspects import Lexicon
    from daogou.opinions.mining import Opinion

_NAMES = "names.json"
_Name = TypeVar("_Name", bound=str)
_COLUMNS = ("product", "aspect", "good", "at")


@dataclass(frozen=True, slots=True)
class Voices:
    """One entry for each side of a product that a review likes or dislikes; the arrays have the same length."""

    products: tuple[ProductId, ...]
    aspects: tuple[str, ...]
    product: NDArray[np.int32]
    """Place in `products`."""
    aspect: NDArray[np.int16]
    """Place in `aspects`."""
    good: NDArray[np.bool_]
    at: NDArray[np.int64]
    """When the review was written, epoch milliseconds."""

    @classmethod
    def gather(cls, said: Iterable[tuple[Review, Iterable[Opinion]]]) -> Voices:
        """Collect what was found in each review."""
        products: dict[ProductId, int] = {}
        aspects: dict[str, int] = {}
        rows: list[tuple[int, int, bool, int]] = []
        for review, opinions in said:
            for found in opinions:
                product = products.setdefault(review.product, len(products))
                aspect = aspects.setdefault(found.aspect, len(aspects))
                rows.append((product, aspect, found.polarity == "good", review.at))
        table = np.array(rows, np.int64).reshape(-1, 4)
        return cls(
            tuple(products),
            tuple(aspects),
            product=table[:, 0].astype(np.int32),
            aspect=table[:, 1].astype(np.int16),
            good=table[:, 2].astype(bool),
            at=table[:, 3].copy(),
        )

    def with_anew(self, later: Mapping[ProductId, Voices]) -> Voices:
        """These, but for some products what is given for each of them instead."""
        gone = [place for place, product in enumerate(self.products) if product in later]
        kept = ~np.isin(self.product, gone)
        products = _places((*self.products, *later))
        aspects = _places((*self.aspects, *(aspect for each in later.values() for aspect in each.aspects)))
        parts = [(self.product[kept], self.aspect[kept], self.good[kept], self.at[kept])]
        for product, each in later.items():
            own = np.array([aspects[aspect] for aspect in each.aspects], np.int16)
            parts.append((np.full(len(each.good), products[product], np.int32), own[each.aspect], each.good, each.at))
        columns = (np.concatenate(column) for column in zip(*parts, strict=True))
        return Voices(tuple(products), tuple(aspects), *columns)

    def counts(self, aspect: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many reviews like this side, and how many do not, by place of the product."""
        n = len(self.products)
        if aspect not in self.aspects:
            return np.zeros(n, np.int64), np.zeros(n, np.int64)
        about = self.aspect == self.aspects.index(aspect)
        good = np.bincount(self.product[about & self.good], minlength=n)
        return good, np.bincount(self.product[about & ~self.good], minlength=n)

    def save(self, folder: Path) -> None:
        """Write the columns."""
        for name in _COLUMNS:
            write_array(folder / f"{name}.npy", getattr(self, name))
        (folder / _NAMES).write_bytes(msgspec.json.encode([self.products, self.aspects]))

    @classmethod
    def load(cls, folder: Path) -> Voices:
        """Read what `save` wrote."""
        products, aspects = msgspec.json.decode((folder / _NAMES).read_bytes())
        return cls(tuple(products), tuple(aspects), *(read_array(folder / f"{name}.npy") for name in _COLUMNS))


def _places(names: Iterable[_Name]) -> dict[_Name, int]:
    """Each name once, in order, with its place."""
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def sureness(good: NDArray[np.int64], bad: NDArray[np.int64]) -> NDArray[np.float32]:
    """How far the lower end of the share that likes it lies above one half, from 0 to 1.

    The lower end is Wilson's ("Probable inference", JASA 1927) at one standard error: one voice alone is not sure, two
    of two count a third, twelve of twelve 0.85.
    """
    n = np.maximum(good + bad, 1)
    share = good / n
    low = (share + 1 / (2 * n) - np.sqrt(share * (1 - share) / n + 1 / (4 * n * n))) / (1 + 1 / n)
    sure: NDArray[np.float32] = np.maximum(0, 2 * low - 1).astype(np.float32)
    return sure


@dataclass(frozen=True)
class ShelfPraise:
    """Voices by row of a shelf, which search asks. Counts are kept once they were asked for."""

    voices: Voices
    row: Callable[[ProductId], int | None]
    words: Lexicon = field(default_factory=lexicon)
    _kept: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=dict)
    _later: dict[ProductId, Mapping[str, tuple[int, int]]] = field(default_factory=dict)

    def put(self, product: ProductId, counts: Mapping[str, tuple[int, int]]) -> None:
        """From now on so many reviews like each side of a product, and so many do not."""
        self._later[product] = counts
        self.placed([product])

    def placed(self, products: Iterable[ProductId]) -> None:
        """Note that these products may have come onto the shelf, or to another row."""
        for product in products:
            row = self.row(product)
            if product in self._later and row is not None:
                for aspect, kept in self._kept.items():
                    self._kept[aspect] = _with(kept, row, self._later[product].get(aspect, (0, 0)))

    def sure(self, aspect: str) -> NDArray[np.float32]:
        """How sure it is that more reviewers like this side than not, from 0 to 1, by row."""
        return sureness(*self._counts(aspect))

    def said(self, aspect: str, row: int) -> Text:
        """How many reviewers like this side, as a sentence."""
        good, bad = (int(counts[row]) for counts in self._counts(aspect))
        return counted(self.words.aspects[aspect].label, good, bad)

    def suits(self, purpose: str) -> NDArray[np.float32]:
        """How well it is on record that the product suits a person or an occasion, from 0 to 1, by row.

        n / (n + 2) for n more reviews that say so than say it did not: a third for one, five sixths for ten.
        """
        net = np.zeros(0, np.int64)
        for side in close_to(purpose):
            good, bad = self._counts(side)
            net = _sum(net, good - bad)
        net = np.maximum(net, 0)
        return (net / (net + 2)).astype(np.float32)

    def suited(self, purpose: str, row: int) -> Text:
        """How many reviews say that it suited, as a sentence."""
        good = {side: self._counts(side)[0] for side in close_to(purpose)}
        return purposes_counted({side: int(n[row]) for side, n in good.items() if row < len(n)})

    def _counts(self, aspect: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if aspect not in self._kept:
            places = [
                (row, place) for place, id in enumerate(self.voices.products) if (row := self.row(id)) is not None
            ]
            rows, at = np.array(places, np.int64).reshape(-1, 2).T
            found = []
            for counts in self.voices.counts(aspect):
                by_row = np.zeros(int(rows.max(initial=-1)) + 1, np.int64)
                by_row[rows] = counts[at]
                found.append(by_row)
            self._kept[aspect] = (found[0], found[1])
            self.placed(self._later)
        return self._kept[aspect]


def _sum(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sum; the shorter one counts nothing where it ends."""
    n = max(len(one), len(other))
    return np.pad(one, (0, n - len(one))) + np.pad(other, (0, n - len(other)))


def _with(
    kept: tuple[NDArray[np.int64], NDArray[np.int64]], row: int, counts: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The counts with those of one row replaced."""
    grown = [np.append(each, np.zeros(max(0, row + 1 - len(each)), np.int64)) for each in kept]
    for each, n in zip(grown, counts, strict=True):
        each[row] = n
    return grown[0], grown[1]

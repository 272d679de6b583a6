"""A ranker: small trees that put the first products of the fused list in a better order, by what they are, what they
cost and what the shopper did last.

What the trees say of a product multiplies its fused score. So whatever speaks for the product keeps its part, and what
the ranker adds or takes is a part of the score of its own. The trees are LambdaMART's (Burges, "From RankNet to
LambdaRank to LambdaMART: an overview", 2010).

A tree has at most nine leaves, so it asks at most eight questions: the answers are one byte, and what the tree says to
each byte stands in a table. Answering needs nothing but NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import msgspec
import numpy as np
from msgspec import Meta

from daogou.domain.bounds import Count
from daogou.domain.ids import DAY_MS
from daogou.retrieval.evidence import place_among, times_among
from daogou.retrieval.files import read_array, read_config, write_array, write_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Trail
    from daogou.retrieval.repeat import Bought

QUESTIONS = 8
_BITS: NDArray[np.uint8] = np.array([[1 << question] for question in range(QUESTIONS)], np.uint8)
"""What a yes to each question adds to the byte of answers."""
_NEVER = -1.0
"""In place of days where something never happened, or is not known."""


@dataclass(frozen=True, slots=True)
class RankingConfig:
    """How the first products are put in order by trees."""

    enabled: bool = True
    """It is part of a release only where it surely ranks held-back steps better than the fusion alone."""
    first: Annotated[int, Meta(ge=10, le=500)] = 50
    """How many of the first products of the fused list are put in another order."""
    trees: Count = 60
    leaf: Count = 100
    """Products of validation steps that a leaf rests on at least."""
    rate: Annotated[float, Meta(gt=0, le=1)] = 0.05
    """What each tree adds of what it would."""
    folds: Annotated[int, Meta(ge=2, le=10)] = 3
    """Parts of the validation steps; each is ranked by trees that learnt from the others, and so they are judged."""
    least: Annotated[int, Meta(ge=6)] = 200
    """With fewer validation steps that have the answer among the `first` it is not tried."""


class Goods(Protocol):
    """Products in columns, by row."""

    @property
    def price(self) -> NDArray[np.int64]:
        """In minor units; -1 where unknown."""

    @property
    def released(self) -> NDArray[np.int64]:
        """Release moment; 0 where unknown."""

    @property
    def sorts(self) -> NDArray[np.int32]:
        """(rows, 2) The number of the brand and that of the last category; no brand has that of a category, and 0
        stands for none."""


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known of whoever asks. The trail has a step at least."""

    trail: Trail
    times: NDArray[np.int64]
    """The moment of each step."""
    bought: Bought
    at: int


NAMES = (
    "score", "events", "age", "price", "brand", "newest brand", "category", "newest category", "back", "bought",
    "days since", "steps", "pause", "newest step",
)  # fmt: skip
"""What the trees are told of a product beside what each source says of it; the order of `described`."""
_EVENTS = NAMES.index("events")


def described(
    rows: NDArray[np.int32],
    scores: NDArray[np.float32],
    parts: NDArray[np.floating],
    asker: Asker,
    *,
    goods: Goods,
    events: NDArray[np.floating],
) -> NDArray[np.float32]:
    """(features, rows) what the trees are told. `parts`: (sources, rows) of the fused scores; `events`: by row."""
    trail, n = asker.trail.rows, np.float32(len(asker.trail))
    best = max(float(scores.max(initial=0.0)), 1e-30)
    (brands, kinds), (newest_brand, newest_kind) = _alike(goods.sorts.take(rows, 0), goods.sorts.take(trail, 0))
    columns = (
        scores / best,
        np.log1p(_counted(rows, events)),
        _days(asker.at, goods.released.take(rows)),
        _dearer(goods.price.take(rows), goods.price.take(trail)),
        brands / n,
        newest_brand,
        kinds / n,
        newest_kind,
        place_among(trail, rows),  # -1, which is _NEVER, of what is no step
        *_bought(rows, asker),
        n,
        (asker.at - asker.times[0]) / DAY_MS,
        asker.trail.weights[0],
    )
    told = np.empty((len(NAMES) + len(parts), len(rows)), np.float32)
    for line, column in zip(told, columns, strict=False):
        line[:] = column
    np.divide(parts, best, out=told[len(NAMES) :], casting="unsafe")
    return told


def spared(factors: NDArray[np.float32], told: NDArray[np.float32]) -> NDArray[np.float32]:
    """The factors (rows,), but none below 1 on a product without any event; `told`: from `described`.

    Nobody was shown it, so it is hardly ever the answer of a held-back step, and trees learn that of all like it.
    """
    return np.where(told[_EVENTS] == 0, np.maximum(factors, np.float32(1)), factors)


def _counted(rows: NDArray[np.int32], events: NDArray[np.floating]) -> NDArray[np.floating]:
    """The events of each row; those past the end have none."""
    if not len(events):
        return np.zeros(len(rows))
    counted = events.take(rows, mode="clip")
    counted[rows >= len(events)] = 0
    return counted


def _days(at: int, released: NDArray[np.int64]) -> NDArray[np.floating]:
    """The age of each. What has yet to come is new: how long that will take was not known at a held-back step."""
    days = np.maximum(0, at - released) / DAY_MS
    days[released <= 0] = _NEVER
    return days


def _alike(of: NDArray[np.int32], steps: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """(2, rows) for the brand and the category of each row, of how many steps it is, and whether of the newest."""
    known = of > 0
    times = times_among(steps.ravel(), of.ravel()).reshape(of.shape)
    return (times * known).T, ((of == steps[0]) & known).T


def _bought(rows: NDArray[np.int32], asker: Asker) -> tuple[NDArray[np.integer], NDArray[np.floating]]:
    """How often each row was bought, and how many days ago last."""
    bought = asker.bought
    if not len(bought):
        return np.zeros(len(rows), np.int64), np.full(len(rows), _NEVER)
    place = bought.products.searchsorted(rows)
    here = bought.products.take(place, mode="clip") == rows
    days = asker.at // DAY_MS - bought.last.take(place, mode="clip") // DAY_MS
    return bought.times.take(place, mode="clip") * here, np.where(here, days, _NEVER)


def _dearer(prices: NDArray[np.int64], usual: NDArray[np.int64]) -> NDArray[np.floating]:
    """The logarithm of each price in parts of the usual one; 0 where either is not known."""
    known = usual[usual > 0]
    if not len(known):
        return np.zeros(len(prices))
    dearer: NDArray[np.float64] = np.log(np.maximum(prices, 1)) - np.log(known).sum() / len(known)
    dearer[prices <= 0] = 0.0
    return dearer


class _About(msgspec.Struct):
    sources: tuple[str, ...]
    within_days: float | None = None


class Ranker:
    """Trees as tables."""

    def __init__(
        self,
        sources: Sequence[str],
        features: NDArray[np.int32],
        limits: NDArray[np.float32],
        says: NDArray[np.float32],
        config: RankingConfig,
        *,
        within_days: float | None = None,
    ) -> None:
        """`features`, `limits`: (trees, QUESTIONS) is the feature at most the limit? `says`: (trees, 256)."""
        self.sources = tuple(sources)
        """Whose parts of the score the trees are told, in this order."""
        self.within_days = within_days
        """How long ago the newest step may be; None: however long."""
        self.config = config
        self._features, self._limits, self._says = features, limits, says

    def heard(self, asker: Asker) -> bool:
        """Is it known to rank better for whoever asks?"""
        if not len(asker.trail):
            return False
        return self.within_days is None or asker.at - asker.times[0] <= self.within_days * DAY_MS

    def factors(self, told: NDArray[np.float32]) -> NDArray[np.float32]:
        """(rows,) what the fused scores are multiplied with; `told`: from `described`."""
        features, limits, says, starts = self._by_question
        answers = told.take(features, axis=0) <= limits  # (QUESTIONS * trees, rows)
        bits = answers.view(np.uint8).reshape(QUESTIONS, -1) * _BITS
        bytes_ = np.add.reduce(bits, 0, np.uint8).reshape(len(starts), -1)  # (trees, rows)
        said = says.take(starts + bytes_)
        found: NDArray[np.float32] = np.exp(said.sum(0, dtype=np.float64)).astype(np.float32)
        return found

    @cached_property
    def _by_question(self) -> tuple[NDArray[Any], ...]:
        """The first question of every tree, then the second of every tree: what the answers are then added up in is
        one after the other in memory. And what the trees say in one line, with the place where each tree begins."""
        trees = len(self._says)
        starts = (np.arange(trees) << QUESTIONS)[:, None]
        return self._features.T.ravel().astype(np.intp), self._limits.T.reshape(-1, 1), self._says.ravel(), starts

    def save(self, folder: Path) -> None:
        """Write the tables, what they are told, and the config."""
        write_config(folder, self.config)
        (folder / "about.json").write_bytes(msgspec.json.encode(_About(self.sources, self.within_days)))
        for name, array in (("features", self._features), ("limits", self._limits), ("says", self._says)):
            write_array(folder / f"{name}.npy", array)

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        about = msgspec.json.decode((folder / "about.json").read_bytes(), type=_About)
        features, limits, says = (read_array(folder / f"{name}.npy") for name in ("features", "limits", "says"))
        config = read_config(folder, RankingConfig)
        return cls(about.sources, features, limits, says, config, within_days=about.within_days)

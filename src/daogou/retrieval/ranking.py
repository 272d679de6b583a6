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
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import msgspec
import numpy as np
from msgspec import Meta

from daogou.domain.ids import DAY_MS
from daogou.retrieval.evidence import place_among
from daogou.retrieval.files import read_array, read_config, write_array, write_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Trail

QUESTIONS = 8
_NEVER = -1.0
"""In place of days where something never happened, or is not known."""


@dataclass(frozen=True, slots=True)
class RankingConfig:
    """How the first products are put in order by trees."""

    enabled: bool = True
    """It is part of a release only where it surely ranks held-back steps better than the fusion alone."""
    first: Annotated[int, Meta(ge=10, le=500)] = 50
    """How many of the first products of the fused list are put in another order."""
    trees: Annotated[int, Meta(ge=1)] = 60
    leaf: Annotated[int, Meta(ge=1)] = 100
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
    def brand(self) -> NDArray[np.int32]:
        """A number for each brand; -1 for none."""

    @property
    def leaf(self) -> NDArray[np.int32]:
        """A number for each last category; -1 for none."""


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known of whoever asks. The trail has a step at least."""

    trail: Trail
    times: NDArray[np.int64]
    """The moment of each step."""
    bought: NDArray[np.int32]
    """The row of each purchase."""
    bought_at: NDArray[np.int64]
    at: int


NAMES = (
    "score", "events", "age", "price", "brand", "newest brand", "category", "newest category", "back", "bought",
    "days since", "steps", "pause", "newest step",
)  # fmt: skip
"""What the trees are told of a product beside what each source says of it; the order of `described`."""


def described(
    rows: NDArray[np.int32],
    scores: NDArray[np.float32],
    parts: NDArray[np.floating],
    asker: Asker,
    *,
    goods: Goods,
    events: NDArray[np.floating],
) -> NDArray[np.float32]:
    """(rows, features) what the trees are told. `parts`: (rows, sources) of the fused scores; `events`: by row."""
    trail, n = asker.trail.rows, np.float32(len(asker.trail))
    best = max(float(scores.max(initial=0.0)), 1e-30)
    released = goods.released.take(rows)
    brands, newest_brand = _alike(goods.brand.take(rows), goods.brand.take(trail))
    kinds, newest_kind = _alike(goods.leaf.take(rows), goods.leaf.take(trail))
    times, days = _bought(rows, asker)
    columns = (
        scores / best,
        np.log1p(_counted(rows, events)),
        np.where(released > 0, (asker.at - released) / DAY_MS, _NEVER),
        _dearer(goods.price.take(rows), goods.price.take(trail)),
        brands / n,
        newest_brand,
        kinds / n,
        newest_kind,
        place_among(trail, rows),  # -1, which is _NEVER, of what is no step
        times,
        days,
        n,
        (asker.at - asker.times[0]) / DAY_MS,
        asker.trail.weights[0],
    )
    told = np.empty((len(rows), len(NAMES) + parts.shape[1]), np.float32)
    for place, column in enumerate(columns):
        told[:, place] = column
    told[:, len(NAMES) :] = parts / best
    return told


def _counted(rows: NDArray[np.int32], events: NDArray[np.floating]) -> NDArray[np.floating]:
    """The events of each row; those past the end have none."""
    if not len(events):
        return np.zeros(len(rows))
    counted = events.take(rows, mode="clip")
    counted[rows >= len(events)] = 0
    return counted


def _alike(of: NDArray[np.int32], steps: NDArray[np.int32]) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
    """For each number of how many steps it is, and whether of the newest; -1 is none."""
    counted = np.bincount(steps + 1, minlength=int(of.max(initial=0)) + 2).astype(np.float32)
    counted[0] = 0
    return counted.take(of + 1), (of == steps[0]) & (of >= 0)


def _bought(rows: NDArray[np.int32], asker: Asker) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """How often each row was bought, and how many days ago last."""
    place = place_among(rows, asker.bought)
    here = (place >= 0).nonzero()[0]
    row = place.take(here)
    ago = np.full(len(rows), np.inf)
    np.minimum.at(ago, row, asker.at // DAY_MS - asker.bought_at.take(here) // DAY_MS)
    times = np.bincount(row, minlength=len(rows))
    return times.astype(np.float32), np.where(times > 0, ago, _NEVER)


def _dearer(prices: NDArray[np.int64], usual: NDArray[np.int64]) -> NDArray[np.floating]:
    """The logarithm of each price in parts of the usual one; 0 where either is not known."""
    known = usual[usual > 0]
    if not len(known):
        return np.zeros(len(prices))
    return np.where(prices > 0, np.log(np.maximum(prices, 1)) - np.log(known).mean(), 0.0)


class _About(msgspec.Struct):
    sources: tuple[str, ...]


class Ranker:
    """Trees as tables."""

    def __init__(
        self,
        sources: Sequence[str],
        features: NDArray[np.int32],
        limits: NDArray[np.float32],
        says: NDArray[np.float32],
        config: RankingConfig,
    ) -> None:
        """`features`, `limits`: (trees, QUESTIONS) is the feature at most the limit? `says`: (trees, 256)."""
        self.sources = tuple(sources)
        """Whose parts of the score the trees are told, in this order."""
        self.config = config
        self._features, self._limits, self._says = features, limits, says

    def factors(self, told: NDArray[np.float32]) -> NDArray[np.float32]:
        """(rows,) what the fused scores are multiplied with; `told`: from `described`."""
        trees = len(self._says)
        answers = told.take(self._features.ravel(), axis=1) <= self._limits.ravel()
        bytes_ = np.packbits(answers, axis=1, bitorder="little")  # (rows, trees)
        said = self._says.ravel().take(bytes_ + (np.arange(trees) << QUESTIONS))
        found: NDArray[np.float32] = np.exp(said.sum(1, dtype=np.float64)).astype(np.float32)
        return found

    def save(self, folder: Path) -> None:
        """Write the tables, what they are told, and the config."""
        write_config(folder, self.config)
        (folder / "about.json").write_bytes(msgspec.json.encode(_About(self.sources)))
        for name, array in (("features", self._features), ("limits", self._limits), ("says", self._says)):
            write_array(folder / f"{name}.npy", array)

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        about = msgspec.json.decode((folder / "about.json").read_bytes(), type=_About)
        features, limits, says = (read_array(folder / f"{name}.npy") for name in ("features", "limits", "says"))
        return cls(about.sources, features, limits, says, read_config(folder, RankingConfig))

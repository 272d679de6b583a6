"""What is measured: anything that ranks the whole catalogue for a batch of questions; and the baselines of every table.

Every system ranks the same candidates, the products on sale. Sampled candidates are never used: they change which
system is better (Krichene and Rendle, "On sampled metrics for item recommendation", KDD 2020).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.evaluation.offline.questions import Question
from daogou.features.history import STEP_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from daogou.ports.stores import EventColumns

DEPTH = 100
"""Places that are kept of each ranking."""
NOTHING = -1
OURS = "this shop"
"""What the shop's own recommender is called in every table; the others are baselines."""
RECENT_DAYS = 30
_BEHIND = 1e-9
"""Less than any cosine of two products that a shopper has in common."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The first places of rankings. Both arrays are (questions, DEPTH)."""

    rows: NDArray[np.int64]
    """NOTHING where a list is shorter."""
    scores: NDArray[np.float64]
    """Falling; minus infinity where a list is shorter."""

    @classmethod
    def blank(cls, n: int) -> Ranked:
        """Empty lists, to be filled."""
        return cls(np.full((n, DEPTH), NOTHING, np.int64), np.full((n, DEPTH), -np.inf))

    def fill(self, place: int, rows: NDArray[np.integer], scores: NDArray[np.floating]) -> None:
        """Write one list, best first."""
        self.rows[place, : len(rows)] = rows[:DEPTH]
        self.scores[place, : len(rows)] = scores[:DEPTH]


class System(Protocol):
    """Ranks products for questions; one object may rank in several ways and answers with each by name."""

    @property
    def fit_s(self) -> Mapping[str, float]:
        """CPU seconds of the fit, by name."""

    def rank(self, questions: Sequence[Question], *, seen: bool) -> Mapping[str, Ranked]:
        """Rank for each question; `seen` lets what the shopper touched before stay in the lists."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The past in arrays, for baselines: one entry for each event that is a step."""

    actor: Mapping[str, int]
    n: int
    """How many products there are."""
    who: NDArray[np.int64]
    what: NDArray[np.int64]
    at: NDArray[np.int64]
    available: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        past: EventColumns,
        row: Mapping[str, int],
        available: NDArray[np.bool_],
        types: Sequence[str] = STEP_TYPES,
    ) -> Counts:
        """Read the events of these types."""
        rows = np.array([row.get(product, -1) for product in past.products], np.int64)[past.product]
        steps = np.array([type in types for type in past.types], bool)[past.type] & (rows >= 0)
        actor = {name: place for place, name in enumerate(past.shoppers)}
        return cls(actor, len(row), past.shopper[steps].astype(np.int64), rows[steps], past.at[steps], available)

    def reach(self, since: int = 0) -> NDArray[np.float64]:
        """How many different shoppers touched each product, from a moment on."""
        late = self.at >= since
        pairs = np.unique(self.who[late] * self.n + self.what[late])
        return np.bincount(pairs % self.n, minlength=self.n).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Scoring:
    """A baseline that gives every product a score."""

    name: str
    seconds: float
    available: NDArray[np.bool_]
    scores: Callable[[Sequence[Question]], NDArray[np.float64]]
    """Questions to (questions, products); what scores minus infinity is never shown."""
    repeats: bool = False
    """Makes sense only where products may come again."""
    _CHUNK = 100

    @property
    def fit_s(self) -> Mapping[str, float]:
        return {self.name: self.seconds}

    def rank(self, questions: Sequence[Question], *, seen: bool) -> Mapping[str, Ranked]:
        if self.repeats and not seen:
            return {}
        ranked = Ranked.blank(len(questions))
        for start in range(0, len(questions), self._CHUNK):
            chunk = questions[start : start + self._CHUNK]
            scores = np.where(self.available, self.scores(chunk), -np.inf)
            for place, question in enumerate(chunk):
                if not seen:
                    scores[place, question.history] = -np.inf
                rows = best(scores[place], DEPTH)
                ranked.fill(start + place, rows, scores[place, rows])
        return {self.name: ranked}


def best(scores: NDArray[np.floating], k: int) -> NDArray[np.int64]:
    """Rows of the k highest finite scores, best first, ties in order of row."""
    k = min(k, len(scores))
    edge = np.partition(scores, len(scores) - k)[len(scores) - k] if k else 0.0
    rows = np.flatnonzero((scores >= edge) & np.isfinite(scores))
    return rows[np.argsort(-scores[rows], kind="stable")][:k]


def baselines(counts: Counts, told: Counts, *, seed: int) -> list[Scoring]:
    """Most popular, popular recently, item-kNN, personal frequency and chance: what any recommender must beat.

    `told`: what each shopper did until they are asked about, which may be later than what is learnt from.
    """
    fits: list[tuple[str, Callable[[], Callable[[Sequence[Question]], NDArray[np.float64]]], bool]] = [
        ("most popular", lambda: _same(counts.reach()), False),
        ("popular recently", lambda: _same(_recent(counts)), False),
        ("item-kNN", lambda: _item_knn(counts), False),
        ("personal frequency", lambda: _frequency(told), True),
        ("random", lambda: _random(counts.n, seed), False),
    ]
    found = []
    for name, fit, repeats in fits:
        started = time.process_time()
        scores = fit()
        found.append(Scoring(name, time.process_time() - started, counts.available, scores, repeats))
    return found


def personal_frequency(counts: Counts) -> Scoring:
    """What each shopper turned to most often, then what is popular: the baseline to fear where people buy again."""
    return Scoring("personal frequency", 0.0, counts.available, _frequency(counts), repeats=True)


def _same(scores: NDArray[np.float64]) -> Callable[[Sequence[Question]], NDArray[np.float64]]:
    return lambda questions: np.tile(scores, (len(questions), 1))


def _recent(counts: Counts) -> NDArray[np.float64]:
    """The last `RECENT_DAYS` of the past; the whole past breaks ties."""
    newest = int(counts.at.max(initial=0))
    return counts.reach(newest - RECENT_DAYS * DAY_MS) + 1e-6 * counts.reach()


def _item_knn(counts: Counts) -> Callable[[Sequence[Question]], NDArray[np.float64]]:
    """Plain cosine between the columns of the 0/1 table of shoppers and products, no shrinkage, all neighbours.

    What is popular comes after all neighbours: somebody nothing is known of is shown that, and not what stands first in
    the catalogue.
    """
    touched = _touched(counts, binary=True)
    popular = counts.reach()
    popular = _BEHIND * popular / max(popular.max(initial=0.0), 1.0)
    norms = np.sqrt(np.asarray(touched.sum(axis=0)).ravel())
    unit = touched.multiply(1 / np.maximum(norms, 1.0)).tocsr()

    def scores(questions: Sequence[Question]) -> NDArray[np.float64]:
        wanted = _table([question.history for question in questions], counts.n)
        found: NDArray[np.float64] = ((wanted @ unit.T) @ unit).toarray()
        for place, question in enumerate(questions):  # a product is no neighbour of its own
            found[place, question.history] -= norms[question.history] > 0
        return np.where(found > _BEHIND, found, popular)

    return scores


def _frequency(counts: Counts) -> Callable[[Sequence[Question]], NDArray[np.float64]]:
    """How often this shopper turned to it; then what is popular."""
    touched = _touched(counts, binary=False)
    popular = counts.reach()
    popular = 0.5 * popular / max(popular.max(initial=0.0), 1.0)

    def scores(questions: Sequence[Question]) -> NDArray[np.float64]:
        found = np.tile(popular, (len(questions), 1))
        known = [(place, counts.actor[q.actor]) for place, q in enumerate(questions) if q.actor in counts.actor]
        for place, actor in known:
            own = slice(touched.indptr[actor], touched.indptr[actor + 1])
            found[place, touched.indices[own]] += touched.data[own]
        return found

    return scores


def _random(n: int, seed: int) -> Callable[[Sequence[Question]], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    return lambda questions: rng.random((len(questions), n))


def _touched(counts: Counts, *, binary: bool) -> Any:
    """(shoppers, products) in CSR: how often, or whether, each was touched."""
    import scipy.sparse as sp

    shape = (len(counts.actor), counts.n)
    table = sp.csr_matrix((np.ones(len(counts.who)), (counts.who, counts.what)), shape=shape)
    table.sum_duplicates()
    if binary:
        table.data[:] = 1.0
    return table


def _table(rows: Sequence[NDArray[np.int64]], n: int) -> Any:
    import scipy.sparse as sp

    ends = np.concatenate(([0], np.cumsum([len(each) for each in rows])))
    columns = np.concatenate(rows) if len(rows) else np.empty(0, np.int64)
    return sp.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), n))

"""What is measured: anything that ranks the whole catalogue for a batch of questions; and the baselines of every table.

Every system ranks the same candidates, the products on sale. Sampled candidates are never used: they change which
system is better (Krichene and Rendle, "On sampled metrics for item recommendation", KDD 2020).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from daogou.domain.ids import DAY_MS
from daogou.evaluation.offline.questions import Question
from daogou.features.history import STEP_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

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


Scores = tuple[NDArray[np.integer], NDArray[np.float64]]
"""Rows of products and what each scores."""
Fit = tuple[NDArray[np.float64], Callable[[Sequence[Question]], Iterable[Scores]]]
"""The `usual` and `own` of a `Scoring`."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """A baseline that gives every product a score: one for all shoppers, and of few products another for each."""

    name: str
    seconds: float
    available: NDArray[np.bool_]
    usual: NDArray[np.float64]
    """(products,) What each scores for a shopper of whom nothing is known."""
    own: Callable[[Sequence[Question]], Iterable[Scores]]
    """For each question the products that score otherwise, each once."""
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
        usual = np.argsort(-self.usual, kind="stable")
        usual = usual[self.available[usual]]
        hidden = ~self.available
        for start in range(0, len(questions), self._CHUNK):
            chunk = questions[start : start + self._CHUNK]
            for place, (question, own) in enumerate(zip(chunk, self.own(chunk), strict=True), start):
                left_out = question.history if not seen else question.history[:0]
                ranked.fill(place, *self._first(own, usual, hidden, left_out))
        return {self.name: ranked}

    def _first(
        self, own: Scores, usual: NDArray[np.int64], hidden: NDArray[np.bool_], left_out: NDArray[np.int64]
    ) -> Scores:
        """The best of what scores otherwise, and of as many of the usual ones as there are places beside it."""
        hidden = hidden.copy()
        hidden[left_out] = True
        rows, scores = own
        shown = ~hidden[rows]
        rows, scores = rows[shown], scores[shown]
        hidden[rows] = True
        others = usual[: DEPTH + len(rows) + len(left_out)]
        others = others[~hidden[others]][:DEPTH]
        rows, scores = np.concatenate([rows, others]), np.concatenate([scores, self.usual[others]])
        order = np.lexsort((rows, -scores))[:DEPTH]
        return rows[order], scores[order]


@dataclass(frozen=True, slots=True)
class Chance:
    """The baseline that knows nothing: all products on sale in an order of chance, another for each question."""

    name: str
    available: NDArray[np.bool_]
    random: np.random.Generator

    @property
    def fit_s(self) -> Mapping[str, float]:
        return {self.name: 0.0}

    def rank(self, questions: Sequence[Question], *, seen: bool) -> Mapping[str, Ranked]:
        ranked = Ranked.blank(len(questions))
        for place, question in enumerate(questions):
            scores = np.where(self.available, self.random.random(len(self.available)), -np.inf)
            if not seen:
                scores[question.history] = -np.inf
            rows = best(scores, DEPTH)
            ranked.fill(place, rows, scores[rows])
        return {self.name: ranked}


def best(scores: NDArray[np.floating], k: int) -> NDArray[np.int64]:
    """Rows of the k highest finite scores, best first, ties in order of row."""
    k = min(k, len(scores))
    edge = np.partition(scores, len(scores) - k)[len(scores) - k] if k else 0.0
    rows = np.flatnonzero((scores >= edge) & np.isfinite(scores))
    return rows[np.argsort(-scores[rows], kind="stable")][:k]


def baselines(counts: Counts, told: Counts, *, seed: int) -> list[System]:
    """Most popular, popular recently, item-kNN, personal frequency and chance: what any recommender must beat.

    `told`: what each shopper did until they are asked about, which may be later than what is learnt from.
    """
    fits: list[tuple[str, Callable[[], Fit], bool]] = [
        ("most popular", lambda: (counts.reach(), _nothing), False),
        ("popular recently", lambda: (_recent(counts), _nothing), False),
        ("item-kNN", lambda: _item_knn(counts), False),
        ("personal frequency", lambda: _frequency(told), True),
    ]
    found: list[System] = []
    for name, fit, repeats in fits:
        started = time.process_time()
        usual, own = fit()
        found.append(Scoring(name, time.process_time() - started, counts.available, usual, own, repeats))
    return [*found, Chance("random", counts.available, np.random.default_rng(seed))]


def personal_frequency(counts: Counts) -> Scoring:
    """What each shopper turned to most often, then what is popular: the baseline to fear where people buy again."""
    return Scoring("personal frequency", 0.0, counts.available, *_frequency(counts), repeats=True)


def _nothing(questions: Sequence[Question]) -> Iterator[Scores]:
    none = np.empty(0, np.int64), np.empty(0)
    return (none for _ in questions)


def _recent(counts: Counts) -> NDArray[np.float64]:
    """The last `RECENT_DAYS` of the past; the whole past breaks ties."""
    newest = int(counts.at.max(initial=0))
    return counts.reach(newest - RECENT_DAYS * DAY_MS) + 1e-6 * counts.reach()


def _item_knn(counts: Counts) -> Fit:
    """Plain cosine between the columns of the 0/1 table of shoppers and products, no shrinkage, all neighbours.

    What is popular comes after all neighbours: somebody nothing is known of is shown that, and not what stands first in
    the catalogue.
    """
    touched = _touched(counts, binary=True)
    popular = counts.reach()
    popular = _BEHIND * popular / max(popular.max(initial=0.0), 1.0)
    norms = np.sqrt(np.asarray(touched.sum(axis=0)).ravel())
    unit = touched.multiply(1 / np.maximum(norms, 1.0)).tocsr()

    def own(questions: Sequence[Question]) -> Iterator[Scores]:
        wanted = _table([question.history for question in questions], counts.n)
        found = (wanted @ unit.T) @ unit
        for place, question in enumerate(questions):
            here = slice(found.indptr[place], found.indptr[place + 1])
            rows, scores = found.indices[here], found.data[here]
            scores = scores - np.isin(rows, question.history)  # a product is no neighbour of its own
            near = scores > _BEHIND
            yield rows[near], scores[near]

    return popular, own


def _frequency(counts: Counts) -> Fit:
    """How often this shopper turned to it; then what is popular."""
    touched = _touched(counts, binary=False)
    popular = counts.reach()
    popular = 0.5 * popular / max(popular.max(initial=0.0), 1.0)

    def own(questions: Sequence[Question]) -> Iterator[Scores]:
        for question in questions:
            actor = counts.actor.get(question.actor)
            here = slice(0) if actor is None else slice(touched.indptr[actor], touched.indptr[actor + 1])
            rows = touched.indices[here]
            yield rows, popular[rows] + touched.data[here]

    return popular, own


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

"""Chooses what each source of a fusion is worth, by NDCG on requests whose answer is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.retrieval.fusion import Fusion, band_of
from daogou.retrieval.repeat import REPEAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.pool import Pool


@dataclass(frozen=True, slots=True)
class Weighing:
    """The best of the tried weights, and what it reached on validation."""

    fusion: Fusion
    ndcg: float
    recall: float


@dataclass(frozen=True, slots=True)
class Bands:
    """Products by how many events they have, and how far a source may lean to those with many or with few."""

    events: NDArray[np.floating]
    """(rows,)"""
    edges: tuple[int, ...]
    powers: tuple[float, ...]
    """Of a product's events, by which what a source says of it is multiplied."""
    new: New | None = None
    """What is tried for products without any event; None: they are in the lowest band with the others."""

    @property
    def worth_raising(self) -> bool:
        """Are there enough products without any event?"""
        return self.new is not None and int(np.count_nonzero(self.events == 0)) >= self.new.least


@dataclass(frozen=True, slots=True)
class New:
    """How far products without any event are raised. What nobody was shown nobody can have chosen, so validation alone
    would leave them where they are."""

    factors: tuple[float, ...]
    """Ascending; tried on whatever speaks for them."""
    cost: float
    """The highest factor is taken that costs no more than this part of NDCG."""
    least: int
    """With fewer such products what they cost cannot be seen, and they are not raised."""


def choose(
    pool: Pool, *, grid: Mapping[str, Sequence[float]], bands: Bands | None = None, least: float = 0.0, k: int = 10
) -> Weighing:
    """Choose the weights, and let sources fall silent that all together add no more than the part `least` of NDCG@k, or
    than its standard error on these requests (the one-standard-error rule of Breiman et al., "Classification and
    Regression Trees", 1984): what they say takes time in every answer. With `least` 0 none does.

    Only those for which 0 is tried, one after the other, always the one that is missed least. The others keep their
    weights: chosen anew they fit these requests better and others worse.
    """
    chosen = _choose(pool, grid, bands, k)
    events = bands.events if bands is not None else np.empty(0)
    every = pool.gains(_scores(pool, chosen.fusion, events), k)
    while least:
        without = [
            _without(pool, chosen.fusion, name, events, k)
            for name, tried in grid.items()
            if chosen.fusion.weights[name] and 0.0 in tried
        ]
        fusion, gains = max(without, key=lambda other: float(other[1].sum()), default=(None, every))
        n, lost = max(1, pool.asked), every - gains
        chance = float(np.sqrt(np.square(lost).sum() - lost.sum() ** 2 / n))
        if fusion is None or lost.sum() > max(least * every.sum(), chance):
            break
        chosen = Weighing(fusion, float(gains.sum()) / n, float(np.count_nonzero(gains)) / n)
    return chosen


def _without(
    pool: Pool, fusion: Fusion, name: str, events: NDArray[np.floating], k: int
) -> tuple[Fusion, NDArray[np.floating]]:
    """A fusion in which a source is silent, and what each request gains from it."""
    other = replace(fusion, weights={**fusion.weights, name: 0.0})
    return other, pool.gains(_scores(pool, other, events), k)


def _choose(pool: Pool, grid: Mapping[str, Sequence[float]], bands: Bands | None, k: int) -> Weighing:
    """Choose the weights by NDCG@k: one source after the other, twice round, starting from each grid's first value.

    `pool`: `Pool.fresh`. A source with a single value is the measure of the others. Then each source may lean to
    products with many or with few events, and the weights are chosen again, three times round. Last, products without
    any event are raised as far as `Bands.new` allows.
    """
    names, scales = list(grid), {name: pool.scales[name] for name in grid}
    said = _Said([pool.scores[name] for name in names], np.array(list(scales.values())))
    values = list(grid.values())
    weights, best = _weighed(pool, said, values, start=np.array([tried[0] for tried in values]), k=k)
    by_band: dict[str, tuple[float, ...]] = {}
    edges: tuple[int, ...] = ()
    if bands is not None:
        new = bands.new if bands.worth_raising else None
        edges = (*((0,) if new is not None else ()), *bands.edges)
        band = band_of(pool.rows, bands.events, edges)
        worth = _usual_events(pool, bands.events, edges)
        powers, leant = np.zeros(len(names)), said
        for _ in range(3):
            powers, best = _powers(pool, said, weights, powers, best, worth=worth.take(band), tried=bands.powers, k=k)
            leant = said.times([worth.take(band) ** power for power in powers])
            weights, best = _weighed(pool, leant, values, start=weights, k=k)
        table = worth ** powers[:, None]  # (sources, bands)
        if new is not None:
            table, best = _raised(pool, leant, table, best, unknown=band == 0, new=new, k=k)
        by_band = {name: tuple(map(float, line)) for name, line in zip(names, table, strict=True) if (line != 1).any()}
    fusion = Fusion(dict(zip(names, map(float, weights), strict=True)), scales, edges if by_band else (), by_band)
    n = max(1, pool.asked)
    return Weighing(fusion, best.ndcg / n, best.recall / n)


def choose_seen(
    pool: Pool, fusion: Fusion, factors: Sequence[float], *, events: NDArray[np.floating], k: int = 10
) -> float:
    """The factor on products a shopper has been at under which NDCG@k is highest; of equals the first."""
    scores = _scores(pool, fusion, events)
    reached = [_reached(pool, np.where(pool.seen, np.float32(factor) * scores, scores), k).ndcg for factor in factors]
    return factors[int(np.argmax(reached))]


LATELY = "lately"
"""The source that speaks for what was bought so lately that it may have to rest."""


def choose_repeat(
    pool: Pool, fusion: Fusion, weights: Sequence[float], *, gain: float, events: NDArray[np.floating], k: int = 10
) -> Fusion:
    """The fusion with the weight of what the shopper bought under which NDCG@k is highest, of equals the first.

    What was bought lately rests, unless NDCG without that is higher by more than the part `gain`.
    """
    others = _scores(pool, fusion, events)
    best: dict[bool, tuple[float, float]] = {}
    for rests in (True, False):
        for weight in weights:
            scores = others + np.float32(weight) * pool.scores[REPEAT]
            ndcg = _reached(pool, _shown(pool, fusion, scores, rests=rests), k).ndcg
            if rests not in best or ndcg > best[rests][0]:
                best[rests] = ndcg, weight
    rests = best[False][0] <= (1 + gain) * best[True][0]
    return replace(fusion, weights={**fusion.weights, REPEAT: best[rests][1]}, rests=rests)


def choose_popular(
    pool: Pool, fusion: Fusion, weights: Sequence[float], *, events: NDArray[np.floating], k: int = 10
) -> Fusion:
    """The fusion with the weight of what is popular for those who come back: the highest of these that costs no more
    NDCG@k than the standard error of the difference (the one-standard-error rule, as above).

    `pool`: of the beginnings of visits. In the midst of one the last step says nearly all, and what is popular is put
    lower than is good for somebody who comes back after days, when most weights do as well as each other. Where what
    was bought lately does not rest, that fills the list, and the weight stays.
    """
    if not fusion.rests:
        return fusion

    def gains(tried: Fusion) -> NDArray[np.floating]:
        scores = _scores(pool, tried, events)
        return pool.gains(_shown(pool, tried, scores, rests=tried.rests), k)

    usual, found = gains(fusion), fusion
    for weight in sorted(weight for weight in weights if weight > fusion.weights["popularity"]):
        tried = replace(fusion, weights={**fusion.weights, "popularity": weight})
        lost = usual - gains(tried)
        if pool.asked and lost.sum() <= np.sqrt(np.square(lost).sum() - lost.sum() ** 2 / pool.asked):
            found = replace(fusion, coming_back=weight)
    return found


def _shown(pool: Pool, fusion: Fusion, scores: NDArray[np.float32], *, rests: bool) -> NDArray[np.float32]:
    """The scores as a list would have them: less for what the shopper has been at, nothing for what rests."""
    scores = np.where(pool.seen, np.float32(fusion.seen) * scores, scores)
    found: NDArray[np.float32] = np.where((pool.scores[LATELY] > 0) & rests, np.float32(0), scores)
    return found


def _scores(pool: Pool, fusion: Fusion, events: NDArray[np.floating]) -> NDArray[np.float32]:
    """(products,) What the fusion gives each, whether or not the shopper has been there."""
    scores = np.zeros(len(pool.rows), np.float32)
    for _, part in parts_of(pool, fusion, events):
        scores += part
    return scores


def parts_of(pool: Pool, fusion: Fusion, events: NDArray[np.floating]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """What each source with a say adds to the fused score of each product of the pool, those that the shopper has been
    at like the others."""
    band = band_of(pool.rows, events, fusion.bands)
    for name, weight in fusion.weights.items():
        if weight > 0:
            worth = fusion.factor(name) * np.array(fusion.by_band.get(name, (1.0,) * (len(fusion.bands) + 1)))
            yield name, worth.astype(np.float32).take(band) * pool.scores[name]


def score(fusion: Fusion, pool: Pool, *, k: int = 10) -> float:
    """Mean NDCG@k of one fusion on the requests, without regard to bands."""
    said = _Said([pool.scores[name] for name in fusion.weights], np.ones(len(fusion.weights)))
    mixed = said.mixed([fusion.factor(name) for name in fusion.weights])
    return _reached(pool, mixed, k).ndcg / max(1, pool.asked)


class _Reached(NamedTuple):
    """Sums over the requests."""

    scores: NDArray[np.float32]
    """(products,) under which this is reached."""
    ndcg: float
    recall: float


def _reached(pool: Pool, scores: NDArray[np.float32], k: int) -> _Reached:
    gains = pool.gains(scores, k)
    return _Reached(scores, float(gains.sum()), float(np.count_nonzero(gains)))


@dataclass(frozen=True, slots=True)
class _Said:
    """What the sources say of the products of a pool."""

    scores: Sequence[NDArray[np.float32]]
    """For each source (products,)."""
    scales: NDArray[np.float64]
    """(sources,)"""

    def weighed(self, place: int, weight: float) -> NDArray[np.float32]:
        """What one source adds."""
        return np.float32(weight / self.scales[place]) * self.scores[place]

    def mixed(self, weights: Iterable[float]) -> NDArray[np.float32]:
        """What all sources add."""
        found = np.zeros(len(self.scores[0]), np.float32)
        for place, weight in enumerate(weights):
            if weight:
                found += self.weighed(place, weight)
        return found

    def times(self, factors: Iterable[NDArray[np.float64]]) -> _Said:
        """The same with each source's scores multiplied, by (products,)."""
        scores = [own * factor.astype(np.float32) for own, factor in zip(self.scores, factors, strict=True)]
        return _Said(scores, self.scales)


def _weighed(
    pool: Pool, said: _Said, grid: Sequence[Sequence[float]], *, start: NDArray[np.float64], k: int
) -> tuple[NDArray[np.float64], _Reached]:
    """The weights (sources,), and what they reach."""
    weights = start.copy()
    best = _reached(pool, said.mixed(weights), k)
    for place in [*range(len(grid))] * 2:
        others = weights.copy()
        others[place] = 0
        rest = said.mixed(others)
        for value in grid[place]:
            if value != weights[place]:
                tried = _reached(pool, rest + said.weighed(place, value), k)
                if tried.ndcg > best.ndcg:
                    weights[place], best = value, tried
    return weights, best


def _usual_events(pool: Pool, events: NDArray[np.floating], edges: Sequence[int]) -> NDArray[np.float64]:
    """(bands,) 1 + the mean events of the products found in each, in parts of the mean of all that were found; 1 where
    none was. Products without any event are taken for such with few: nobody knows yet how they would do."""
    known = np.where(pool.rows < len(events), events.take(pool.rows, mode="clip"), 0.0) + 1.0
    band = band_of(pool.rows, events, edges)
    counts = np.bincount(band, minlength=len(edges) + 1)
    sums = np.bincount(band, known, len(edges) + 1)
    worth = np.where(counts > 0, sums / np.maximum(counts, 1) * len(known) / max(1.0, sums.sum()), 1.0)
    if edges[:1] == (0,):
        worth[0] = worth[1]
    return worth


def _powers(
    pool: Pool,
    said: _Said,
    weights: NDArray[np.float64],
    powers: NDArray[np.float64],
    best: _Reached,
    *,
    worth: NDArray[np.float64],
    tried: Sequence[float],
    k: int,
) -> tuple[NDArray[np.float64], _Reached]:
    """The power (sources,) of a product's worth (products,) by which what each source says of it is multiplied, one
    source after the other, and what they reach."""
    powers = powers.copy()
    for place in np.flatnonzero(weights).tolist():
        others = weights.copy()
        others[place] = 0
        rest = said.times([worth**power for power in powers]).mixed(others)
        own = said.weighed(place, weights[place])
        for power in (0.0, *tried):
            reached = _reached(pool, rest + (worth**power).astype(np.float32) * own, k)
            if reached.ndcg > best.ndcg:
                powers[place], best = power, reached
    return powers, best


def _raised(
    pool: Pool,
    said: _Said,
    table: NDArray[np.float64],
    best: _Reached,
    *,
    unknown: NDArray[np.bool_],
    new: New,
    k: int,
) -> tuple[NDArray[np.float64], _Reached]:
    """The table (sources, bands) with the lowest band raised as far as the cost allows, and what it reaches."""
    speaking = np.array([bool((scores[unknown] > 0).any()) for scores in said.scores])
    least, scores = (1 - new.cost) * best.ndcg, best.scores
    found = table
    for factor in new.factors:
        tried = _reached(pool, np.where(unknown, np.float32(factor) * scores, scores), k)
        if tried.ndcg < least:
            break
        found, best = table.copy(), tried
        found[speaking, 0] *= factor
    return found, best

"""Chooses what each source of a fusion is worth, by NDCG on requests whose answer is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.retrieval.fusion import Fusion, band_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.evidence import Evidence

Request = tuple[Mapping[str, "Evidence"], int]
"""What each source found, and the row that was held out."""
Asked = tuple[Mapping[str, "Evidence"], int, "NDArray[np.int32]"]
"""What each source found, the row that was held out, and the rows of the trail."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The best of the tried weights, and what it reached on validation."""

    fusion: Fusion
    ndcg: float
    recall: float


@dataclass(frozen=True, slots=True)
class Bands:
    """Products by how many events they have, and the factors that are tried in each band."""

    events: NDArray[np.floating]
    """(rows,)"""
    edges: tuple[int, ...]
    factors: tuple[float, ...]
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
    requests: Sequence[Request], *, grid: Mapping[str, Sequence[float]], bands: Bands | None = None, k: int = 10
) -> Chosen:
    """Choose the weights by NDCG@k: one source after the other, twice round, starting from each grid's first value.

    A source with a single value is the measure of the others. A factor of a band is kept only where it gains on both
    halves of the requests, since there are many of them and each moves few requests. Last, products without any event
    are raised as far as `Bands.new` allows.
    """
    names = list(grid)
    scales = {name: _usual_best([found[name] for found, _ in requests]) for name in names}
    new = bands.new if bands is not None and bands.worth_raising else None
    edges = (*((0,) if new is not None else ()), *(bands.edges if bands is not None else ()))
    if bands is not None:
        bands = replace(bands, edges=edges)
    cases = _cases(requests, names, scales, bands)
    weights = np.array([values[0] for values in grid.values()])
    table = np.ones((len(names), len(edges) + 1))  # (sources, bands)
    best = _reached(cases, weights[:, None] * table, k)
    for place in [*range(len(names))] * 2:
        for value in grid[names[place]]:
            tried = weights.copy()
            tried[place] = value
            reached = _reached(cases, tried[:, None] * table, k)
            if reached.ndcg > best.ndcg:
                weights, best = tried, reached
    alone = [[band] for band in range(len(edges) + 1)]
    groups = [[0, 1], *alone[2:]] if new is not None else alone
    for place, group in product(range(len(names)), groups) if bands is not None else ():
        for factor in bands.factors if bands is not None else ():
            tried = table.copy()
            tried[place, group] = factor
            reached = _reached(cases, weights[:, None] * tried, k)
            if min(now - before for now, before in zip(reached.halves, best.halves, strict=True)) > 0:
                table, best = tried, reached
    if new is not None:
        table, best = _raised(cases, weights, table, new, k)
    n = max(1, len(requests))
    by_band = {
        name: tuple(map(float, line)) for name, line in zip(names, table, strict=True) if edges and (line != 1).any()
    }
    fusion = Fusion(dict(zip(names, map(float, weights), strict=True)), scales, edges if by_band else (), by_band)
    return Chosen(fusion, best.ndcg / n, best.recall / n)


def _raised(
    cases: Sequence[_Case], weights: NDArray[np.float64], table: NDArray[np.float64], new: New, k: int
) -> tuple[NDArray[np.float64], _Reached]:
    """The table (sources, bands) with the lowest band raised as far as the cost allows, and what it reaches."""
    speaking = np.zeros(len(table), bool)
    for scores, _, bands, _ in cases:
        speaking |= (scores[:, bands == 0] > 0).any(1)
    best = _reached(cases, weights[:, None] * table, k)
    least = (1 - new.cost) * best.ndcg
    found = table
    for factor in new.factors:
        tried = table.copy()
        tried[speaking, 0] *= factor
        reached = _reached(cases, weights[:, None] * tried, k)
        if reached.ndcg < least:
            break
        found, best = tried, reached
    return found, best


def choose_seen(
    requests: Sequence[Asked], fusion: Fusion, factors: Sequence[float], *, events: NDArray[np.floating], k: int = 10
) -> float:
    """The factor on products a shopper has been at under which NDCG@k is highest; of equals the first."""
    gains = np.zeros(len(factors))
    for found, target, seen in requests:
        rows, scores = fusion.fuse(found, events).totals
        place = int(np.searchsorted(rows, target))
        if place == len(rows) or rows[place] != target:
            continue
        again = np.isin(rows, seen)
        for number, factor in enumerate(factors):
            gains[number] += _gain(np.where(again, np.float32(factor) * scores, scores), place, k)
    return factors[int(np.argmax(gains))]


def score(fusion: Fusion, requests: Sequence[Request], *, k: int = 10) -> float:
    """Mean NDCG@k of one fusion on the requests, without regard to bands."""
    cases = _cases(requests, list(fusion.weights), fusion.scales, None)
    weights = np.array(list(fusion.weights.values()))
    return _reached(cases, weights[:, None], k).ndcg / max(1, len(requests))


class _Case(NamedTuple):
    """One request whose answer some source found."""

    scores: NDArray[np.float32]
    """(sources, rows): of every row that any source found."""
    place: int
    """Of the answer among the rows."""
    bands: NDArray[np.int32]
    """(rows,)"""
    half: int


class _Reached(NamedTuple):
    """Sums over the cases."""

    halves: tuple[float, float]
    """NDCG of the requests at even and at odd places."""
    recall: float

    @property
    def ndcg(self) -> float:
        return sum(self.halves)


def _usual_best(found: Sequence[Evidence]) -> float:
    tops = [float(evidence.totals()[1].max()) for evidence in found if len(evidence)]
    return float(np.mean(tops)) if tops else 1.0


def _cases(
    requests: Sequence[Request], names: Sequence[str], scales: Mapping[str, float], bands: Bands | None
) -> list[_Case]:
    found = (_case(request, names, scales, bands, half=place % 2) for place, request in enumerate(requests))
    return [case for case in found if case is not None]


def _case(
    request: Request, names: Sequence[str], scales: Mapping[str, float], bands: Bands | None, *, half: int
) -> _Case | None:
    """None if nobody found the answer."""
    found, target = request
    rows = np.unique(np.concatenate([found[name].rows for name in names]))
    place = int(np.searchsorted(rows, target)) if len(rows) else 0
    if place >= len(rows) or rows[place] != target:
        return None
    scores = np.zeros((len(names), len(rows)), np.float32)
    for number, name in enumerate(names):
        here, values = found[name].totals()
        scores[number, np.searchsorted(rows, here)] = values / np.float32(scales.get(name, 1.0) or 1.0)
    in_band = band_of(rows, bands.events, bands.edges) if bands is not None else np.zeros(len(rows), np.int32)
    return _Case(scores, place, in_band, half)


def _reached(cases: Sequence[_Case], worth: NDArray[np.float64], k: int) -> _Reached:
    """NDCG@k and recall@k of weights (sources, bands); a tie counts half a place."""
    halves, found = [0.0, 0.0], 0
    table = worth.astype(np.float32)
    single = table[:, 0] if (table == table[:, :1]).all() else None
    for scores, place, bands, half in cases:
        fused = single @ scores if single is not None else np.einsum("sr,sr->r", table[:, bands], scores)
        gain = _gain(fused, place, k)
        halves[half] += gain
        found += gain > 0
    return _Reached((halves[0], halves[1]), float(found))


def _gain(scores: NDArray[np.float32], place: int, k: int) -> float:
    """1 / log2(rank + 1) of the row at the place if it is among the first k; a tie counts half a place."""
    own = scores[place]
    if own <= 0:
        return 0.0
    rank = np.count_nonzero(scores > own) + 0.5 * (np.count_nonzero(scores == own) - 1)
    return float(1 / np.log2(rank + 2)) if rank < k else 0.0

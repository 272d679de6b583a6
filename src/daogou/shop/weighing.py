"""Learns from clicks what each part of a search's score is worth, so that queries without clicks gain as well.

Three fifths of the queries teach, in families ("shoes", "red shoes"), a fifth chooses how far the weights may go from
those that ship, and a fifth is asked whether what was clicked stands higher among what was shown with it. Products
that were not shown could not be clicked: where they would stand says nothing. How much a click counts, and which fifth
does what: `daogou.shop.fifths`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from daogou.features.preference import Preferences, fit, loss
from daogou.search.chosen import asked
from daogou.search.scoring import Weights
from daogou.search.worth import LEARNT, MOST, UNASKED, Worth
from daogou.shop.fifths import ASKED, CHOOSING, TAUGHT, click_weight, fifth, looks, surely
from daogou.training.lesson import Skip
from daogou.training.pairs import family

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.domain.ids import ProductId
    from daogou.features.clicks import ClicksConfig
    from daogou.ports.stores import Seen
    from daogou.retrieval.shelf import Shelf
    from daogou.search.scoring import Score

_QUERIES = 2_000
"""The queries with most clicks that are searched for; each takes some milliseconds."""
_PULLS = (1.0, 0.1, 0.01, 0.001, 0.0001)
"""Tried for how strongly the weights are drawn towards those that ship."""
_FAMILIES = 10
"""Families of queries that must be there to choose and to ask by, each."""
_NOW = np.array([getattr(Weights(), name) for name in LEARNT])
_MOST = np.array([MOST.get(name, UNASKED) for name in LEARNT])
_BRAND = LEARNT.index("brand")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds, with the parts of its score."""

    products: Sequence[ProductId]
    brands: Sequence[str]
    base: NDArray[np.float32]
    """(products,) what is not learnt."""
    parts: NDArray[np.float32]
    """(products, parts) those in `LEARNT`, as if each had the weight 1; of the brand nothing."""


Find = Callable[[str], Found]


def found_of(score: Score, weights: Weights, shelf: Shelf, *, most: int) -> Found:
    """The `most` best of a score that was made with `weights`."""
    now = score.total - sum((score.parts.get(name, 0.0) for name in ("rated", "cheap")), np.float32(0))
    best = np.argsort(-now, kind="stable")[:most]
    rows = score.rows[best]
    parts = np.zeros((len(rows), len(LEARNT)), np.float32)
    for name, values in score.parts.items():
        part = name.partition(":")[0]
        if part in LEARNT:
            parts[:, LEARNT.index(part)] += values[best] / np.float32(getattr(weights, part))
    products = [shelf.products[row] for row in rows.tolist()]
    brands = [(product.brand or "") if product is not None else "" for product in products]
    return Found([shelf.ids[row] for row in rows.tolist()], brands, now[best] - parts @ _NOW.astype(np.float32), parts)


def write_worth(
    folder: Path, seen: Sequence[Seen], looked: NDArray[np.float64], *, config: ClicksConfig, find: Find
) -> Mapping[str, float]:
    """Learn, ask and write an artifact of a release. Raises Skip where it finds no more of what was clicked."""
    every = ClickedLists.of(seen, looked, config, find)
    taught, choosing, judging = (every.fifths(parts) for parts in (TAUGHT, CHOOSING, ASKED))
    if min(len(each.families) for each in (taught, choosing, judging)) < _FAMILIES:
        raise Skip(f"clicks after {len(every.families)} families of queries are too few to learn, choose and ask by")
    tried = {pull: taught.learn(pull) for pull in _PULLS}
    best = min(_PULLS, key=lambda pull: choosing.loss(tried[pull]))
    gain, error = judging.gain(tried[best])
    if not surely(gain, error):
        raise Skip(f"held-back queries do not say that it finds more of what was clicked ({gain:+.4f} of DCG)")
    found = every.learn(best)
    found.save(folder)
    return {"gain": round(gain, 5), "error": round(error, 5), "families": float(len(every.families)), **found.weights}


@dataclass(frozen=True, slots=True)
class _List:
    """What one person was shown after one query, with a click at least."""

    query: str
    family: str
    seen: Sequence[Seen]


@dataclass(frozen=True, slots=True)
class ClickedLists:
    """Lists of some families of queries, and what their queries find."""

    lists: Sequence[_List]
    found: Mapping[str, Found]
    looked: NDArray[np.float64]
    config: ClicksConfig

    @classmethod
    def of(cls, seen: Sequence[Seen], looked: NDArray[np.float64], config: ClicksConfig, find: Find) -> ClickedLists:
        """Put the lists together that brought a click, and search for their queries."""
        shown: dict[tuple[str, str], dict[ProductId, Seen]] = defaultdict(dict)
        for one in seen:
            query = asked(one.query)
            if one.clicked or one.product not in shown[query, one.who]:
                shown[query, one.who][one.product] = one
        clicked = {key: [*each.values()] for key, each in shown.items() if any(one.clicked for one in each.values())}
        often = Counter(query for query, _ in clicked)
        queries: dict[str, Mapping[int, int]] = {query: {} for query, _ in often.most_common(_QUERIES)}
        families = {query: family(query, queries) for query in queries}
        lists = [_List(query, families[query], each) for (query, _), each in clicked.items() if query in families]
        return cls(lists, {query: find(query) for query in queries}, looked, config)

    @property
    def families(self) -> set[str]:
        """Those of the lists."""
        return {each.family for each in self.lists}

    def fifths(self, parts: Collection[int]) -> ClickedLists:
        """The lists of these fifths of the families."""
        return replace(self, lists=[each for each in self.lists if fifth(each.family) in parts])

    def learn(self, pull: float) -> Worth:
        """Weights and brands from all lists."""
        brands = self._brands()
        weights = fit(self._pairs(brands), _NOW, most=_MOST, pull=pull)
        learnt = {name: round(weight, 4) for name, weight in zip(LEARNT, weights.tolist(), strict=True)}
        return Worth(learnt, brands if learnt["brand"] else {})

    def loss(self, worth: Worth) -> float:
        """How badly the weights foretell what was clicked."""
        return loss(self._pairs(worth.brands), _weights(worth))

    def gain(self, worth: Worth) -> tuple[float, float]:
        """DCG of a click among what was shown with it by the weights, less that by those that ship, and its standard
        error over families."""
        gained: dict[str, float] = defaultdict(float)
        heavy: dict[str, float] = defaultdict(float)
        scores: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        for each, here in self._shown():
            if each.query not in scores:
                found = self.found[each.query]
                parts = _with_brands(found, worth.brands)
                scores[each.query] = found.base + parts @ _NOW, found.base + parts @ _weights(worth)
            rows = [at for at, _ in here]
            before, after = (_worths(score[rows]) for score in scores[each.query])
            for n, (_, one) in enumerate(here):
                if one.clicked:
                    gained[each.family] += click_weight(one, self.looked) * float(after[n] - before[n])
                    heavy[each.family] += click_weight(one, self.looked)
        g, h = np.array([*gained.values()]), np.array([*heavy.values()])
        if not len(g):
            return 0.0, 0.0
        mean = float(g.sum() / h.sum())
        return mean, float(np.sqrt(((g - mean * h) ** 2).sum()) / h.sum())

    def _shown(self) -> Iterator[tuple[_List, list[tuple[int, Seen]]]]:
        """Each list with what search still finds of it, by its place in what it finds."""
        places = {query: {id: at for at, id in enumerate(found.products)} for query, found in self.found.items()}
        for each in self.lists:
            place = places[each.query]
            here = [(place[one.product], one) for one in each.seen if one.product in place]
            if len(here) > 1:
                yield each, here

    def _pairs(self, brands: Mapping[str, float]) -> Preferences:
        """Each clicked product beside the others of its list that the search still finds."""
        parts = {query: _with_brands(found, brands) for query, found in self.found.items()}
        base, differences, heavy = [], [], []
        for each, here in self._shown():
            rows = np.array([at for at, _ in here])
            now, every = self.found[each.query].base, parts[each.query]
            for n, (at, one) in enumerate(here):
                if one.clicked:
                    others = np.delete(rows, n)
                    base.append(now[at] - now[others])
                    differences.append(every[at] - every[others])
                    heavy.append(np.full(len(others), click_weight(one, self.looked) / len(others)))
        if not base:
            raise Skip("no product that was clicked stood beside another that search still finds")
        return Preferences(*(np.concatenate(each).astype(np.float64) for each in (base, differences, heavy)))

    def _brands(self) -> dict[str, float]:
        """How much more the products of each brand are clicked than others after the same queries, their places
        being what they are; only of brands that enough different people clicked."""
        clicks: dict[str, float] = defaultdict(float)
        people: dict[str, set[str]] = defaultdict(set)
        expected: dict[str, float] = defaultdict(float)
        brand_of: dict[ProductId, str] = {}
        for found in self.found.values():
            brand_of |= zip(found.products, found.brands, strict=True)
        usual = self._usual()
        for each in self.lists:
            for one in each.seen:
                if brand := brand_of.get(one.product):
                    expected[brand] += usual[each.query] * looks(one, self.looked)
                    if one.clicked:
                        clicks[brand] += 1
                        people[brand].add(one.who)
        doubt = self.config.doubt
        chosen = {
            brand: 1 - (expected[brand] + doubt) / (n + doubt)
            for brand, n in clicks.items()
            if n > expected[brand] and len(people[brand]) >= self.config.people
        }
        return {brand: round(lift, 4) for brand, lift in chosen.items()}

    def _usual(self) -> Mapping[str, float]:
        """Clicks for each look after each query."""
        clicks: dict[str, float] = defaultdict(float)
        seen: dict[str, float] = defaultdict(float)
        for each in self.lists:
            clicks[each.query] += sum(one.clicked for one in each.seen)
            seen[each.query] += sum(looks(one, self.looked) for one in each.seen)
        return {query: clicks[query] / seen[query] for query in clicks}


def _weights(worth: Worth) -> NDArray[np.float64]:
    return np.array([worth.weights[name] for name in LEARNT])


def _with_brands(found: Found, brands: Mapping[str, float]) -> NDArray[np.float64]:
    parts = found.parts.astype(np.float64)
    parts[:, _BRAND] = [brands.get(brand, 0.0) for brand in found.brands]
    return parts


def _worths(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a click on each product is worth by where it stands."""
    place = np.empty(len(scores))
    place[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    worths: NDArray[np.float64] = 1 / np.log2(place + 2)
    return worths

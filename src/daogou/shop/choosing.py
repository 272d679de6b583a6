"""Learns from clicks after searches, and keeps it only if clicks that were held back say that it helps.

Three fifths of the people teach, a fifth chooses the weight, and a fifth is asked whether it finds more of what they
clicked (`daogou.shop.fifths`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.ids import DAY_MS, Instant
from daogou.features.clicks import ClicksConfig, Placements, examination, lifts
from daogou.search.chosen import Chosen, asked
from daogou.shop.fifths import ASKED, CHOOSING, TAUGHT, click_weight, fifth, surely
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.domain.ids import ProductId
    from daogou.ports.stores import Lists, Seen

Ranked = Callable[[str], Mapping["ProductId", float]]
"""The products that search finds for a query without clicks, with their scores."""

_MOST = 1_000_000
"""Showings that are read."""
_QUERIES = 300
"""The most frequent queries that are searched for to choose and to ask; each takes some milliseconds."""


def read_clicks(
    lists: Lists, *, now: Instant, config: ClicksConfig, shoppers: bool = False
) -> tuple[Sequence[Seen], NDArray[np.float64]]:
    """What people were shown and clicked, and how much each place is looked at; with `shoppers`, only signed in ones.

    Raises Skip where that is switched off, or too little is on record.
    """
    if not config.enabled:
        raise Skip("switched off: [training.clicks] enabled = false")
    seen = lists.seen(since=Instant(int(now - config.days * DAY_MS)), limit=_MOST)
    seen = [one for one in seen if one.known or not shoppers]
    clicks = sum(one.clicked for one in seen)
    if clicks < config.places:
        raise Skip(f"{clicks} clicks on products that a search showed, {config.places} are needed")
    looked = examination(_Log.of(seen).placements)
    if looked is None:
        raise Skip("no product was shown at several places after one query, so places cannot be told from products")
    return seen, looked


def write_choices(
    folder: Path, seen: Sequence[Seen], looked: NDArray[np.float64], *, config: ClicksConfig, ranked: Ranked
) -> Mapping[str, float]:
    """Learn, ask and write an artifact of a release. Raises Skip where it does not help; how places are looked at is
    kept even so."""
    Chosen(tuple(looked.tolist())).save(folder)
    weight, gain = _choose(seen, looked, config, ranked)
    if not weight:
        raise Skip(f"held-back clicks do not say that it finds more of them ({gain:+.4f} of DCG)")
    found = learn(seen, looked, config)
    Chosen(tuple(looked.tolist()), weight, found).save(folder)
    clicks = sum(one.clicked for one in seen)
    return {"clicks": float(clicks), "queries": float(len(found)), "weight": weight, "gain": gain}


@dataclass(frozen=True, slots=True)
class _Log:
    """Placements in columns, and whom the numbers stand for."""

    placements: Placements
    query: NDArray[np.int64]
    """(pairs,)"""
    queries: Sequence[str]
    pairs: Sequence[tuple[str, ProductId]]
    people: NDArray[np.int64]
    """(pairs,) who clicked."""

    @classmethod
    def of(cls, seen: Iterable[Seen]) -> _Log:
        """Count people by query, product and place; writings of one query are one, and a person counts once."""
        cells: dict[tuple[str, ProductId, int], dict[str, bool]] = defaultdict(dict)
        clickers: dict[tuple[str, ProductId], set[str]] = defaultdict(set)
        for one in seen:
            query = asked(one.query)
            people = cells[query, one.product, one.position]
            people[one.who] = people.get(one.who, False) or one.clicked
            if one.clicked:
                clickers[query, one.product].add(one.who)
        pairs = {pair: n for n, pair in enumerate(dict.fromkeys((query, product) for query, product, _ in cells))}
        queries = {query: n for n, query in enumerate(dict.fromkeys(query for query, _ in pairs))}
        placements = Placements(
            np.array([pairs[query, product] for query, product, _ in cells], np.int64),
            np.array([place for _, _, place in cells], np.int64),
            np.array([len(people) for people in cells.values()], np.float64),
            np.array([sum(people.values()) for people in cells.values()], np.float64),
        )
        of_pair = np.array([queries[query] for query, _ in pairs], np.int64)
        people_of = np.array([len(clickers[pair]) for pair in pairs], np.int64)
        return cls(placements, of_pair, list(queries), list(pairs), people_of)


def learn(seen: Iterable[Seen], looked: NDArray[np.float64], config: ClicksConfig) -> dict[str, dict[ProductId, float]]:
    """The lift of each product after each query; only of what enough different people clicked."""
    log = _Log.of(seen)
    found: dict[str, dict[ProductId, float]] = {}
    values = lifts(log.placements, log.query, looked, config.doubt)
    for (query, product), lift, people in zip(log.pairs, values.tolist(), log.people.tolist(), strict=True):
        if lift > 0 and people >= config.people:
            found.setdefault(query, {})[product] = round(lift, 4)
    return found


def _choose(
    seen: Sequence[Seen], looked: NDArray[np.float64], config: ClicksConfig, ranked: Ranked
) -> tuple[float, float]:
    """The weight, 0 where it does not help surely, and how much DCG a person and query gains by it."""
    teaching, choosing, judging = (
        [one for one in seen if fifth(one.who) in part] for part in (TAUGHT, CHOOSING, ASKED)
    )
    taught = learn(teaching, looked, config)
    asking = Counter(asked(one.query) for one in seen)
    some = [query for query, _ in asking.most_common() if query in taught][:_QUERIES]
    scores = {query: ranked(query) for query in some}
    exam = _Exam(taught, scores, looked)
    gains = {weight: exam.gains(choosing, weight) for weight in config.weights}
    best = max(config.weights, key=lambda weight: float(gains[weight].sum()), default=0.0)
    if not best or gains[best].sum() <= 0:
        return 0.0, 0.0
    judged = exam.gains(judging, best)
    gain = float(judged.mean()) if len(judged) else 0.0
    error = float(judged.std() / max(len(judged), 1) ** 0.5)
    return (best if surely(gain, error) else 0.0), round(gain, 5)


@dataclass(frozen=True, slots=True)
class _Exam:
    """Asks where products that were clicked stand with the lifts and without."""

    lifts: Mapping[str, Mapping[ProductId, float]]
    scores: Mapping[str, Mapping[ProductId, float]]
    looked: NDArray[np.float64]

    def gains(self, seen: Iterable[Seen], weight: float) -> NDArray[np.float64]:
        """(people and queries,) DCG of what was clicked with the weight, less that without."""
        before = {query: _worths(scores, {}, 0.0) for query, scores in self.scores.items()}
        after = {query: _worths(scores, self.lifts[query], weight) for query, scores in self.scores.items()}
        found: dict[tuple[str, str], float] = defaultdict(float)
        for one in seen:
            query = asked(one.query)
            if one.clicked and query in self.scores:
                gained = after[query].get(one.product, 0.0) - before[query].get(one.product, 0.0)
                found[one.who, query] += click_weight(one, self.looked) * gained
        return np.array(list(found.values()), np.float64)


def _worths(
    scores: Mapping[ProductId, float], lifts: Mapping[ProductId, float], weight: float
) -> dict[ProductId, float]:
    """What a click on each product is worth by where it stands."""
    order = sorted(scores, key=lambda id: -(scores[id] + weight * lifts.get(id, 0.0)))
    return {id: 1 / float(np.log2(place + 2)) for place, id in enumerate(order)}

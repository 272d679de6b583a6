"""Asks every source that a kind of recommendation rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daogou.recommend.fusions import BASKETS, BY_OTHERS, COMPANIONS, GOING_WITH
from daogou.recommend.group import LIKES
from daogou.retrieval.candidates import Candidates
from daogou.retrieval.completing import FOLLOWED
from daogou.retrieval.evidence import NO_CAUSE, Evidence
from daogou.retrieval.repeat import REPEAT
from daogou.retrieval.retriever import Valuing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from daogou.recommend.models import Models
    from daogou.recommend.request import Like
    from daogou.recommend.situation import Situation
    from daogou.retrieval.popularity import Fading, Popularity
    from daogou.retrieval.retriever import Retriever
    from daogou.retrieval.shelf import Shelf

_NEW = 200
_BY_LABELS = 500
"""Products that all labels of a shopper speak for, the same number of each label's most popular: some shoppers have
seventeen labels, and what is far down the list of one of many says next to nothing."""
_STAPLES = 50
"""Different products bought from which repeats alone fill the next basket."""


def found(situation: Situation, models: Models, shelf: Shelf, allowed: NDArray[np.bool_]) -> dict[str, Evidence]:
    """What speaks for products in this situation, by source. Only what is new regards what may be shown."""
    match situation.kind:
        case "trending":
            entries = {"trending": Evidence.uncaused(models.popularity.rising())}
        case "new":
            entries = {"new": newest(shelf, allowed, _NEW, models.n)}
        case "similar":
            entries = _next(situation, models) | {"hybrid": models.hybrid.evidence(situation.trail)}
        case "together":
            entries = _next(situation, models) | {"together": models.together.evidence(situation.trail)}
            entries[COMPANIONS] = models.companions.evidence(situation.trail)
        case _:
            entries = _next(situation, models) | _popular(situation, models.popularity)
            if situation.fusion.weights.get(REPEAT, 0.0) > 0:
                entries[REPEAT] = models.repeat.evidence(situation.bought, situation.at)
            if situation.kind in BASKETS:
                newest_steps = situation.trail.newest(situation.basket or 5)
                entries["together"] = models.together.evidence(newest_steps)
                if situation.kind == "complete":
                    entries[COMPANIONS] = models.companions.evidence(newest_steps)
    if situation.likes:
        entries[LIKES] = liked(situation.likes, shelf)
    return entries


def fill(models: Models, shelf: Shelf, left: NDArray[np.bool_], k: int) -> dict[str, Evidence]:
    """What is popular and what is new among the rows that nothing else spoke for."""
    return {
        "popular": Evidence.uncaused(models.popularity.popular.among(left, k)),
        "fresh": newest(shelf, left, k, models.n),
    }


def given(candidates: NDArray[np.int32], left: NDArray[np.bool_]) -> dict[str, Evidence]:
    """The candidates that nothing else spoke for, in the order given."""
    return {"given": Evidence.uncaused(_falling(candidates[left[candidates]]))}


def newest(shelf: Shelf, allowed: NDArray[np.bool_], k: int, trained: int) -> Evidence:
    """The allowed rows released last; without a date, those that came to the shop last.

    Rows from `trained` on came after the release: without a date they are the newest there are.
    """
    rows = np.flatnonzero(allowed)
    released = shelf.released.take(rows)
    if trained:
        released[(rows >= trained) & (released == 0)] = np.iinfo(np.int64).max
    if len(rows) > 4 * k and released.any():
        kept = released >= np.partition(released, len(rows) - k)[len(rows) - k]
        rows, released = rows[kept], released[kept]
    elif len(rows) > 4 * k:
        rows, released = rows[-k:], released[-k:]
    order = rows[np.lexsort((-rows, -released))[:k]].astype(np.int32)
    return Evidence.uncaused(_falling(order))


def _next(situation: Situation, models: Models) -> dict[str, Evidence]:
    """What follows from the trail; further retrievers are asked where the fusion gives them a say, but not for the next
    basket of somebody who has bought many products: there they change one product in a hundred and take a quarter of
    its time."""
    trail, weights = situation.trail, situation.fusion.weights
    if not len(trail):
        return {}
    name, following = "sequential", models.sequential
    if situation.kind in BY_OTHERS:
        name, following = FOLLOWED, models.beside if situation.kind in GOING_WITH else models.followed
    entries = {name: following.evidence(trail)}
    if models.content is not None:
        entries["content"] = models.content.evidence(trail)
    if situation.kind == "next-basket" and len(situation.bought.products) >= _STAPLES:
        return entries
    further = {name: retriever for name, retriever in models.further.items() if weights.get(name, 0.0) > 0}
    return entries | {name: _asked(retriever, situation) for name, retriever in further.items()}


def _asked(retriever: Retriever, situation: Situation) -> Evidence:
    """What a retriever finds; of a list that was given all it can say."""
    if situation.candidates is not None and isinstance(retriever, Valuing):
        return retriever.valuing(situation.trail, situation.candidates)
    return retriever.evidence(situation.trail)


def _popular(situation: Situation, popularity: Popularity) -> dict[str, Evidence]:
    """What is popular with everybody, and with shoppers who have a label of this one."""
    entries = {"popularity": popularity.evidence(situation.trail)}
    counters = [popularity.segments[label] for label in situation.labels]
    if situation.candidates is not None:
        entries["popularity"] = _shares([popularity.popular], situation.candidates, causes=[NO_CAUSE])
        entries["segment"] = _shares(counters, situation.candidates, causes=range(len(counters)))
    elif counters:
        entries["segment"] = _first(_BY_LABELS // len(counters), [counter.pool() for counter in counters])
    return entries


def _first(n: int, pools: Sequence[Candidates]) -> Evidence:
    """The first n of each pool; the cause is the pool's place."""
    rows, scores = [pool.rows[:n] for pool in pools], [pool.scores[:n] for pool in pools]
    causes = np.arange(len(pools), dtype=np.int32).repeat([len(each) for each in rows])
    return Evidence(np.concatenate(rows), np.concatenate(scores), causes)


def _shares(counters: Sequence[Fading], rows: NDArray[np.int32], *, causes: Sequence[int]) -> Evidence:
    """How popular each of the rows is by each of the counters; a cause for each of these."""
    if not counters:
        return Evidence.none()
    shares = np.stack([counter.shares(rows) for counter in counters])
    by, place = shares.nonzero()
    return Evidence(rows.take(place), shares[by, place], np.array(causes, np.int32).take(by))


def liked(likes: Sequence[Like], shelf: Shelf) -> Evidence:
    """What the likes stand for; the cause is the like's place."""
    found = []
    for place, like in enumerate(likes):
        best = _falling(shelf.rows(like.products))
        found.append(Evidence(best.rows, best.scores, np.full(len(best), place, np.int32)))
    return Evidence.join(found)


def _falling(rows: NDArray[np.int32]) -> Candidates:
    """The rows in this order, the last worth half the first."""
    return Candidates(rows, np.linspace(1, 0.5, len(rows), dtype=np.float32))

from __future__ import annotations

import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.ids import ProductId
from daogou.features.exposure import looks, thinned
from daogou.features.history import STEP_TYPES, Sequences, sequences
from daogou.ports.stores import Offered
from daogou.testing.builders import event

ROW = {"much": 0, "little": 1, "unseen": 2}
SEEN = np.array([30.0, 10.0, 0.0])


def steps_of(events: list[Event]) -> Sequences:
    stores = open_stores("memory://")
    stores.events.append(events)
    return sequences(stores.events.columns(STEP_TYPES), ROW)


def clicks(product: str, n: int, **place: object) -> list[Event]:
    return [event("click", product, shopper=f"s{number}", at=1_000 * number, **place) for number in range(n)]


def test_a_showing_counts_less_the_further_down_it_was() -> None:
    shown = [Offered(ProductId("much"), 0, 6), Offered(ProductId("much"), 2, 4), Offered(ProductId("gone"), 0, 9)]
    assert looks(shown, ROW).tolist() == [6 + 4 / 2, 0, 0]


def test_steps_out_of_the_shops_lists_stay_as_often_as_the_mean_was_seen() -> None:
    kept = thinned(steps_of(clicks("much", 3_000, list="for-you", position=0)), SEEN)
    assert abs(len(kept) / 3_000 - 20 / 30) < 0.03
    assert np.diff(kept.offsets).sum() == len(kept) == len(kept.at) == len(kept.offered)


def test_what_was_seen_less_or_searched_for_stays() -> None:
    for product, place in (
        ("little", {"list": "for-you", "position": 0}),
        ("unseen", {"list": "for-you", "position": 0}),
        ("much", {"list": "search", "position": 0, "query": "shoes"}),
        ("much", {}),
    ):
        assert len(thinned(steps_of(clicks(product, 200, **place)), SEEN)) == 200


def test_a_step_belongs_to_the_list_in_which_it_began() -> None:
    began = [event("click", "much", shopper="s", at=1, list="for-you", position=0)]
    assert steps_of([*began, event("purchase", "much", shopper="s", at=2)]).offered.tolist() == [True]
    assert steps_of([event("view", "much", shopper="s", at=0), *began]).offered.tolist() == [False]


def test_the_same_step_always_falls_the_same_way() -> None:
    first = clicks("much", 300, list="for-you", position=0)
    kept = thinned(steps_of(first), SEEN).at.tolist()
    more = [event("click", "much", shopper=f"s{n}", at=1_000_000 + n, list="home", position=1) for n in range(300)]
    again = thinned(steps_of([*first, *more]), SEEN).at.tolist()
    assert sorted(at for at in again if at < 1_000_000) == sorted(kept)

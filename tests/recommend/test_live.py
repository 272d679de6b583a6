"""Whoever follows the log and whoever opens it anew know the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daogou.adapters.addresses import open_stores
from daogou.domain.event import EVENT_TYPES, Event
from daogou.domain.hit import Hits
from daogou.domain.ids import Instant, ProductId, SessionId, ShopperId
from daogou.domain.shopper import Shopper
from daogou.ports.stores import Stores
from daogou.recommend.live import Live
from daogou.recommend.models import Models
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.popularity import PopularityConfig
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.releases import Release, Releases
from daogou.training.train import train

NOW = Instant(1_700_000_000_000)
N = 12


def filled() -> Stores:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", f"tea number{n % 5}") for n in range(N)], at=NOW)
    stores.shoppers.put([Shopper(ShopperId(f"s{n}"), labels={"group": "student"}) for n in range(12)])
    stores.events.append(
        [event("view", f"p{(n + step) % N}", shopper=f"s{n}", at=step * N + n) for n in range(N) for step in range(4)]
    )
    return stores


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Release:
    config = TrainingConfig(popularity=PopularityConfig(segment_shoppers=5))
    return train(filled(), Releases(tmp_path_factory.mktemp("live")), config=config)


def answers(recommender: Recommender) -> list[Hits]:
    """Of every shopper and session there may be, and of both at once."""
    asked = [
        *(RecommendRequest(shopper=ShopperId(f"s{n}")) for n in (0, 1)),
        RecommendRequest(session=SessionId("x")),
        RecommendRequest(shopper=ShopperId("s1"), session=SessionId("x"), kind="next-basket"),
    ]
    return [recommender.recommend(request) for request in asked]


_EVENTS = st.builds(
    event,
    st.sampled_from(EVENT_TYPES),
    st.sampled_from([f"p{n}" for n in range(4)] + ["gone"]),
    shopper=st.sampled_from([None, "s0", "s1"]),
    session=st.sampled_from(["x", "y"]),
    value=st.sampled_from([None, 1.0, 5.0]),
)


@given(st.lists(st.lists(_EVENTS, min_size=1, max_size=5), max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_events_taken_in_one_by_one_are_what_a_new_reader_finds(trained: Release, happened: list[list[Event]]) -> None:
    stores = filled()
    shelf = Shelf(trained.items())
    shelf.refresh(stores.catalogue)

    def opened() -> Recommender:
        return Recommender(trained, shelf, stores.followed, shoppers=stores.shoppers, clock=lambda: NOW)

    following = opened()
    moment = 10_000
    for batch in happened:
        moment += 1
        stores.events.append([replace(one, at=Instant(moment)) for one in batch])
        answers(following)
    assert answers(following) == answers(opened())


def test_what_is_done_with_a_product_is_known_once_it_is_on_the_shelf(trained: Release) -> None:
    stores = filled()
    shelf = Shelf(trained.items())
    shelf.refresh(stores.catalogue)

    def opened() -> Live:
        live = Live(Models.open(trained), shelf, stores.followed, stores.shoppers)
        live.refresh()
        return live

    following = opened()
    happened = [event("view", name, shopper="s0", at=10_000 + n) for n, name in enumerate(("p1", "late", "p2", "gone"))]
    for one in happened:
        stores.events.append([one])
        following.refresh()
    assert [shelf.ids[row] for row in following.history(shopper=ShopperId("s0")).steps.rows()][-2:] == ["p1", "p2"]
    stores.catalogue.put([product("late", "tea")], at=NOW)
    shelf.refresh(stores.catalogue)
    following.refresh()
    late = shelf.row[ProductId("late")]
    assert [shelf.ids[row] for row in following.history(shopper=ShopperId("s0")).steps.rows()][-3:] == [
        "p1",
        "late",
        "p2",
    ]
    for live in (following, opened()):
        assert live._models.popularity.popular.of(np.array([late])) == pytest.approx(1.0, abs=0.01)
    following.refresh()
    assert following.seq == stores.events.head()

"""No product takes every place, where a shop says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.hit import Hits
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.ports.stores import Stores
from daogou.recommend.config import RecommendConfig
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.recommend.showings import Exposure, Showings
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.releases import Releases
from daogou.training.train import train

NOW = Instant(1_700_000_000_000)


@given(st.lists(st.integers(0, 5), max_size=80), st.floats(1, 4))
def test_only_what_was_shown_too_often_loses_and_the_more_the_more(shown: list[int], most: float) -> None:
    showings = Showings(most)
    for row in shown:
        showings.observe(row)
    rows = range(7)
    factors = showings.factors(np.arange(7, dtype=np.int32)).tolist()
    mean = len(shown) / max(1, len(set(shown)))
    for row in rows:
        assert (factors[row] < 1) == (shown.count(row) > most * mean * (1 + 1e-6))
        assert all(factors[row] <= factors[other] for other in rows if shown.count(row) >= shown.count(other))


def shop() -> Stores:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", f"thing {n}", price=n + 1) for n in range(6)], at=NOW)
    stores.events.append(
        [
            event("view", f"p{row}", shopper=f"s{who}", at=NOW + who * 100 + row)
            for who in range(20)
            for row in range(6)
            if (who + row) % (row + 1) == 0
        ]
    )
    return stores


def shown_to(who: int, **place: object) -> list[Event]:
    rows = (0, 0, 1)
    return [
        event("impression", f"p{row}", shopper=f"x{who}", at=NOW + 10 * who + n, **place) for n, row in enumerate(rows)
    ]


def test_a_product_that_was_shown_too_often_steps_back_and_says_why(tmp_path: Path) -> None:
    stores = shop()
    release = train(stores, Releases(tmp_path))

    def answer(most: float | None, at: Instant | None = None) -> Hits:
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        config = RecommendConfig(exposure=Exposure(most))
        recommender = Recommender(release, shelf, stores.events, config=config, clock=lambda: NOW)
        return recommender.recommend(RecommendRequest(shopper=ShopperId("nobody"), kind="for-you", k=4, at=at))

    before = answer(1.2)
    assert before.items[0].product == "p0"
    stores.events.append([each for n in range(50) for each in shown_to(n, list="search", position=0, query="thing")])
    assert answer(1.2).items == before.items
    stores.events.append([each for n in range(50) for each in shown_to(n + 99, list="for-you", position=n % 3)])
    assert answer(None).items == before.items
    after = answer(1.2)
    said = {hit.product: {reason.source for reason in hit.because} for hit in after.items}
    scores = {hit.product: hit.score for hit in after.items}
    assert scores[ProductId("p0")] < before.items[0].score
    assert "exposure" in said[ProductId("p0")]
    assert all("exposure" not in sources for id, sources in said.items() if id != "p0")
    assert answer(1.2, NOW).items == before.items  # as of the moment before all that was shown
    assert answer(1.2, Instant(NOW + 10_000)).items == after.items

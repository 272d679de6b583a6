"""New products rank higher for a while, where a shop says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.recommend.config import RecommendConfig
from daogou.recommend.freshness import Ages, Freshness
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.arrange import Variety
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.releases import Releases
from daogou.training.train import train

DAY = 86_400_000
NOW = Instant(1_700_000_000_000)
Ask = Callable[[RecommendConfig], Recommender]


@given(st.lists(st.integers(1, 400), min_size=2, max_size=6), st.floats(0.1, 10), st.floats(1, 90))
def test_what_is_newer_gains_more_and_nothing_loses(days: list[int], gain: float, half: float) -> None:
    released = np.array([0, NOW, *(NOW - age * DAY for age in days)], np.int64)
    factors = Ages(Freshness(gain, half), released, NOW).factors(np.arange(len(released), dtype=np.int32))
    assert factors[0] == 1  # nobody knows its age
    assert factors[1] == pytest.approx(1 + gain)
    assert (factors >= 1).all()
    order = np.argsort(-released[1:], kind="stable")
    assert (np.diff(factors[1:][order]) <= 1e-6).all()


def test_half_of_the_gain_is_left_after_so_many_days() -> None:
    ages = Ages(Freshness(2.0, 10), np.array([NOW - 10 * DAY, NOW - 400 * DAY], np.int64), NOW)
    assert ages.factors(np.array([0, 1], np.int32)).tolist() == [2.0, 1.0]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Twelve products of one brand and one of another that many view one after the other; the last one is new."""
    stores = open_stores("memory://")
    goods = [product(f"p{n}", f"thing {n}", brand="Alta", released=NOW - 900 * DAY) for n in range(12)]
    goods += [product("other", "thing", brand="Brio", released=NOW - 900 * DAY)]
    goods[5] = replace(goods[5], released=NOW)
    stores.catalogue.put(goods, at=NOW)
    viewed = [(who, n) for who in range(20) for n in range(12) if (who + n) % (n + 1) == 0]
    stores.events.append([event("view", f"p{n}", shopper=f"s{who}", at=NOW + who * 100 + n) for who, n in viewed])
    release = train(stores, Releases(tmp_path_factory.mktemp("fresh")))

    def open_with(config: RecommendConfig) -> Recommender:
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        return Recommender(release, shelf, stores.events, config=config, clock=lambda: NOW)

    return open_with


def test_a_new_product_rises_and_says_why(ask: Ask) -> None:
    request = RecommendRequest(shopper=ShopperId("nobody"), kind="for-you", k=12)
    before = {hit.product: hit for hit in ask(RecommendConfig()).recommend(request).items}
    recommender = ask(RecommendConfig(freshness=Freshness(3.0)))
    after = {hit.product: hit for hit in recommender.recommend(request).items}
    assert after[ProductId("p5")].score == pytest.approx(4 * before[ProductId("p5")].score)
    assert {r.source: r.share for r in after[ProductId("p5")].because}["freshness"] == pytest.approx(0.75)
    assert [hit.product for hit in after.values() if any(r.source == "freshness" for r in hit.because)] == ["p5"]
    said = recommender.explain(ShopperId("nobody"), ProductId("p5"))
    (without,) = [each for each in said.because if each.reason.source == "freshness"]
    assert without.score == pytest.approx(before[ProductId("p5")].score)
    group = RecommendRequest(group=(ShopperId("s1"), ShopperId("s2")), k=12)
    plain, fresh = (ask(RecommendConfig(freshness=Freshness(gain))).recommend(group) for gain in (0.0, 3.0))
    scores = [{hit.product: hit.score for hit in hits.items}[ProductId("p5")] for hits in (plain, fresh)]
    assert scores[1] == pytest.approx(4 * scores[0])  # once for the group, not once more for each of it


def test_a_list_that_a_limit_cuts_short_says_so_and_a_given_list_is_not_cut(ask: Ask) -> None:
    recommender = ask(RecommendConfig(variety=Variety(most=2)))
    hits = recommender.recommend(RecommendRequest(shopper=ShopperId("nobody"), kind="for-you", k=6))
    assert {hit.product for hit in hits.items} > {"other"}  # nobody viewed it, but it is of another brand
    assert len(hits.items) == 3
    assert "of the others' brand or category 2 are shown" in (hits.degraded or "")
    given = tuple(ProductId(f"p{n}") for n in range(6))
    assert len(recommender.recommend(RecommendRequest(candidates=given, k=6)).items) == 6

"""Faithful reasons: the share that a reason states is the part of the score that goes when its steps count for nothing,
and what it says was done was done. A reason that lies, by the wrong cause, share, product or word, fails here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.adapters.addresses import open_stores
from daogou.domain.hit import Hit, Reason
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.domain.shopper import Shopper
from daogou.ports.stores import Stores
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.recommend.situation import Situation
from daogou.retrieval.evidence import Trail
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.config import FusionConfig, TrainingConfig
from daogou.training.releases import Release, Releases
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = Instant(1_700_000_000_000)
N = 24
DONE = {
    "view": "Because you viewed “{}”",
    "cart": "Because you put “{}” in the basket",
    "purchase": "Because you bought “{}”",
}
LABELS = (("group", "student"), ("city", "north"))
ASKED = RecommendRequest(shopper=ShopperId("anna"), kind="for-you", k=N)


@dataclass(frozen=True)
class Shop:
    """A trained shop; each shopper's answers come from a recommender of its own."""

    release: Release
    goods: Stores

    def visited(self, steps: Sequence[tuple[str, str]]) -> Recommender:
        """Somebody has done this, oldest first, a day apart; all of it longer ago than what was bought rests."""
        stores = replace(open_stores("memory://"), catalogue=self.goods.catalogue, shoppers=self.goods.shoppers)
        done = enumerate(steps)
        stores.events.append(
            [event(type, id, shopper="anna", at=NOW - (60 - place) * DAY_MS) for place, (type, id) in done]  # type: ignore[arg-type]
        )
        shelf = Shelf(self.release.items())
        shelf.refresh(stores.catalogue)
        return Recommender(self.release, shelf, stores.events, shoppers=stores.shoppers, clock=lambda: NOW)


def _filled() -> Stores:
    """Shoppers walk along a ring of products."""
    stores = open_stores("memory://")
    stores.catalogue.put(
        [
            product(f"p{n}", f"{'shoe' if n < 12 else 'tea'} number{n % 12}", brand=f"brand{n % 3}", stock=5)
            for n in range(N)
        ],
        at=NOW,
    )
    labels = [("anna", dict(LABELS)), *((f"s{n}", dict([LABELS[0]])) for n in range(12))]
    labels += [(f"s{n}", dict([LABELS[1]])) for n in range(12, 24)]
    stores.shoppers.put([Shopper(ShopperId(id), labels=each) for id, each in labels])
    start = NOW - 100 * DAY_MS
    stores.events.append(
        [
            event("view", f"p{(first + n) % N}", shopper=f"s{first}", at=start + n * DAY_MS + first)
            for first in range(30)
            for n in range(5)
        ]
    )
    return stores


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """All that is learnt adds up over the steps of a history: so it can be told what each is worth."""
    stores, config = _filled(), TrainingConfig()
    off = {name: replace(getattr(config, name), enabled=False) for name in ("als", "session_knn", "transformer")}
    return Shop(train(stores, Releases(tmp_path_factory.mktemp("models")), config=replace(config, **off)), stores)


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Every source that names steps has a say, whether or not it helps."""
    stores, config = _filled(), TrainingConfig(fusion=FusionConfig(others=(1.0,)))
    on = {name: replace(getattr(config, name), enabled=True) for name in ("attributes", "item_knn", "walks")}
    quiet = {"transformer": replace(config.transformer, enabled=False)}
    config = replace(config, **on, **quiet)
    return Shop(train(stores, Releases(tmp_path_factory.mktemp("models")), config=config), stores)


def score_without(reason: Reason, recommender: Recommender, situation: Situation, hit: Hit) -> float:
    """The score of a product, had the steps on what the reason names counted for nothing, the label it names not been
    there, or the source that states it been silent."""
    silent = ""
    if reason.source == "segment":
        (named,) = (f"{name}={value}" for name, value in LABELS if f"{name}: {value}" in reason.text.en.casefold())
        situation = replace(situation, labels=tuple(label for label in situation.labels if label != named))
    elif reason.products:
        named_rows = recommender._shelf.rows(reason.products)
        weights = np.where(np.isin(situation.trail.rows, named_rows), np.float32(0), situation.trail.weights)
        situation = replace(situation, trail=Trail(situation.trail.rows, weights, situation.trail.ties))
    else:
        silent = reason.source
    fused = recommender._fused(ASKED, situation, recommender._allowed(ASKED, situation))
    rows, scores = (fused.silenced(silent) if silent else fused).totals
    return dict(zip(rows.tolist(), scores.tolist(), strict=True)).get(recommender._shelf.row[hit.product], 0.0)


steps = st.lists(
    st.tuples(st.sampled_from(sorted(DONE)), st.integers(0, N - 1).map("p{}".format)), min_size=1, max_size=9
)


@given(done=steps)
@settings(max_examples=40, deadline=None)
def test_a_share_is_what_the_score_loses_without_what_the_reason_rests_on(
    shop: Shop, done: list[tuple[str, str]]
) -> None:
    recommender = shop.visited(done)
    situation = recommender._look(ASKED)
    hits = recommender.recommend(ASKED).items
    assert hits
    for hit in hits:
        assert sum(reason.share for reason in hit.because) <= 1 + 1e-6
        left = 1 - sum(reason.share for reason in hit.because)
        if len(hit.because) < 3:  # what is not said is small: a step, a label or what is popular
            assert left <= 0.005 * (len(done) + 3) + 1e-6
        for reason in hit.because:
            lost = hit.score - score_without(reason, recommender, situation, hit)
            assert lost == pytest.approx(reason.share * hit.score, rel=1e-3, abs=1e-6), reason


@given(done=steps)
@settings(max_examples=40, deadline=None)
def test_a_reason_says_what_was_done_with_the_product_it_names(shop: Shop, done: list[tuple[str, str]]) -> None:
    recommender = shop.visited(done)
    for hit in recommender.recommend(ASKED).items:
        for reason in hit.because:
            if reason.kind == "history":
                (cause,) = reason.products
                title = recommender._shelf.title(recommender._shelf.row[cause])
                said = {DONE[type].format(title.en) for type, id in done if id == cause}
                assert reason.text.en in said


@given(done=st.lists(st.integers(0, N - 1).map("p{}".format), min_size=1, max_size=6), data=st.data())
@settings(max_examples=40, deadline=None)
def test_without_what_a_reason_names_the_score_is_another_whatever_the_sources(
    loud: Shop, done: list[str], data: st.DataObject
) -> None:
    """Also of those that do not add up over steps: a history found among others, a vector solved for all steps."""
    recommender = loud.visited([])

    def asked(history: list[str]) -> dict[str, Hit]:
        told = replace(ASKED, shopper=None, history=tuple(map(ProductId, history)))
        return {hit.product: hit for hit in recommender.recommend(told).items}

    hits = asked(done)
    hit = hits[data.draw(st.sampled_from(sorted(hits)))]
    assert sum(reason.share for reason in hit.because) <= 1 + 1e-6
    for reason in hit.because:
        assert set(reason.products) <= set(done)
        if reason.products:
            without = asked([step for step in done if step not in reason.products]).get(hit.product)
            assert without is None or without.score != pytest.approx(hit.score, rel=1e-6), reason


def test_every_source_that_names_steps_has_a_say_there(loud: Shop) -> None:
    recommender = loud.visited([("view", f"p{n}") for n in range(5)])
    hits = recommender.recommend(ASKED).items
    parts = {source for hit in hits for source in recommender.explain(ShopperId("anna"), hit.product).parts}
    assert parts >= {"sequential", "content", "ease", "als", "session_knn", "attributes", "item_knn", "walks"}

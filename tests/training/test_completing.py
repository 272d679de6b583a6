from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.ports.stores import Stores
from daogou.recommend.models import Models
from daogou.recommend.ranking import reorderings
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.als import AlsConfig
from daogou.retrieval.completing import SOURCES, CompletingConfig
from daogou.retrieval.ease import EaseConfig
from daogou.retrieval.habits import HabitsConfig
from daogou.retrieval.ranking import NAMES, QUESTIONS, Ranker, RankingConfig
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.recipes import completing as recipe
from daogou.training.releases import Release, Releases
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = 1_700_000_000_000
BRANDS, EACH, SHOPPERS, WEEKS = 6, 10, 120, 8
CONFIG = TrainingConfig(
    completing=CompletingConfig(least=50, leaf=20), habits=HabitsConfig(enabled=False),
    ranking=RankingConfig(enabled=False), ease=EaseConfig(enabled=False), als=AlsConfig(enabled=False),
)  # fmt: skip


def basket(shopper: int, week: int) -> tuple[str, str]:
    """A shirt and a belt of one brand, as everybody buys them; hardly any two of the same."""
    random = Random(f"{shopper} {week}")
    brand = random.randrange(BRANDS)
    return tuple(f"{kind}-{brand}-{random.randrange(EACH)}" for kind in ("shirt", "belt"))  # type: ignore[return-value]


def by_chance(shopper: int, week: int) -> tuple[str, str]:
    """Any two products."""
    random = Random(f"{shopper} {week}")
    return tuple(f"thing-0-{n}" for n in random.sample(range(2 * BRANDS * EACH), 2))  # type: ignore[return-value]


def shop(*, matched: bool, shoppers: int = SHOPPERS) -> Stores:
    stores = open_stores("memory://")
    kinds = [(kind, brand) for kind in ("shirt", "belt") for brand in range(BRANDS)] if matched else [("thing", 0)]
    each = EACH if matched else 2 * BRANDS * EACH
    stores.catalogue.put(
        [
            product(f"{kind}-{brand}-{n}", f"model {n}", category=[kind], brand=f"brand {brand}")
            for kind, brand in kinds
            for n in range(each)
        ],
        at=Instant(NOW),
    )
    for week in range(WEEKS):
        for shopper in range(shoppers):
            at = NOW + 7 * week * DAY_MS + 100 * shopper
            bought = (basket if matched else by_chance)(shopper, week)
            stores.events.append(
                [
                    event(type, id, shopper=f"s{shopper}", at=at + later)
                    for later, type in ((0, "view"), (10, "purchase"))
                    for id in bought
                ]
            )
    return stores


def opened(stores: Stores, release: Release) -> Recommender:
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    return Recommender(release, shelf, stores.events)


def found(recommender: Recommender, *, known: bool) -> float:
    """How often the belt that next week's shirt is bought with is among ten."""
    hits = 0
    for shopper in range(SHOPPERS):
        shirt, belt = basket(shopper, WEEKS)
        who = ShopperId(f"s{shopper}") if known else None
        at = Instant(NOW + 7 * WEEKS * DAY_MS)
        request = RecommendRequest(who, basket=(ProductId(shirt),), kind="complete", at=at)
        hits += belt in {hit.product for hit in recommender.recommend(request).items}
    return hits / SHOPPERS


def test_trees_that_surely_help_complete_baskets_are_part_of_the_release(tmp_path: Path) -> None:
    stores = shop(matched=True)
    release = train(stores, Releases(tmp_path), config=CONFIG)
    for way in ("known", "nobody"):
        assert release.manifest.metrics[f"completing.{way}.ndcg@10.gain.low"] > 0.05
    assert "completing" not in release.manifest.skipped
    recommender = opened(stores, release)
    ordered = [found(recommender, known=known) for known in (True, False)]
    recommender._reorderings = {}
    assert min(ordered) > 0.2 + max(found(recommender, known=known) for known in (True, False))


def test_trees_that_do_not_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    release = train(shop(matched=False), Releases(tmp_path), config=CONFIG)
    assert Models.open(release).completing is None
    why = release.manifest.skipped["completing"]
    assert why.startswith("tried, not surely better: NDCG@10 for known shoppers 0.")


def test_a_shop_of_few_baskets_does_not_try(tmp_path: Path) -> None:
    release = train(shop(matched=True, shoppers=10), Releases(tmp_path), config=CONFIG)
    assert release.manifest.skipped["completing"] == "40 held-back baskets of two products or more, fewer than 50"


def test_what_is_asked_for_tells_the_sources_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, count = [], recipe._Sources
    steps, lines = [], []
    pairs, together = recipe.sequential.fits, recipe.together.fit
    monkeypatch.setattr(recipe.sequential, "fits", lambda of, *rest: steps.append(of) or pairs(of, *rest))
    monkeypatch.setattr(
        recipe.together, "fit", lambda of, *rest, **more: lines.append(of) or together(of, *rest, **more)
    )
    monkeypatch.setattr(recipe, "_Sources", lambda *parts: given.append((steps[-1], lines[-1])) or count(*parts))
    train(shop(matched=True), Releases(tmp_path), config=CONFIG)
    [(known, bought)] = given
    last = NOW + 7 * (WEEKS - 5) * DAY_MS + 100 * SHOPPERS
    assert int(known.at.max()) <= last  # what was looked at on the way to a basket is of its visit
    assert int(bought.day.max()) == last // DAY_MS
    assert len(known) > 0


def test_views_of_anybody_move_nothing(tmp_path: Path) -> None:
    stores = shop(matched=True)
    recommender = opened(stores, train(stores, Releases(tmp_path), config=CONFIG))
    many = np.full((1, QUESTIONS), NAMES.index("events"), np.int32), np.full((1, QUESTIONS), np.log1p(200), np.float32)
    by_events = Ranker(SOURCES, *many, np.linspace(1, 0, 1 << QUESTIONS, dtype=np.float32)[None], CONFIG.completing)
    recommender._reorderings = reorderings(replace(recommender._models, completing=by_events), recommender._shelf)
    shirt, _ = basket(0, WEEKS)
    request = RecommendRequest(basket=(ProductId(shirt),), kind="complete", at=Instant(NOW + 7 * WEEKS * DAY_MS))
    before = recommender.recommend(request).items
    target = before[-1].product
    stores.events.append([event("view", target, session=f"x{n}", at=NOW + 60 * DAY_MS + n) for n in range(500)])
    after = recommender.recommend(replace(request, at=Instant(NOW + 70 * DAY_MS))).items
    assert [(hit.product, hit.score) for hit in after] == [(hit.product, hit.score) for hit in before]


def test_without_a_basket_the_trees_say_nothing(tmp_path: Path) -> None:
    stores = shop(matched=True)
    recommender = opened(stores, train(stores, Releases(tmp_path), config=CONFIG))
    at = Instant(NOW + 7 * WEEKS * DAY_MS)
    for given, sources in (((), set()), ((ProductId(basket(0, WEEKS)[0]),), {"ranking"})):
        hits = recommender.recommend(RecommendRequest(ShopperId("s0"), basket=given, kind="complete", at=at)).items
        assert {why.source for hit in hits for why in hit.because} & {"ranking"} == sources


def test_the_same_facts_give_the_same_trees_and_they_go_with_the_fusion(tmp_path: Path) -> None:
    stores, releases = shop(matched=True), Releases(tmp_path)
    first, second = (train(stores, releases, config=CONFIG).manifest for _ in range(2))
    assert first.files == second.files
    assert "fusion/completing/says.npy" in first.files
    kept = train(stores, releases, config=CONFIG, only=["content"])
    assert Models.open(kept).completing is not None
    off = replace(CONFIG, completing=CompletingConfig(enabled=False))
    left = train(stores, releases, config=off, only=["completing"])
    assert Models.open(left).completing is None
    assert left.manifest.skipped["completing"] == "switched off: [training.completing] enabled = false"
    assert "completing.known.ndcg@10.gain" not in left.manifest.metrics


def test_so_many_shoppers_are_asked_about_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "_SHOPPERS", 10)
    release = train(shop(matched=True), Releases(tmp_path), config=CONFIG)
    assert release.manifest.skipped["completing"] == "40 held-back baskets of two products or more, fewer than 50"

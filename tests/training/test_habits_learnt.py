from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant, ShopperId
from daogou.ports.stores import Stores
from daogou.recommend.models import Models
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.als import AlsConfig
from daogou.retrieval.completing import CompletingConfig
from daogou.retrieval.ease import EaseConfig
from daogou.retrieval.habits import HabitsConfig
from daogou.retrieval.ranking import RankingConfig
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.recipes import habits as recipe
from daogou.training.releases import Release, Releases
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = 1_700_000_000_000
N, SHOPPERS, WEEKS = 30, 60, 13
OFF = HabitsConfig(enabled=False)
CONFIG = TrainingConfig(
    habits=HabitsConfig(least=50, leaf=20), completing=CompletingConfig(enabled=False),
    ranking=RankingConfig(enabled=False), ease=EaseConfig(enabled=False), als=AlsConfig(enabled=False),
)  # fmt: skip


def bought(shopper: int, week: int, *, regular: bool) -> list[int]:
    """Nine of the products, each every other, third or fourth week, or blindly as often."""
    random = Random(shopper)
    habits = [(row, random.choice((2, 3, 4)), random.randrange(4)) for row in random.sample(range(N), 9)]
    if regular:
        return [row for row, every, offset in habits if (week + offset) % every == 0]
    return [row for row, every, _ in habits if Random(f"{shopper} {week} {row}").random() < 1 / every]


def shop(*, regular: bool) -> Stores:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", f"model {n}", category=[f"kind {n}"]) for n in range(N)], at=Instant(NOW))
    for week in range(WEEKS):
        for shopper in range(SHOPPERS):
            at = NOW + 7 * week * DAY_MS + shopper
            stores.events.append(
                [
                    event("purchase", f"p{row}", shopper=f"s{shopper}", at=at)
                    for row in bought(shopper, week, regular=regular)
                ]
            )
    return stores


def found(stores: Stores, release: Release, *, reordered: bool) -> float:
    """Which part of the next basket is among the first of the list, as many as the basket has."""
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    recommender = Recommender(release, shelf, stores.events)
    if not reordered:
        recommender._reorderings = {}
    hits = of = 0
    for shopper in range(SHOPPERS):
        wanted = {f"p{row}" for row in bought(shopper, WEEKS, regular=True)}
        at = Instant(NOW + 7 * WEEKS * DAY_MS)
        request = RecommendRequest(ShopperId(f"s{shopper}"), kind="next-basket", k=max(1, len(wanted)), at=at)
        hits += sum(hit.product in wanted for hit in recommender.recommend(request).items)
        of += len(wanted)
    return hits / of


def test_habits_that_surely_help_are_part_of_the_release(tmp_path: Path) -> None:
    stores = shop(regular=True)
    release = train(stores, Releases(tmp_path), config=CONFIG)
    assert release.manifest.metrics["habits.ndcg@20.gain.low"] > 0.05
    assert "habits" not in release.manifest.skipped
    assert found(stores, release, reordered=True) >= 0.9
    assert found(stores, release, reordered=False) <= 0.6


def test_habits_that_do_not_are_left_out_and_it_is_said(tmp_path: Path) -> None:
    release = train(shop(regular=False), Releases(tmp_path), config=CONFIG)
    assert Models.open(release).habits is None
    why = release.manifest.skipped["habits"]
    assert why.startswith("tried, not surely better: NDCG@20 0.")
    assert "the 95 % interval of the gain is -0." in why


def test_a_shop_where_nobody_buys_again_does_not_try(tmp_path: Path) -> None:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}") for n in range(N)], at=Instant(NOW))
    stores.events.append(
        [event("purchase", f"p{n}", shopper=f"s{who}", at=NOW + n * DAY_MS) for who in range(9) for n in range(6)]
    )
    why = train(stores, Releases(tmp_path), config=CONFIG).manifest.skipped["habits"]
    assert why == "0 held-back baskets with something that was bought before, fewer than 50"


def test_what_is_asked_for_tells_nothing_of_how_readily_things_are_bought_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, count = [], recipe.repeat.fit_steps
    monkeypatch.setattr(recipe.repeat, "fit_steps", lambda steps, *rest: given.append(steps) or count(steps, *rest))
    train(shop(regular=True), Releases(tmp_path), config=CONFIG)
    weeks = (given[-1].at - NOW) // (7 * DAY_MS)
    assert int(weeks.max()) == WEEKS - 5


def test_so_many_shoppers_are_asked_at_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "_SHOPPERS", 10)
    why = train(shop(regular=True), Releases(tmp_path), config=CONFIG).manifest.skipped["habits"]
    assert why == "40 held-back baskets with something that was bought before, fewer than 50"


def test_the_same_facts_give_the_same_habits_and_they_go_with_the_fusion(tmp_path: Path) -> None:
    stores, releases = shop(regular=True), Releases(tmp_path)
    first, second = (train(stores, releases, config=CONFIG).manifest for _ in range(2))
    assert first.files == second.files
    assert "fusion/habits/says.npy" in first.files
    kept = train(stores, releases, config=CONFIG, only=["content"])
    assert Models.open(kept).habits is not None
    assert kept.manifest.metrics["habits.ndcg@20.gain"] == first.metrics["habits.ndcg@20.gain"]
    left = train(stores, releases, config=replace(CONFIG, habits=OFF), only=["habits"])
    assert Models.open(left).habits is None
    assert left.manifest.skipped["habits"] == "switched off: [training.habits] enabled = false"
    assert "habits.ndcg@20.gain" not in left.manifest.metrics


def test_a_release_of_an_earlier_version_answers(tmp_path: Path) -> None:
    stores = shop(regular=True)
    release = train(stores, Releases(tmp_path), config=replace(CONFIG, habits=OFF))
    (release.path("repeat") / "days.npy").unlink()
    assert found(stores, release, reordered=True) == pytest.approx(found(stores, release, reordered=False))

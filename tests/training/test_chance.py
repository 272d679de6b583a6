from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.ports.stores import Stores
from daogou.recommend.batch import histories
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.releases import Release, Releases
from daogou.training.train import train

NOW = 1_700_000_000_000
N = 60
ALL = tuple(ProductId(f"p{n}") for n in range(N))


def walked(shoppers: int) -> Stores:
    """Shoppers go along a ring of products, each third step to any product; the first ten are turned to more often."""
    stores, random = open_stores("memory://"), Random(0)
    stores.catalogue.put([product(name, f"thing {name}") for name in ALL], at=Instant(NOW))
    for shopper in range(shoppers):
        row = random.randrange(N)
        for step in range(random.randint(3, 8)):
            stores.events.append([event("view", f"p{row}", shopper=f"s{shopper}", at=NOW + 1_000 * shopper + step)])
            row = (
                (row + 1) % N if random.random() < 0.66 else random.choice([random.randrange(10), random.randrange(N)])
            )
    return stores


def asking(stores: Stores, release: Release) -> Recommender:
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    return Recommender(release, shelf, stores.events)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    stores = walked(600)
    return asking(stores, train(stores, Releases(tmp_path_factory.mktemp("models"))))


def chances(shop: Recommender, **asked: object) -> dict[str, float]:
    hits = shop.recommend(RecommendRequest(kind="for-you", k=N, candidates=ALL, **asked))  # type: ignore[arg-type]
    assert all(hit.chance is not None for hit in hits.items)
    return {str(hit.product): float(hit.chance or 0) for hit in hits.items}


def test_the_chances_of_all_products_add_up_to_one(shop: Recommender) -> None:
    """On average over shoppers; of somebody unknown, too."""
    sums = [sum(chances(shop, shopper=ShopperId(f"s{n}")).values()) for n in range(100)]
    assert np.mean(sums) == pytest.approx(1, abs=0.15)
    assert sum(chances(shop, shopper=ShopperId("nobody")).values()) == pytest.approx(1, abs=0.25)


def test_chances_come_true_as_often_as_they_say(shop: Recommender) -> None:
    """Two thirds of the steps go on along the ring."""
    following = [chances(shop, history=(f"p{n}", f"p{n + 1}", f"p{n + 2}"))[f"p{n + 3}"] for n in range(12, 50)]
    assert np.mean(following) == pytest.approx(0.6, abs=0.15)


def test_chances_can_be_compared_between_shoppers(shop: Recommender) -> None:
    """Of somebody whose next step nobody can know, the first product of the list has less of a chance."""
    known, unknown = chances(shop, history=("p20", "p21", "p22")), chances(shop, shopper=ShopperId("nobody"))
    assert max(known.values()) > 3 * max(unknown.values())
    assert unknown["p5"] > unknown["p50"]


def test_a_batch_says_the_chance_of_candidates_alone(shop: Recommender) -> None:
    line = {"id": 1, "history": ["p20", "p21"]}
    ranked, listed = histories([line | {"candidates": ["p22", "p40"]}, line], shop, k=5)
    assert [set(item) for item in ranked["items"]] == [{"product", "score", "because", "chance"}] * 2
    assert ranked["items"][0]["product"] == "p22"
    assert ranked["items"][0]["chance"] > ranked["items"][1]["chance"]
    assert not any("chance" in item for item in listed["items"])


def test_too_few_steps_teach_no_chance(tmp_path: Path) -> None:
    stores = walked(20)
    release = train(stores, Releases(tmp_path), config=TrainingConfig())
    assert release.manifest.skipped["chance"].endswith("validation steps, fewer than 200")
    hits = asking(stores, release).recommend(RecommendRequest(history=ALL[:1], candidates=ALL[:3]))
    assert [hit.chance for hit in hits.items] == [None] * 3

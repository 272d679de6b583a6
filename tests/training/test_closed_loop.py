"""A shop that learns from what it showed itself must not narrow."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ShopperId
from daogou.features.exposure import ExposureConfig
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.als import AlsConfig
from daogou.retrieval.ease import EaseConfig
from daogou.retrieval.metrics import gini
from daogou.retrieval.session_knn import SessionKnnConfig
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.releases import Releases
from daogou.training.train import train

WEEK_MS = 7 * 86_400_000
START = 1_700_000_000_000
PRODUCTS, SHOPPERS, K, ROUNDS = 80, 100, 4, 10


def ginis(folder: Path, *, by_looks: bool) -> list[float]:
    """How unevenly places go to products, week by week, where everyone likes some things more than others."""
    random = np.random.default_rng(1)
    likes = np.exp(random.normal(size=(SHOPPERS, 8)))[:, np.arange(PRODUCTS) % 8]
    likes /= likes.max(1, keepdims=True)
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", f"thing {n % 8}", price=n + 1) for n in range(PRODUCTS)], at=Instant(START))
    stores.events.append(
        [
            event("view", f"p{row}", shopper=f"s{who}", at=START + 1_000 * who + place)
            for who in range(SHOPPERS)
            for place, row in enumerate(random.choice(PRODUCTS, 4, replace=False, p=likes[who] / likes[who].sum()))
        ]
    )
    config = TrainingConfig(
        exposure=ExposureConfig(by_looks),
        als=AlsConfig(enabled=False),
        ease=EaseConfig(enabled=False),
        session_knn=SessionKnnConfig(enabled=False),
    )
    found = []
    for week in range(1, ROUNDS + 1):
        release = train(stores, Releases(folder / f"{by_looks} {week}"), config=config)
        shelf = Shelf(release.items())
        shelf.refresh(stores.catalogue)
        recommender = Recommender(release, shelf, stores.events)
        counts = np.zeros(PRODUCTS)
        for who in range(SHOPPERS):
            at = Instant(START + week * WEEK_MS + 1_000 * who)
            shown = recommender.recommend(RecommendRequest(shopper=ShopperId(f"s{who}"), kind="for-you", k=K, at=at))
            rows = [shelf.row[hit.product] for hit in shown.items]
            counts[rows] += 1
            stores.events.append(visit(who, rows, at, clicked=random.random(K) < 0.4 * likes[who, rows]))
        found.append(gini(counts))
    return found


def visit(who: int, rows: list[int], at: int, *, clicked: np.ndarray) -> list[Event]:
    seen = [
        event("impression", f"p{row}", shopper=f"s{who}", at=at, list="for-you", position=place)
        for place, row in enumerate(rows)
    ]
    done = [
        event("click", f"p{row}", shopper=f"s{who}", at=at + 1 + place, list="for-you", position=place)
        for place, row in enumerate(rows)
        if clicked[place]
    ]
    return [*seen, *done]


def test_ten_rounds_of_showing_clicking_and_training_do_not_narrow_the_shop(tmp_path: Path) -> None:
    first, *_, last = ginis(tmp_path, by_looks=True)
    assert last <= first + 0.05


def test_taking_every_click_alike_narrows_the_same_shop(tmp_path: Path) -> None:
    first, *_, last = ginis(tmp_path, by_looks=False)
    assert last > first + 0.05

"""Fake accounts at the lists that others' acts decide: what they push must not reach the top."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.event import Event
from daogou.domain.hit import Hits
from daogou.domain.ids import Instant, ProductId
from daogou.domain.kinds import Kind
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.evidence import Trail
from daogou.retrieval.sequential import SequentialKnn
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.data import TrainingData, read
from daogou.training.recipes import together
from daogou.training.releases import Releases
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = 1_700_000_000_000
LISTS: tuple[Kind, ...] = ("together", "because", "similar", "complete")
FOLLOWED, BOUGHT_WITH, UNKNOWN, TARGET = "shoe0", "shoe9", "mug0", "pen5"
"""Two anchors that are bought together by many, one that nobody did anything with, and what the fakes push."""


class World:
    """A shop whose two dozen customers buy shoes, coming back ten days later; `honest` went from one shoe to others."""

    def __init__(self, folder: Path) -> None:
        self.stores = open_stores("memory://")
        names = [f"{word}{n}" for word in ("shoe", "mug", "pen") for n in range(10)]
        self.stores.catalogue.put(
            [
                product(name, f"{name[:-1]} {'red' if n % 2 else 'blue'} {n}", category=[name[:-1]])
                for n, name in enumerate(names)
            ],
            at=Instant(NOW),
        )
        for n in range(24):
            for back in (80, 50):
                self.happen("purchase", f"c{n}", [f"shoe{(n + back) % 10}"], days_ago=back)
            if n < 4:
                self.happen("purchase", f"c{n}", ["shoe0", "shoe9"], days_ago=30)
            if n < 3:
                self.happen("view", f"c{n}", ["shoe0", f"shoe{n + 3}"], days_ago=20 - n)
        self._releases = Releases(folder)
        self.train()

    def happen(self, type: str, shopper: str, products: list[str], *, days_ago: float) -> None:
        at = int(NOW - days_ago * DAY_MS)
        self.stores.events.append([event(type, id, shopper=shopper, at=at + n) for n, id in enumerate(products)])

    def train(self) -> None:
        release = train(self.stores, self._releases)
        self.set_aside = release.manifest.metrics["together.set_aside"]
        shelf = Shelf(release.items())
        shelf.refresh(self.stores.catalogue)
        self._recommender = Recommender(release, shelf, self.stores.events, clock=lambda: Instant(NOW))

    def ask(self, kind: Kind, anchor: str, k: int = 10) -> Hits:
        asked = {"basket": (ProductId(anchor),)} if kind == "complete" else {"product": ProductId(anchor)}
        return self._recommender.recommend(RecommendRequest(kind=kind, k=k, **asked))  # type: ignore[arg-type]

    def lists(self, anchor: str, *, trained: bool) -> dict[Kind, list[str]]:
        """What each list shows, before or after another training."""
        if trained:
            self.train()
        return {kind: [hit.product for hit in self.ask(kind, anchor).items] for kind in LISTS}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize("trained", [False, True])
@pytest.mark.parametrize("anchor", [FOLLOWED, UNKNOWN])
@pytest.mark.parametrize("fakes", [10, 30])
def test_new_accounts_that_look_at_two_products_move_no_list_of_others(
    world: World, anchor: str, fakes: int, trained: bool
) -> None:
    """However often they go to and fro, and at once as after a training."""
    for n in range(fakes):
        world.happen("view", f"fake{n}", [anchor, TARGET] * 5, days_ago=0.01)
    for kind, shown in world.lists(anchor, trained=trained).items():
        assert TARGET not in shown[:5], kind


@pytest.mark.parametrize("kind", LISTS)
def test_a_crowd_that_looks_at_the_product_itself_moves_none_either(world: World, kind: Kind) -> None:
    before = [(hit.product, hit.score) for hit in world.ask(kind, FOLLOWED, 4).items]
    for n in range(300):
        world.happen("view", f"fake{n}", [before[-1][0]], days_ago=0.01)
    assert [(hit.product, hit.score) for hit in world.ask(kind, FOLLOWED, 4).items] == before


@pytest.mark.parametrize("anchor", [FOLLOWED, UNKNOWN])
@pytest.mark.parametrize("fakes", [10, 30])
def test_one_cheap_order_long_ago_lends_no_weight_to_another_today(world: World, anchor: str, fakes: int) -> None:
    for n in range(fakes):
        world.happen("purchase", f"fake{n}", [f"shoe{n % 10}"], days_ago=60)
        world.happen("purchase", f"fake{n}", [anchor, TARGET], days_ago=0.01)
    for kind, shown in world.lists(anchor, trained=True).items():
        assert TARGET not in shown[:5], kind


@pytest.mark.parametrize("anchor", [FOLLOWED, UNKNOWN])
@pytest.mark.parametrize("fakes", [10, 30])
def test_accounts_with_one_order_long_ago_put_nothing_first(world: World, anchor: str, fakes: int) -> None:
    for n in range(fakes):
        world.happen("purchase", f"fake{n}", [anchor, TARGET], days_ago=60)
    for kind, shown in world.lists(anchor, trained=True).items():
        assert shown[0] != TARGET, kind


@pytest.mark.parametrize(("kind", "enough"), [*((kind, 2) for kind in LISTS if kind != "similar"), ("similar", 8)])
def test_one_believed_account_alone_puts_nothing_first_and_enough_do(world: World, kind: Kind, enough: int) -> None:
    """What has no word in common is similar only where many turn to both."""
    first = []
    for accounts in ([0], range(1, enough)):
        for n in accounts:
            for _ in range(3):
                world.happen("view", f"c{n}", [UNKNOWN, TARGET], days_ago=0.01)
        first.append(world.lists(UNKNOWN, trained=True)[kind][0] == TARGET)
    assert first == [False, True]


@pytest.mark.parametrize("anchor", [FOLLOWED, UNKNOWN])
@pytest.mark.parametrize("fakes", [10, 30])
def test_accounts_that_came_back_and_then_buy_in_step_move_no_list(world: World, anchor: str, fakes: int) -> None:
    for n in range(fakes):
        for back in (60, 40):
            world.happen("purchase", f"fake{n}", [f"shoe{(n + back) % 10}"], days_ago=back)
        world.happen("purchase", f"fake{n}", [anchor, TARGET], days_ago=0.01)
    for kind, shown in world.lists(anchor, trained=True).items():
        assert TARGET not in shown[:5], kind
    assert world.set_aside == fakes


def test_the_number_of_shoppers_in_a_reason_is_that_of_believed_ones(world: World) -> None:
    for n in range(10):
        world.happen("purchase", f"fake{n}", ["pen1"], days_ago=60)
        world.happen("purchase", f"fake{n}", [FOLLOWED, BOUGHT_WITH], days_ago=0.01)
    world.train()
    best = world.ask("together", FOLLOWED, 1).items[0]
    assert best.product == BOUGHT_WITH
    assert best.because[0].text.en.startswith("4 shoppers bought it")


def test_what_believed_shoppers_turned_to_next_fills_the_list(world: World) -> None:
    shown = [hit.product for hit in world.ask("together", FOLLOWED, 4).items]
    assert shown[0] == BOUGHT_WITH
    assert {"shoe3", "shoe4", "shoe5"} == set(shown[1:])


@pytest.mark.parametrize(("buyers", "n", "told"), [("fake", 30, False), ("c", 2, False), ("c", 3, True)])
def test_what_goes_with_a_category_is_told_by_enough_believed_accounts(
    world: World, buyers: str, n: int, told: bool
) -> None:
    for each in range(n):
        world.happen("purchase", f"{buyers}{each}", ["shoe1", TARGET], days_ago=0.01)
    data = read(world.stores)
    trusted = together.trust(data.lines, TrainingConfig())
    found = together.accompany(data.lines, data.products, TrainingConfig(), trusted=trusted)
    assert (data.row[TARGET] in found.evidence(Trail.of([data.row["shoe7"]])).rows) == told


def heard(data: TrainingData) -> together.Heard:
    return together.hear(data.steps, data.n, TrainingConfig(), trusted=together.trust(data.lines, TrainingConfig()))


def followed(data: TrainingData) -> SequentialKnn:
    config, counted = TrainingConfig(), together.counted(data.steps, heard(data), data.n)
    return SequentialKnn.fits(data.steps, [counted], data.n, config=config.sequential)[0]


def test_whoever_goes_to_and_fro_counts_three_times_at_most(world: World) -> None:
    data = [read(world.stores)]
    world.happen("view", "c0", ["mug1", "mug2"] * 3, days_ago=0)
    data.append(read(world.stores))
    world.happen("view", "c0", ["mug1", "mug2"] * 30, days_ago=-1)
    data.append(read(world.stores))
    counts = [followed(each).count(each.row["mug1"], each.row["mug2"]) for each in data]
    assert counts[0] == 0 < counts[1] == counts[2]


def test_where_nobody_has_an_account_all_visits_count_alike(tmp_path: Path) -> None:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", f"model {n}") for n in range(6)], at=Instant(NOW))
    visits = [
        Event("view", Instant(NOW + visit * DAY_MS + step), session=f"v{visit}", product=ProductId(f"p{row}"))  # type: ignore[arg-type]
        for visit in range(12)
        for step, row in enumerate((0, 1 + visit % 3))
    ]
    stores.events.append(visits)
    data = read(stores)
    assert heard(data).counted.all()
    found = followed(data)
    assert np.ptp([found.count(0, row) for row in (1, 2, 3)]) == 0 < found.count(0, 1)

from __future__ import annotations

import contextlib
import tracemalloc
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from daogou.adapters.addresses import open_stores
from daogou.domain.hit import Hits
from daogou.domain.ids import Instant, ShopperId
from daogou.features.history import STRENGTH, Sequences
from daogou.ports.stores import Stores
from daogou.recommend.models import Models
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.als import AlsConfig
from daogou.retrieval.ease import EaseConfig
from daogou.retrieval.evidence import Trail
from daogou.retrieval.ranking import Asker, RankingConfig
from daogou.retrieval.repeat import REST_DAYS, Bought
from daogou.retrieval.sated import Sated, SatedConfig
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.training.config import TrainingConfig
from daogou.training.lesson import Skip
from daogou.training.recipes import sated as recipe
from daogou.training.releases import Release, Releases
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = 1_700_000_000_000
GOODS = [f"{kind}-{n}" for kind in ("tripod", "lamp", "kettle", "tent") for n in range(6)]
CONFIG = TrainingConfig(
    ranking=RankingConfig(enabled=False), ease=EaseConfig(enabled=False), als=AlsConfig(enabled=False)
)


def visited(*, durable: bool) -> Stores:
    """Everybody looks at three products of a kind, half of them buy the last, and come again after four days: after
    looking for the same kind; after buying for another one where goods are durable, and else for more of it."""
    stores, random = open_stores("memory://"), Random(0)
    stores.catalogue.put([product(id, id, category=[id.split("-")[0]]) for id in GOODS], at=Instant(NOW))
    kinds = sorted({id.split("-")[0] for id in GOODS})
    for who in range(240):
        kind, at = kinds[who % len(kinds)], NOW + who
        buys = who % 8 < 4
        again = random.choice([other for other in kinds if other != kind]) if buys and durable else kind
        first, second = (random.sample(range(6), 3) for _ in range(2))
        done = [("view", f"{kind}-{n}", at + place) for place, n in enumerate(first)]
        done += [("purchase", f"{kind}-{first[-1]}", at + 9)] if buys else []
        done += [("view", f"{again}-{n}", at + 4 * DAY_MS + place) for place, n in enumerate(second)]
        stores.events.append([event(type, id, shopper=f"s{who}", at=when) for type, id, when in done])  # type: ignore[arg-type]
    return stores


def shown(stores: Stores, release: Release, type: str, *, then: str | None = None, **asked: Any) -> Hits:
    """To somebody who did this with a tripod four days ago, after a look at two others."""
    stores.events.append(
        [
            event("view", "tripod-1", shopper="anna", at=NOW + 30 * DAY_MS),
            event(type, "tripod-2", shopper="anna", at=NOW + 30 * DAY_MS + 1),  # type: ignore[arg-type]
            *([event("view", then, shopper="anna", at=NOW + 33 * DAY_MS)] if then else []),
        ]
    )
    shelf = Shelf(release.items())
    shelf.refresh(stores.catalogue)
    recommender = Recommender(release, shelf, stores.followed, clock=lambda: Instant(NOW + 34 * DAY_MS))
    return recommender.recommend(RecommendRequest(shopper=ShopperId("anna"), **{"k": 4, **asked}))


def tripods(hits: Hits) -> int:
    return sum(hit.product.startswith("tripod") for hit in hits.items)


def test_who_bought_a_tripod_is_shown_no_other_where_people_have_enough_of_one(tmp_path: Path) -> None:
    stores = visited(durable=True)
    release = train(stores, Releases(tmp_path), config=CONFIG)
    assert release.manifest.metrics["sated.bought"] == 0
    assert release.manifest.metrics["sated.looked"] == 1
    assert tripods(shown(stores, release, "purchase")) == 0
    assert tripods(shown(visited(durable=True), release, "view")) == 4
    assert tripods(shown(visited(durable=True), release, "purchase", then="tripod-3")) == 4


def test_the_reason_says_why_a_product_comes_later(tmp_path: Path) -> None:
    stores = visited(durable=True)
    release = train(stores, Releases(tmp_path), config=CONFIG)
    every = {str(hit.product): hit.because for hit in shown(stores, release, "purchase", k=24).items}
    assert not any(reason.source == "sated" for reason in every["tent-0"])
    said = [reason for reason in every["tripod-4"] if reason.source == "sated"]
    assert [(reason.text.en, reason.share) for reason in said] == [
        ("Shown later, since you bought one of its kind lately", 0.0)
    ]
    assert "tripod-2" not in every  # what was bought itself rests


def test_a_list_that_the_caller_gives_is_ranked_without_it(tmp_path: Path) -> None:
    stores = visited(durable=True)
    release = train(stores, Releases(tmp_path), config=CONFIG)
    given = shown(stores, release, "purchase", candidates=("tent-0", "tripod-4"))
    assert [hit.product for hit in given.items] == ["tripod-4", "tent-0"]


def test_where_people_come_back_for_more_they_are_shown_more(tmp_path: Path) -> None:
    stores = visited(durable=False)
    release = train(stores, Releases(tmp_path), config=CONFIG)
    assert release.manifest.skipped["sated"].startswith(
        "people come back to what they have bought: of those who bought of a kind 1.000"
    )
    assert Models.open(release).sated is None
    assert tripods(shown(stores, release, "purchase")) == 4


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    stores = visited(durable=True)
    config = TrainingConfig(ranking=CONFIG.ranking, ease=CONFIG.ease, als=CONFIG.als, sated=SatedConfig(enabled=False))
    release = train(stores, Releases(tmp_path), config=config)
    assert tripods(shown(stores, release, "purchase")) == 4


def sequences(*visits: list[tuple[str, int, float]]) -> Sequences:
    """The steps of shoppers: what was done, with which product, on which day."""
    steps = [step for visit in visits for step in visit]
    return Sequences(
        tuple(f"s{place}" for place in range(len(visits))),
        np.concatenate(([0], np.cumsum([len(visit) for visit in visits]))),
        np.array([row for _, row, _ in steps], np.int32),
        np.array([int(day * DAY_MS) for *_, day in steps], np.int64),
        np.array([STRENGTH[type] for type, *_ in steps], np.float32),  # type: ignore[index]
        np.zeros(len(steps), np.int32),
    )


KINDS = np.array([1, 1, 2, 2, 0], np.int32)
BACK = [("view", 2, 0.0), ("view", 3, 5.0)]
BOUGHT = [("purchase", 0, 0.0), ("view", 2, 5.0)]


def counted(*visits: list[tuple[str, int, float]]) -> dict[str, float]:
    _, found = recipe.fit(sequences(*visits), KINDS, config=SatedConfig(shrink=0.1))
    return {name.removeprefix("sated."): value for name, value in found.items()}


def test_next_visits_are_counted_by_what_was_done_before() -> None:
    assert counted(BACK, BOUGHT)["bought"] == 0.0
    more = counted(BACK, BOUGHT, BOUGHT, [("purchase", 0, 0.0), ("view", 1, 5.0)])
    assert more["bought"] == pytest.approx(1 / 3)
    assert more["looked"] == 1.0


def test_counting_shoppers_some_at_a_time_counts_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(1)
    everybody = [
        [
            (random.choice(("view", "cart", "purchase", "rating")), random.randrange(5), day + random.random())
            for day in sorted(random.sample(range(60), random.randrange(9)))
        ]
        for _ in range(200)
    ]

    def found() -> tuple[list[float], dict[str, float]]:
        sated, told = recipe.fit(sequences(*everybody), KINDS, config=SatedConfig(least=-9.0))
        return sated.of(np.arange(5, dtype=np.int32)).tolist(), told

    at_once = found()
    for most in (1, 7, 100):
        monkeypatch.setattr(recipe, "_STEPS", most)
        assert found() == at_once


def test_the_memory_of_counting_does_not_grow_with_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def peak(shoppers: int) -> int:
        steps = sequences(*[[*BACK, ("purchase", 0, 9.0), ("rating", 0, 20.0), ("view", 2, 21.0)]] * shoppers)
        tracemalloc.start()
        with contextlib.suppress(Skip):
            recipe.fit(steps, KINDS, config=SatedConfig())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    monkeypatch.setattr(recipe, "_STEPS", 500)
    assert peak(4_000) < 2 * peak(400)


@pytest.mark.parametrize(
    "visit",
    [
        [("purchase", 0, 0.0), ("view", 1, 0.1), ("view", 2, 5.0)],  # still the same visit
        [("purchase", 0, 0.0), ("rating", 0, 3.0), ("view", 2, 5.0)],  # a rating of what was bought is no visit
        [("purchase", 0, 0.0), ("view", 2, 5.0), ("view", 1, 10.0)],  # not the next visit
        [("purchase", 4, 0.0), ("view", 4, 5.0)],  # of no kind
    ],
)
def test_what_is_no_return(visit: list[tuple[str, int, float]]) -> None:
    assert counted(BACK, BOUGHT, visit)["bought"] == 0.0


def test_what_is_bought_in_the_end_is_a_return_to_what_lay_in_the_basket() -> None:
    assert counted([("cart", 2, 0.0), ("purchase", 2, 5.0)], BOUGHT)["looked"] == 1.0


def test_a_next_visit_long_after_says_nothing() -> None:
    late = [("purchase", 0, 0.0), ("view", 1, REST_DAYS + 1.0)]
    assert counted(BACK, BOUGHT, late)["bought"] == 0.0
    with pytest.raises(Skip, match="nothing to compare"):
        counted(BACK, late)


def test_where_it_makes_little_difference_nothing_is_lowered() -> None:
    back = [("purchase", 0, 0.0), ("view", 1, 5.0)]
    assert counted(*[BACK] * 9, *[BOUGHT] * 3, *[back] * 7)["worth"] == pytest.approx(0.7, abs=0.01)
    with pytest.raises(Skip, match="come back to what they have bought"):
        counted(*[BACK] * 9, BOUGHT, *[back] * 9)


def test_a_kind_of_which_little_is_known_is_like_all_others() -> None:
    many = [[("purchase", 0, 0.0), ("view", 2, 5.0)]] * 40 + [[("purchase", 2, 0.0), ("view", 3, 5.0)]] * 2
    found, _ = recipe.fit(
        sequences(*[BACK] * 40, *[[("view", 0, 0.0), ("view", 1, 5.0)]] * 40, *many), KINDS, config=SatedConfig()
    )
    tripod, lamp, none = found.of(np.array([0, 2, 4], np.int32)).tolist()
    assert tripod < 0.1
    assert tripod < lamp < 0.5  # both buyers came back
    assert none == 1.0


def test_kinds_had_are_those_bought_lately_and_not_looked_at_since() -> None:
    at = 100 * DAY_MS
    """Of the rows, 0, 1 and 5 are of one kind, 5 is new to the release."""
    sated, kinds = Sated(np.full(5, 0.5, np.float32), SatedConfig()), np.append(KINDS, np.int32(1))

    def factors(bought: list[tuple[int, float]], steps: list[tuple[int, float, float]]) -> list[float]:
        rows, ago = zip(*bought, strict=True)
        asker = Asker(
            Trail.of([row for row, *_ in steps], [weight for *_, weight in steps]),
            np.array([at - int(days * DAY_MS) for _, days, _ in steps], np.int64),
            Bought.of(np.array(rows, np.int32), np.array([at - int(days * DAY_MS) for days in ago], np.int64)),
            at,
        )
        found: list[float] = sated.factors(np.array([1, 2, 4, 5], np.int32), asker, kinds).tolist()
        return found

    assert factors([(0, 4)], [(0, 4, 2.0)]) == [0.5, 1.0, 1.0, 1.0]
    assert factors([(0, REST_DAYS + 1)], [(0, REST_DAYS + 1, 2.0)]) == [1.0, 1.0, 1.0, 1.0]
    assert factors([(0, 4)], [(1, 3, 1.0), (0, 4, 2.0)]) == [1.0, 1.0, 1.0, 1.0]  # looked at another since
    assert factors([(0, 4)], [(0, 4, 2.0), (1, 5, 1.0)]) == [0.5, 1.0, 1.0, 1.0]  # before
    assert factors([(0, 2), (1, 9)], [(0, 2, 2.0), (0, 5, 1.0), (1, 9, 2.0)]) == [
        0.5,
        1.0,
        1.0,
        1.0,
    ]  # and bought again
    assert factors([(0, 4)], [(0, 1, 1.5), (0, 4, 2.0)]) == [0.5, 1.0, 1.0, 1.0]  # and rated it
    assert factors([(4, 4)], [(4, 4, 2.0)]) == [1.0, 1.0, 1.0, 1.0]  # of no kind

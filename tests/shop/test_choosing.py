"""What clicks after searches teach, through the shop's own doors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shop_world import build_shop

from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, SessionId, ShopperId
from daogou.features.clicks import ClicksConfig
from daogou.ports.stores import Seen
from daogou.search.chosen import Chosen
from daogou.shop.choosing import learn
from daogou.shop.shop import Shop, open_shop

LOOKED = (1.0, 0.6, 0.4, 0.3, 0.25, 0.2)


def visits(shop: Shop, *, liked: str, people: int = 400, appeal: float = 0.15) -> Iterator[Event]:
    """Each person sees the boots, mostly in the order in which search has them, and clicks by place and taste."""
    rng = np.random.default_rng(0)
    ranked = [hit.product for hit in shop.search("hiking boots", k=6)]
    for n in range(people):
        who, at = SessionId(f"visit-{n}"), Instant(shop.clock() - 86_400_000 + n)
        yield Event("search", at, session=who, query="Hiking  boots")
        for place, row in enumerate(np.argsort(np.arange(6) + 3 * rng.random(6)).tolist()):
            shown = Event("impression", at, session=who, product=ranked[row], query="Hiking  boots", position=place)
            yield shown
            if rng.random() < LOOKED[place] * (0.7 if ranked[row] == liked else appeal):
                yield replace(shown, type="click")


def order(shop: Shop) -> list[str]:
    return [hit.product for hit in shop.search("hiking boots", k=6)]


def risen(shop: Shop, query: str = "hiking boots") -> list[str]:
    """The products that say they rose because they are chosen after this search."""
    hits = shop.search(query, k=6)
    return [hit.product for hit in hits if "search.chosen" in {reason.source for reason in hit.because}]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = build_shop(tmp_path / "shop")
    return made


def test_what_is_chosen_often_after_a_search_rises_there_and_says_so(shop: Shop) -> None:
    last = order(shop)[-1]
    shop.record(list(visits(shop, liked=last)))
    release = shop.train()
    metrics = release.manifest.metrics
    assert metrics["clicks.weight"] > 0
    assert metrics["clicks.gain"] > 0
    first = shop.search("HIKING boots ", k=6).items[0]
    assert first.product == last
    (said,) = [reason for reason in first.because if reason.source == "search.chosen"]
    assert said.text.en == "Chosen often after this search"
    assert said.share > 0
    assert risen(shop) == [last]
    assert risen(shop, "boots") == []
    looked = Chosen.load(release.path("clicks")).looked
    assert np.abs(np.array(looked) - LOOKED).max() < 0.15
    shop.close()


def test_clicks_that_follow_the_places_alone_change_nothing(shop: Shop) -> None:
    shop.record(list(visits(shop, liked="none", appeal=0.4)))
    release = shop.train()
    assert "held-back clicks do not say" in release.manifest.skipped["clicks"]
    assert risen(shop) == []
    assert len(Chosen.load(release.path("clicks")).looked) == 6
    shop.close()


def test_few_clicks_teach_nothing_and_that_is_said(shop: Shop) -> None:
    release = shop.train()
    assert release.manifest.skipped["clicks"] == "0 clicks on products that a search showed, 200 are needed"
    shop.close()


def test_it_can_be_switched_off_with_and_without_training(shop: Shop) -> None:
    last = order(shop)[-1]
    shop.record(list(visits(shop, liked=last)))
    shop.train()
    assert risen(shop) == [last]
    shop.close()
    with (shop.folder / "daogou.toml").open("a", encoding="utf-8") as file:
        file.write("\n[training.clicks]\nenabled = false\n")
    off = open_shop(shop.folder)
    assert risen(off) == []
    assert "switched off" in off.train().manifest.skipped["clicks"]
    off.close()


def test_a_shop_may_learn_from_shoppers_who_are_signed_in_alone(shop: Shop) -> None:
    last = order(shop)[-1]
    visitors = list(visits(shop, liked=last))
    shop.record(visitors)
    shop.settings = replace(shop.settings, shop=replace(shop.settings.shop, people="shoppers"))
    assert shop.train().manifest.skipped["clicks"].startswith("0 clicks")
    shop.record([replace(event, session=None, shopper=ShopperId(event.session or "")) for event in visitors])
    shop.train(only=["clicks"])
    assert risen(shop) == [last]
    shop.close()


def test_one_person_moves_nothing_however_often_they_click() -> None:
    crowd = [
        Seen(f"s{n}", "tea", ProductId(id), place, n % 10 == 0) for n in range(50) for place, id in enumerate("abc")
    ]
    looked = np.ones(3)
    honest = learn(crowd, looked, ClicksConfig(people=5))
    one = [Seen("x", spelt, ProductId("c"), 2, True) for spelt in ("tea", "TEA", " tea ", "Tea")] * 100
    assert learn([*crowd, *one], looked, ClicksConfig(people=7)) == honest == {}
    few = [Seen(f"x{n}", "tea", ProductId("d"), 3, True) for n in range(4)]
    assert "d" not in learn([*crowd, *few], looked, ClicksConfig(people=5)).get("tea", {})
    more = [Seen(f"x{n}", "tea", ProductId("d"), 3, True) for n in range(5)]
    assert "d" in learn([*crowd, *more], looked, ClicksConfig(people=5))["tea"]

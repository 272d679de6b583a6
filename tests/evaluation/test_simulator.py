"""Simulated shoppers do what the choice model says, and the truth file knows it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.errors import NotFound
from daogou.domain.ids import Instant
from daogou.domain.text import language_of
from daogou.evaluation.showcase.vocabulary import vocabulary
from daogou.evaluation.simulator import NOTICE, choice
from daogou.evaluation.simulator.truth import Truth

Read = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def truth(showcase: Path) -> Truth:
    return Truth.load(showcase)


def moment(text: str) -> Instant:
    return Instant(round(1000 * datetime.fromisoformat(text).timestamp()))


def test_what_is_bought_is_worth_more_than_chance(lines: Read, truth: Truth) -> None:
    bought, usual = [], []
    for event in lines("events"):
        if event["type"] == "purchase":
            utilities = truth.utilities(event["shopper"], moment(event["at"]))
            bought.append(utilities[truth.products[event["product"]]])
            usual.append(utilities.mean())
    assert np.mean(bought) > np.mean(usual) + 1.0


def test_higher_positions_are_clicked_more(lines: Read) -> None:
    clicks = Counter(event["position"] for event in lines("events") if event["type"] == "click")
    assert clicks[0] > 1.5 * clicks[3] > 0
    assert clicks[3] > clicks[9]


def test_impressions_say_where_and_how_likely(lines: Read) -> None:
    impressions = [event for event in lines("events") if event["type"] == "impression"]
    assert impressions
    for event in impressions:
        assert event["list"]
        assert 0 <= event["position"] < 10
        assert 0 < event["propensity"] <= 1


def test_baskets_repeat_what_goes_together(lines: Read) -> None:
    baskets: dict[str, set[str]] = defaultdict(set)
    for event in lines("events"):
        if event["type"] == "purchase":
            baskets[event["order"]].add(event["product"])
    pairs = Counter(pair for basket in baskets.values() for pair in combinations(sorted(basket), 2))
    assert sum(len(basket) for basket in baskets.values()) > 1.25 * len(baskets)
    assert sum(n for n in pairs.values() if n >= 3) > 0.3 * pairs.total()


def test_every_type_of_event_happens(lines: Read) -> None:
    types = {event["type"] for event in lines("events")}
    assert types == {"impression", "view", "click", "cart", "purchase", "return", "rating", "search", "thumb"}


def test_better_goods_are_rated_higher(lines: Read, truth: Truth) -> None:
    ratings = [event for event in lines("events") if event["type"] == "rating"]
    qualities = [truth.item_quality[truth.products[event["product"]]] for event in ratings]
    assert np.corrcoef(qualities, [event["value"] for event in ratings])[0, 1] > 0.2


def test_what_goes_together_is_bought_together(lines: Read) -> None:
    """A tent calls for a sleeping bag: the same shopper buys both more often than chance has it."""
    kinds: dict[str, set[str]] = {}
    for event in lines("events"):
        if event["type"] == "purchase":
            kinds.setdefault(event["shopper"], set()).add(event["product"].rsplit("-", 1)[0])
    pairs = [(kind.id, other) for kind in vocabulary().kinds.values() for other in kind.goes_with]
    together = sum(a in bought and b in bought for bought in kinds.values() for a, b in pairs)
    alone = sum(
        sum(a in bought for bought in kinds.values()) * sum(b in bought for bought in kinds.values()) / len(kinds)
        for a, b in pairs
    )
    assert together > 1.5 * alone


def test_queries_are_in_the_shoppers_language(lines: Read) -> None:
    languages = {shopper["id"]: shopper["language"] for shopper in lines("shoppers")}
    searches = [event for event in lines("events") if event["type"] == "search"]
    wrong = sum(language_of(event["query"]) != languages[event["shopper"]] for event in searches)
    assert wrong == 0


def test_shoppers_say_they_are_simulated(lines: Read, showcase: Path) -> None:
    assert all(shopper["labels"]["simulated"] == "true" for shopper in lines("shoppers"))
    assert NOTICE.zh in (showcase / "README").read_text("utf-8")
    assert NOTICE.en in (showcase / "README").read_text("utf-8")


def test_the_best_list_satisfies_fully(truth: Truth) -> None:
    clicks = truth.clicks("lin")
    ids = list(truth.products)
    best = [ids[row] for row in np.argsort(-clicks)[:5]]
    worst = [ids[row] for row in np.argsort(clicks)[:5]]
    assert truth.satisfaction("lin", best) == pytest.approx(1.0)
    assert truth.satisfaction("lin", worst) < 0.1
    assert truth.satisfaction("lin", best[::-1]) < 1.0
    assert truth.satisfaction("lin", []) == 0.0


def test_utility_of_one_product_is_that_of_all(truth: Truth) -> None:
    product = list(truth.products)[7]
    assert truth.utility("emma", product) == truth.utilities("emma")[7]


def test_season_counts_at_a_moment_only(truth: Truth) -> None:
    winter = next(id for id, row in truth.products.items() if truth.item_season[row] == "winter")
    january = Instant(1_768_435_200_000)
    still = replace(truth, drift=np.zeros_like(truth.drift), bought={})
    assert still.utility("wei", winter, january) == pytest.approx(still.utility("wei", winter) + 0.5)


def test_strangers_are_not_found(truth: Truth, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no shopper 'nobody'"):
        truth.utility("nobody", next(iter(truth.products)))
    with pytest.raises(NotFound, match="no product 'nothing'"):
        truth.utility("lin", "nothing")
    with pytest.raises(NotFound, match="simulated shop"):
        Truth.load(tmp_path)


@given(utility=st.floats(-10, 10), quality=st.floats(-4, 4), noise=st.floats(-4, 4), luck=st.floats(0, 1))
def test_stars_are_one_to_five(utility: float, quality: float, noise: float, luck: float) -> None:
    assert choice.stars(utility, quality, noise=noise, luck=luck) in range(1, 6)


def test_a_mishap_gives_one_or_two_stars() -> None:
    shares = (0.0, 0.5, 0.9)
    assert [choice.stars(5.0, 3.0, noise=2.0, luck=share * choice.MISHAP) for share in shares] == [1, 1, 2]


@given(st.floats(-20, 20))
def test_a_step_further_is_even_at_its_threshold(threshold: float) -> None:
    assert choice.chance(threshold, threshold) == 0.5
    assert choice.chance(threshold + 1, threshold) > 0.5

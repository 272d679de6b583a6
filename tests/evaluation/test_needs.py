"""What simulated shoppers have decides what they want: it falls, comes back, and calls for what goes with it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.domain.errors import BadRequest
from daogou.domain.event import Event
from daogou.domain.ids import DAY_MS, Instant, ProductId, SessionId, ShopperId
from daogou.domain.text import Text
from daogou.evaluation.showcase.vocabulary import table, vocabulary
from daogou.evaluation.simulator import choice
from daogou.evaluation.simulator.needs import SAME, SAME_KIND, Needs, Purchase
from daogou.evaluation.simulator.sessions import DAYS, simulate
from daogou.evaluation.simulator.tastes import draw_tastes
from daogou.evaluation.simulator.truth import FILE, Truth
from daogou.evaluation.simulator.world import Item, Topic, World

Read = Callable[[str], list[dict[str, Any]]]
END = Instant(1_788_220_800_000)
SHOPPER = "s0000"


def topics(*, tent: float = 1500.0, shampoo: float = 50.0) -> list[Topic]:
    return [
        Topic("tent", "outdoors", Text("帐篷", "Tent"), (), ("lamp",), lasts=tent),
        Topic("lamp", "outdoors", Text("灯", "Lamp"), (), (), lasts=tent),
        Topic("shampoo", "beauty", Text("洗发水", "Shampoo"), (), (), lasts=shampoo, used_up=True),
    ]


def world(kinds: Sequence[Topic], released: Sequence[int] = (), sold_out: int | None = None) -> World:
    """Four products of each kind; `released`: the days before the end, in turn."""
    days = list(released) or [900]
    items = [
        Item(ProductId(f"{kind.id}-{n}"), kind.id, kind.department, f"brand{n % 2}", (), 1000, 0.1 * n,
             released=Instant(END - days[(4 * k + n) % len(days)] * DAY_MS), available=sold_out != 4 * k + n)
        for k, kind in enumerate(kinds) for n in range(4)
    ]  # fmt: skip
    return World.of(items, kinds, currency="CNY", seed=1)


def truth_of(made: World, shoppers: int = 1) -> Truth:
    return Truth.of(made, draw_tastes(made, shoppers, seed=1, end=END), END)


def gain(truth: Truth, product: str, bought: str, days: float) -> float:
    """What having bought something so many days ago adds to the utility of a product."""
    before = [Purchase(Instant(int(END - days * DAY_MS)), truth.products[bought])]
    row = truth.products[product]
    return float(truth.utilities_given(before, SHOPPER)[row] - truth.utilities_given([], SHOPPER)[row])


@given(lasts=st.floats(10, 3000), days=st.floats(0.01, 4000), more=st.floats(1, 1000))
def test_taste_for_what_is_kept_falls_and_recovers(lasts: float, days: float, more: float) -> None:
    truth = truth_of(world(topics(tent=lasts)))
    for product, least in (("tent-0", -SAME), ("tent-1", -SAME_KIND)):
        soon, later = (gain(truth, product, "tent-0", each) for each in (days, days + more))
        assert least - 1e-9 <= soon < later < 0 or soon == pytest.approx(later, abs=1e-9)
        assert gain(truth, product, "tent-0", 0.001) == pytest.approx(least, abs=1e-6)
        assert gain(truth, product, "tent-0", 1e6) == pytest.approx(0, abs=1e-3)
    assert gain(truth, "tent-0", "tent-0", days) <= gain(truth, "tent-1", "tent-0", days) + 1e-9
    assert gain(truth, "tent-1", "tent-0", lasts) == pytest.approx(-SAME_KIND / 2)


@given(lasts=st.floats(10, 300))
def test_what_is_used_up_is_wanted_again_and_rather_than_others(lasts: float) -> None:
    truth = truth_of(world(topics(shampoo=lasts)))
    same, other = (
        [gain(truth, product, "shampoo-0", days * lasts) for days in (0.1, 1.0, 3.0)]
        for product in ("shampoo-0", "shampoo-1")
    )
    assert same[0] < other[0] < 0
    assert same[2] > other[2] > 0
    assert same == sorted(same)
    assert other == sorted(other)


@given(days=st.floats(0.01, 100), more=st.floats(1, 100))
def test_what_goes_with_a_purchase_is_wanted_more_for_a_while(days: float, more: float) -> None:
    truth = truth_of(world(topics()))
    assert gain(truth, "lamp-0", "tent-0", days) > gain(truth, "lamp-0", "tent-0", days + more) > 0
    assert gain(truth, "shampoo-0", "tent-0", days) == 0


def test_nothing_calls_for_what_is_there() -> None:
    truth = truth_of(world(topics()))
    at = Instant(END - DAY_MS)
    lamp, other, tent = (truth.products[id] for id in ("lamp-0", "lamp-1", "tent-0"))
    without = truth.utilities_given([Purchase(at, lamp)], SHOPPER)
    called = truth.utilities_given([Purchase(at, lamp), Purchase(at, tent)], SHOPPER)
    assert called[other] == pytest.approx(without[other], abs=1e-6)


@given(st.permutations([Purchase(Instant(END - days * DAY_MS), item) for days, item in ((3, 0), (90, 0), (40, 8))]))
def test_the_last_purchase_counts_in_whatever_order_they_are_told(bought: list[Purchase]) -> None:
    truth = truth_of(world(topics()))
    told = truth.utilities_given(bought, SHOPPER)
    last = truth.utilities_given([each for each in bought if each.at > END - 60 * DAY_MS], SHOPPER)
    assert told == pytest.approx(last)


def test_what_is_bought_later_is_not_known_before() -> None:
    made = world(topics())
    truth, at = truth_of(made), Instant(END - 10 * DAY_MS)
    event = Event("purchase", at, shopper=ShopperId(SHOPPER), session=SessionId("v"), product=ProductId("tent-0"))
    after = truth.after([event])
    assert after.utilities(SHOPPER, at) == pytest.approx(truth.utilities(SHOPPER, at))
    soon = Instant(at + 1)
    assert after.utility(SHOPPER, "tent-0", soon) == pytest.approx(truth.utility(SHOPPER, "tent-0", soon) - SAME)
    assert truth.bought == {}


def test_the_truth_is_written_and_read(tmp_path: Path) -> None:
    made = world(topics(), sold_out=5)
    bought = Event("purchase", END, shopper=ShopperId(SHOPPER), session=SessionId("v"), product=ProductId("shampoo-2"))
    truth = truth_of(made).after([bought])
    truth.save(tmp_path, "invented")
    read, then = Truth.load(tmp_path), Instant(END + 20 * DAY_MS)
    assert read.clicks(SHOPPER, then).tolist() == truth.clicks(SHOPPER, then).tolist()
    assert read.utilities(SHOPPER).tolist() == truth.utilities(SHOPPER).tolist()


def test_a_truth_that_knows_of_no_purchases_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps({"notice": "", "end": END}))
    with pytest.raises(BadRequest, match="build the shop anew"):
        Truth.load(tmp_path)


def test_what_cannot_be_had_is_not_clicked() -> None:
    truth = truth_of(world(topics(), released=(10, 900), sold_out=3))
    clicks = truth.clicks(SHOPPER, Instant(END - 20 * DAY_MS))
    assert np.flatnonzero(clicks == 0).tolist() == [0, 2, 3, 4, 6, 8, 10]
    assert np.flatnonzero(truth.clicks(SHOPPER) == 0).tolist() == [3]


@settings(max_examples=25, deadline=None)
@given(
    released=st.lists(st.integers(1, DAYS), min_size=1, max_size=7),
    sold_out=st.integers(0, 11),
    seed=st.integers(0, 1000),
)
def test_nothing_is_shown_or_chosen_that_cannot_be_had(released: list[int], sold_out: int, seed: int) -> None:
    made = world(topics(), released, sold_out)
    tastes = draw_tastes(made, 8, seed=seed, end=END)
    out = {item.id: item.released for item in made.items}
    visits = [event for each in simulate(made, tastes, Truth.of(made, tastes, END), seed=seed) for event in each]
    assert all(event.at >= out[event.product] for event in visits if event.product)
    assert made.items[sold_out].id not in {event.product for event in visits}
    again = [event for each in simulate(made, tastes, Truth.of(made, tastes, END), seed=seed) for event in each]
    assert visits == again


def test_the_showcase_sells_nothing_before_it_is_out(lines: Read) -> None:
    products = {product["id"]: product for product in lines("products")}
    moments = [(event["product"], event["at"]) for event in lines("events") if event.get("product")]
    moments += [(line["product"], order["at"]) for order in lines("orders") for line in order["lines"]]
    assert moments
    out = {id: datetime.fromisoformat(product["released"]) for id, product in products.items()}
    assert all(datetime.fromisoformat(at) >= out[id] for id, at in moments)


def test_what_lasts_is_seldom_bought_again(lines: Read) -> None:
    """Kinds that last half a year are bought often, and hardly ever twice by the same shopper."""
    lasts = {kind.id: kind.lasts for kind in vocabulary().kinds.values()}
    had: dict[str, set[str]] = defaultdict(set)
    again: list[bool] = []
    once: list[bool] = []
    for event in lines("events"):
        if event["type"] == "purchase":
            kind = event["product"].rsplit("-", 1)[0]
            (again if kind in had[event["shopper"]] else once).append(lasts[kind] > 180)
            had[event["shopper"]].add(kind)
    assert len(again) > 30
    assert np.mean(again) < 0.4 * np.mean(once)


def test_every_kind_of_the_showcase_lasts_for_a_time() -> None:
    needs = table("needs")
    assert {*needs["used-up"], *needs["kept"]} == set(vocabulary().kinds)
    assert not set(needs["used-up"]) & set(needs["kept"])
    assert min({**needs["used-up"], **needs["kept"]}.values()) > 0


def test_the_truth_is_what_is_clicked() -> None:
    """First places of lists nobody asked for are always looked at: clicks there are as many as the truth says, among
    products of a kind that the shopper bought as among others."""
    kinds = [Topic(f"k{n}", "all", Text(f"类{n}", f"Kind {n}"), (), (f"k{(n + 1) % 4}",), lasts=90.0, used_up=n == 0)
             for n in range(4)]  # fmt: skip
    made = world(kinds)
    tastes = draw_tastes(made, 700, seed=3, end=END)
    told = Truth.of(made, tastes, END)
    visits = [event for each in simulate(made, tastes, told, seed=3) for event in each]
    truth = told.after(visits)
    clicked = {(e.session, e.list, e.product) for e in visits if e.type == "click" and e.position == 0}
    found: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
    for event in visits:
        if event.type == "impression" and event.position == 0 and event.list not in ("search", "together", "again"):
            row = truth.products[str(event.product)]
            held = [each for each in truth.bought.get(str(event.shopper), ()) if each.at < event.at]
            chance = float(truth.clicks(str(event.shopper), event.at)[row])
            without = truth.utilities_given([], str(event.shopper), event.at)[row]
            owns = any(made.kind[each.item] == made.kind[row] for each in held)
            got = float((event.session, event.list, event.product) in clicked)
            found[owns].append((got, chance, choice.chance(float(without), choice.CLICK)))
    for owns, places in found.items():
        got, chance, without = np.array(places).T
        error = np.sqrt((chance * (1 - chance)).sum())
        assert len(places) > 100
        assert abs(got.sum() - chance.sum()) < 3 * error
        if owns:  # what was bought tells: the taste alone would promise far more
            assert without.sum() - got.sum() > 3 * error


def test_needs_are_of_the_kinds_in_their_order() -> None:
    needs = Needs.of(topics())
    assert needs.lasts.tolist() == [1500, 1500, 50]
    assert needs.used_up.tolist() == [0, 0, 1]
    assert needs.goes_with.tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]

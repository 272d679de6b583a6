"""Visits: a shopper comes with something in mind, sees lists, and acts as the choice model says.

What they have bought so far decides with: they look for what they lack or have used up, and for the latter first among
what they had. Lists show what is released and in stock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from daogou.domain.event import Event, EventType
from daogou.domain.ids import DAY_MS, Instant, OrderId, SessionId, ShopperId, VariantId
from daogou.domain.money import Money
from daogou.evaluation.simulator import choice
from daogou.evaluation.simulator.needs import Purchase
from daogou.evaluation.simulator.queries import words_for
from daogou.evaluation.simulator.tastes import Tastes
from daogou.evaluation.simulator.truth import Truth
from daogou.evaluation.simulator.world import Floats, Ints, World

DAYS = 180
"""How far back the visits go."""
SECOND = 1000
SHOWN = 10
LOGGED = 0.15
"""Share of lists whose impressions are logged, always whole lists; clicks are logged always."""
LOGGED_EXPLORING = 0.7
"""The same of the list "for-you", whose places anything may take: what another order would have earned is told by the
few of them that it would have shown too."""
COMPLEMENT = 0.4
"""How likely a visit looks for what goes with the last purchase."""
_ASKED = ("search", "together", "again")
"""Lists that somebody asked for."""
CHOOSY = 1.3
"""How much rather somebody comes for a kind that they want more, in the logit."""


@dataclass
class Visit:
    """One visit as it unfolds: its clock, its basket and its events."""

    shopper: ShopperId
    session: SessionId
    now: Instant
    utilities: Floats
    events: list[Event] = field(default_factory=list)
    basket: list[int] = field(default_factory=list)

    def act(self, type: EventType, item: int | None, world: World, *, takes: int = 7 * SECOND, **more: Any) -> None:
        """Record an event and let `takes` milliseconds pass."""
        product = None if item is None else world.items[item].id
        self.events.append(Event(type, self.now, shopper=self.shopper, session=self.session, product=product, **more))
        self.now = Instant(self.now + takes)


def simulate(world: World, tastes: Tastes, truth: Truth, *, seed: int) -> Iterator[list[Event]]:
    """Yield the events of one shopper after another, each shopper's in time order. What the truth says was bought
    already, or will be, is known to them when its time has come."""
    for row in range(len(tastes.shoppers)):
        events = _shopper(world, tastes, truth, row, np.random.default_rng((seed, 3, row)))
        yield sorted(events, key=lambda event: event.at)


def _shopper(world: World, tastes: Tastes, truth: Truth, row: int, rng: np.random.Generator) -> Iterator[Event]:
    shopper = tastes.shoppers[row]
    wanted: list[int] = []  # topics that go with what was bought last
    later: list[Event] = []  # ratings and returns, once the parcel has come
    decided = list(truth.bought.get(shopper.id, ()))
    starts = _starts(tastes.activity[row], truth.end, rng)
    for number, start in enumerate(starts):
        owned = [purchase for purchase in decided if purchase.at < start]
        utilities = truth.utilities_given(owned, shopper.id, start)
        visit = Visit(shopper.id, SessionId(f"{shopper.id}.{number}"), start, utilities)
        topic = _intent(tastes.kinds[row] + truth.needs.of_kinds(owned, world.kind, start), wanted, rng)
        if truth.needs.used_up[topic]:
            before = sorted({purchase.item for purchase in owned if world.kind[purchase.item] == topic})
            _list(visit, world, np.array(before, np.int64), "again", rng)
        _walk(visit, world, topic, shopper.language or "en", rng)
        _check_out(visit, world, rng)
        bought = [item for item in visit.basket if item >= 0]
        if bought:
            decided += [Purchase(visit.now, item) for item in bought]
            wanted = [world.number[kind] for kind in world.topics[world.kind[bought[-1]]].goes_with]
            later.extend(_afterwards(visit, world, bought, rng))
        yield from visit.events
    yield from (event for event in later if event.at < truth.end)


def _starts(activity: float, end: Instant, rng: np.random.Generator) -> list[Instant]:
    """When the visits begin: evenings more than mornings, the last weeks a little more than the first."""
    n = 1 + rng.poisson(activity)
    days = np.sort((DAYS * rng.beta(1.2, 1.0, size=n)).astype(np.int64))
    hours = np.clip(rng.normal(20.0, 3.5, size=n) % 24, 0, 23.5)
    return [
        Instant(int(end - (DAYS - day) * DAY_MS + hour * DAY_MS / 24)) for day, hour in zip(days, hours, strict=True)
    ]


def _intent(kinds: Floats, wanted: list[int], rng: np.random.Generator) -> int:
    """Which topic a visit is about; `kinds`: how much each is wanted now."""
    among = np.array(wanted) if wanted and rng.random() < COMPLEMENT else np.arange(len(kinds))
    weights = np.exp(CHOOSY * kinds[among])
    return int(among[np.searchsorted(np.cumsum(weights), rng.random() * weights.sum())])


def _walk(visit: Visit, world: World, topic: int, language: str, rng: np.random.Generator) -> None:
    """See one or two lists; what lands in the basket calls up what goes with it."""
    draw = rng.random()
    if draw < 0.5:
        query = words_for(world.topics[topic], language, world.colors, rng)
        visit.act("search", None, world, query=query)
        _list(visit, world, world.of_topic[topic], "search", rng, query=query)
    elif draw < 0.75:
        _list(visit, world, world.of_topic[topic], f"category:{world.topics[topic].id}", rng)
    else:
        _list(visit, world, np.concatenate(world.of_topic), "for-you", rng)
    for item in visit.basket[:2]:
        companions = world.companions[item]
        visit.utilities[companions] += choice.GOES_WITH
        _list(visit, world, companions, "together", rng)


def _list(
    visit: Visit,
    world: World,
    among: Ints,
    name: str,
    rng: np.random.Generator,
    *,
    query: str | None = None,
) -> None:
    """Show a list drawn by the logging policy, and act on it."""
    among = world.released_by(visit.now, among)
    if not len(among):
        return
    weights = np.exp(world.draw[among])
    order = np.argsort(-(world.draw[among] + rng.gumbel(size=len(among))))[:SHOWN]  # a Plackett-Luce draw
    placed = weights[order]
    propensities = np.minimum(1.0, placed / (weights.sum() - np.cumsum(placed) + placed)).round(6).tolist()
    items = among[order].tolist()
    places: list[dict[str, Any]] = [
        {"list": name, "position": position, "propensity": propensity, "query": query}
        for position, propensity in enumerate(propensities)
    ]
    if rng.random() < (LOGGED_EXPLORING if name == "for-you" else LOGGED):
        for item, place in zip(items, places, strict=True):
            visit.act("impression", item, world, takes=1, **place)
    looked = (rng.random(len(items)) < choice.examination(len(items))).tolist()
    for position, item in enumerate(items):
        worth = float(visit.utilities[item]) + (choice.ASKED if name in _ASKED else 0.0)
        if looked[position] and rng.random() < choice.chance(worth, choice.CLICK):
            visit.act("click", item, world, **places[position])
            _page(visit, world, item, worth, rng)


def _page(visit: Visit, world: World, item: int, worth: float, rng: np.random.Generator) -> None:
    """Read a product's page: dwell, perhaps a thumb, perhaps the basket."""
    dwell = round(float(np.exp(2.6 + 0.35 * worth + 0.5 * rng.normal())), 1)
    visit.act("view", item, world, value=dwell)
    visit.now = Instant(visit.now + int(dwell * SECOND))
    if rng.random() < 0.03:
        visit.act("thumb", item, world, value=1.0 if worth > 0.8 + 0.5 * rng.normal() else -1.0)
    taken = {world.kind[each] for each in visit.basket}
    if world.kind[item] not in taken and rng.random() < choice.chance(worth, choice.CART):
        visit.act("cart", item, world, variant=_variant(world, item, rng))
        visit.basket.append(item)


def _variant(world: World, item: int, rng: np.random.Generator) -> VariantId | None:
    variants = world.items[item].variants
    return VariantId(variants[int(rng.integers(len(variants)))]) if variants else None


def _check_out(visit: Visit, world: World, rng: np.random.Generator) -> None:
    """Buy what convinces; the rest leaves the basket."""
    carted = {event.product: event.variant for event in visit.events if event.type == "cart"}
    order = OrderId(f"o-{visit.session}")
    kept = []
    for item in visit.basket:
        if rng.random() < choice.chance(float(visit.utilities[item]), choice.BUY):
            thing = world.items[item]
            quantity = 2 if thing.price < 6000 and rng.random() < 0.15 else 1
            price = Money(thing.price, world.currency)
            visit.act("purchase", item, world, price=price, quantity=quantity, order=order, variant=carted[thing.id])
            kept.append(item)
    visit.basket = kept


def _afterwards(visit: Visit, world: World, bought: list[int], rng: np.random.Generator) -> Iterator[Event]:
    """Yield the ratings and returns that follow once the goods have been used."""
    for item in bought:
        thing = world.items[item]
        noise, luck = float(rng.normal()), float(rng.random())
        stars = choice.stars(float(visit.utilities[item]), thing.quality, noise=noise, luck=luck)
        at = Instant(visit.now + int((3 + rng.gamma(2.0, 3.0)) * DAY_MS))
        if stars <= 2 and rng.random() < choice.RETURN:
            order = OrderId(f"o-{visit.session}")
            yield Event("return", at, shopper=visit.shopper, session=visit.session, product=thing.id, order=order)
        if rng.random() < 0.55:
            after = Instant(at + DAY_MS // 2)
            yield Event(
                "rating", after, shopper=visit.shopper, session=visit.session, product=thing.id, value=float(stars)
            )

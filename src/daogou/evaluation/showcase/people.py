"""The shoppers a visitor of the demonstration can sign in as, and orders of theirs in every state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from daogou.domain.event import Event
from daogou.domain.ids import DAY_MS, Instant, OrderId, SessionId, ShopperId, VariantId
from daogou.domain.money import Money
from daogou.domain.order import OrderStatus, ShipmentStatus
from daogou.evaluation.simulator.needs import Purchase
from daogou.evaluation.simulator.tastes import Person
from daogou.evaluation.simulator.truth import Truth
from daogou.evaluation.simulator.world import World

PEOPLE = (
    Person("lin", "林悦 Lin Yue", "zh", "women", ("running-shoes", "yoga-mat", "serum", "novel")),
    Person("emma", "艾玛 Emma Clarke", "en", "women", ("dress", "coffee-maker", "novel", "candle")),
    Person("wei", "陈伟 Chen Wei", "zh", "men", ("phone", "headphones", "keyboard", "hiking-backpack")),
    Person("sofia", "索菲亚 Sofia Moreno", "en", "women", ("tent", "camera", "cookbook", "building-bricks")),
)
SCRIPT: tuple[tuple[float, OrderStatus], ...] = (
    (0.1, "pending"), (0.4, "paid"), (1.2, "packed"), (3.3, "shipped"), (9.0, "delivered"), (14.0, "returning"),
    (26.0, "returned"), (41.0, "refunded"), (55.0, "cancelled"),
)  # fmt: skip
"""Age in days and state of an order; each person has a part of these, and all have one on its way."""

PARCELS: dict[str, ShipmentStatus] = {
    "lin": "out_for_delivery", "emma": "in_transit", "wei": "exception", "sofia": "in_transit",
}  # fmt: skip
"""Where each person's parcel on its way is."""


def scripted_purchases(world: World, truth: Truth, end: Instant) -> Iterator[Event]:
    """Yield purchases of what each person then likes best, one order for each state of their part of the script, the
    oldest first."""
    for row, person in enumerate(PEOPLE):
        bought: list[Purchase] = []
        for number, (age, status) in reversed(list(enumerate(SCRIPT))):
            if status != "shipped" and number % 2 == row % 2 and number != row:
                continue
            order, at = scripted_order(person.id, status), Instant(int(end - age * DAY_MS))
            for line in range(1 + number % 2):
                when = Instant(at + line)  # one has the first when choosing the second
                utilities = truth.utilities_given(bought, person.id, when)
                there = world.released_by(when, np.concatenate(world.of_topic))
                item = int(there[np.argmax(utilities[there])])
                bought.append(Purchase(when, item))
                yield _purchase(world, item, person, order, when)


def scripted_order(person: str, status: OrderStatus) -> OrderId:
    """The id of a scripted order says what state it is in."""
    return OrderId(f"o-{person}-{status}")


def _purchase(world: World, item: int, person: Person, order: OrderId, at: Instant) -> Event:
    thing = world.items[item]
    return Event(
        "purchase",
        at,
        shopper=ShopperId(person.id),
        session=SessionId(f"{person.id}.{order}"),
        product=thing.id,
        variant=VariantId(thing.variants[0]) if thing.variants else None,
        price=Money(thing.price, world.currency),
        order=order,
    )

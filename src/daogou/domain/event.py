"""What shoppers did, one fact each: the stream the engine learns from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from daogou.domain.ids import EventId, Instant, OrderId, ProductId, SessionId, ShopperId, VariantId
from daogou.domain.money import Money

EventType = Literal[
    "impression", "view", "click", "cart", "purchase", "return", "rating", "search", "thumb", "remove_from_cart"
]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)


@dataclass(frozen=True, slots=True)
class Event:
    """One act of one shopper or anonymous session."""

    type: EventType
    at: Instant
    id: EventId = EventId("")
    """Idempotency key. Empty: the store derives it from the content, so the same fact twice is one event."""
    shopper: ShopperId | None = None
    session: SessionId | None = None
    product: ProductId | None = None
    variant: VariantId | None = None
    quantity: int = 1
    price: Money | None = None
    """Price of one unit when it happened."""
    value: float | None = None
    """Stars of a rating (1 to 5), +1 or -1 of a thumb, seconds of a dwell."""
    query: str | None = None
    list: str | None = None
    """Which list or row showed the product."""
    position: int | None = None
    """Rank in that list, from 0."""
    propensity: float | None = None
    """Probability with which the policy showed it, for off-policy estimates."""
    order: OrderId | None = None


PlainEvent = tuple[
    EventType, Instant, EventId, ShopperId | None, SessionId | None, ProductId | None, VariantId | None, int,
    tuple[int, str] | None, float | None, str | None, str | None, int | None, float | None, OrderId | None,
]  # fmt: skip
"""The fields of an event in their order, the price as (minor units, currency): what millions of events travel as.

It has the hash of the event it stands for.
"""


def plain(event: Event) -> PlainEvent:
    """The event as a tuple; numbers that may be fractions are always floats."""
    price = event.price
    return (
        event.type, event.at, event.id, event.shopper, event.session, event.product, event.variant, event.quantity,
        None if price is None else (price.minor, price.currency),
        None if event.value is None else float(event.value),
        event.query, event.list, event.position,
        None if event.propensity is None else float(event.propensity),
        event.order,
    )  # fmt: skip


def event_of(row: PlainEvent) -> Event:
    """The inverse of `plain`."""
    price = row[8]
    return Event(*row[:8], None if price is None else Money(*price), *row[9:])


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the log holds it: with the number that orders the log."""

    seq: int
    event: Event


class Deed(NamedTuple):
    """What somebody did with a product: as much of an event as a memory of them is made of."""

    at: Instant
    seq: int
    type: EventType
    product: ProductId
    value: float | None


def newest_deeds(found: Iterable[Recorded], types: Sequence[EventType], limit: int) -> list[Deed]:
    """The last `limit` of these events that are of some types and name a product, in their order."""
    deeds = [
        Deed(event.at, recorded.seq, event.type, event.product, event.value)
        for recorded in found
        if (event := recorded.event).type in types and event.product is not None
    ]
    return deeds[max(0, len(deeds) - limit) :]

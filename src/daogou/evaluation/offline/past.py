"""The shop's stores as they stood before the split: the future is not there, and nothing can be written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from daogou.domain.event import Deed, Event, EventType, PlainEvent, Recorded, newest_deeds
from daogou.domain.ids import Instant, OrderId, ProductId, SessionId, ShopperId
from daogou.evaluation.offline.splits import Split, only

if TYPE_CHECKING:
    from daogou.domain.order import Order
    from daogou.ports.stores import Appended, Asked, Clicked, EventColumns, Offered, Orders, Place, Seen, Stores, Typed


class PastEvents:
    """`ports.stores.Events`, `PlainEvents`, `Followed` and `Queries` over columns; what was typed is not among them."""

    def __init__(self, columns: EventColumns, offered: Sequence[Offered] = ()) -> None:
        self._columns = columns
        self._offered = offered
        self._actor = {name: place for place, name in enumerate(columns.shoppers)}
        self._order = np.argsort(columns.shopper, kind="stable")
        counts = np.bincount(columns.shopper, minlength=len(columns.shoppers))
        self._ends = np.concatenate(([0], np.cumsum(counts)))

    def append(self, events: Sequence[Event]) -> Appended:
        _refuse()

    def append_each(self, batches: Sequence[Sequence[Event]]) -> list[Appended]:
        _refuse()

    def append_plain(self, events: Sequence[PlainEvent]) -> Appended:
        _refuse()

    def since(self, seq: int, *, limit: int = 10_000) -> list[Recorded]:
        seq = max(seq, 0)
        return [self._recorded(place) for place in range(seq, min(self.head(), seq + limit))]

    def of(
        self, *, shopper: ShopperId | None = None, session: SessionId | None = None, limit: int = 200
    ) -> list[Recorded]:
        return [self._recorded(place) for place in self._places(shopper, session, limit)]

    def deeds(
        self,
        types: Sequence[EventType],
        *,
        shopper: ShopperId | None = None,
        session: SessionId | None = None,
        limit: int,
    ) -> list[Deed]:
        found = map(self._recorded, self._places(shopper, session, self.head()))
        return newest_deeds(found, types, limit)

    def columns(self, types: Sequence[EventType]) -> EventColumns:
        wanted = np.array([type in types for type in self._columns.types], bool)
        return replace(only(self._columns, wanted[self._columns.type]), last_seq=self.head())

    def head(self) -> int:
        return len(self._columns.at)

    def counts(self) -> dict[str, int]:
        return dict(Counter(self._columns.types[type] for type in self._columns.type.tolist()))

    def most(self, limit: int, *, shoppers: int = 3) -> dict[str, int]:
        return {}

    def asked(self, limit: int, *, since: Instant, shoppers: int = 10) -> list[Asked]:
        return []

    def places(self, *, since: Instant, shoppers: int = 10) -> list[Place]:
        return []

    def clicked(self, *, since: Instant, shoppers: int = 10) -> list[Clicked]:
        return []

    def seen(self, *, since: Instant, limit: int) -> list[Seen]:
        return []

    def reworded(self, *, since: Instant, shoppers: int = 10) -> list[tuple[str, str, int]]:
        return []

    def offered(self, *, until: Instant) -> list[Offered]:
        return list(self._offered)

    def typed(self, after: int, upto: int) -> list[Typed]:
        return []

    def _places(self, shopper: ShopperId | None, session: SessionId | None, limit: int) -> list[int]:
        """Where the newest events of somebody stand, oldest first."""
        actor = self._actor.get(str(shopper) if shopper is not None else f"session:{session}")
        if actor is None:
            return []
        places: list[int] = self._order[self._ends[actor] : self._ends[actor + 1]].tolist()
        return places[max(0, len(places) - limit) :]

    def _recorded(self, place: int) -> Recorded:
        columns = self._columns
        actor = columns.shoppers[columns.shopper[place]]
        session = actor.removeprefix("session:") if actor.startswith("session:") else None
        value = float(columns.value[place])
        event = Event(
            columns.types[columns.type[place]],  # names of EVENT_TYPES
            Instant(int(columns.at[place])),
            shopper=None if session is not None else ShopperId(actor),
            session=None if session is None else SessionId(session),
            product=ProductId(columns.products[columns.product[place]]),
            value=None if np.isnan(value) else value,
        )
        return Recorded(place + 1, event)


class Unfolding(PastEvents):
    """A log as it fills: what did not happen before `now` is not there yet."""

    def __init__(self, columns: EventColumns) -> None:
        super().__init__(columns)
        self.now = Instant(0)

    def head(self) -> int:
        return int(np.searchsorted(self._columns.at, self.now))


class PastOrders:
    """`ports.stores.Orders` as they were placed: what became of an order later is not known yet."""

    def __init__(self, orders: Orders, ends: Mapping[str, int], otherwise: int) -> None:
        self._orders = orders
        self._ends = ends
        self._otherwise = otherwise

    def put(self, orders: Iterable[Order]) -> int:
        _refuse()

    def get(self, id: OrderId) -> Order | None:
        found = self._orders.get(id)
        return _placed(found) if found is not None and self._past(found) else None

    def of(self, shopper: ShopperId, *, limit: int = 50) -> list[Order]:
        return sorted((o for o in self.scan() if o.shopper == shopper), key=lambda order: -order.at)[:limit]

    def scan(self) -> Iterator[Order]:
        return (_placed(order) for order in self._orders.scan() if self._past(order))

    def count(self) -> int:
        return sum(1 for _ in self.scan())

    def _past(self, order: Order) -> bool:
        return order.at < self._ends.get(order.shopper, self._otherwise)


def past_of(stores: Stores, split: Split) -> Stores:
    """The stores with events and orders up to the split. Catalogue and shoppers are those of today."""
    events = PastEvents(only(split.columns, split.past), stores.queries.offered(until=split.moment))
    orders = PastOrders(stores.orders, split.ends(), split.moment)
    return replace(
        stores,
        events=events,
        plain_events=events,
        followed=events,
        queries=events,
        lists=events,
        orders=orders,
        close=lambda: None,
    )


def _placed(order: Order) -> Order:
    lines = tuple(replace(line, returned=0) for line in order.lines)
    return replace(order, status="pending", lines=lines, shipments=())


def _refuse() -> NoReturn:
    raise TypeError("the past cannot be changed: this view of the shop's stores is for evaluation")

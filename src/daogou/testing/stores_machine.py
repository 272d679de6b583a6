"""Holds two sets of stores equal over random operations: one trusted, one to be tested.

machine = stores_machine(open_memory, open_mine)
TestEqual = machine.TestCase
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, astuple
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from daogou.domain.event import EVENT_TYPES, Deed, Event, EventType, Recorded, plain
from daogou.domain.ids import EventId, Instant, OrderId, ProductId, SessionId, ShopperId
from daogou.domain.money import Money
from daogou.domain.product import PricePoint, Product
from daogou.domain.text import Text
from daogou.ports.stores import Stores
from daogou.testing.builders import order, review

NAMES = ("a", "b", "c", "鞋", "session:a", "'; --", "a\x00b")
"""Few, so that operations meet; some that a careless backend trips over."""

_names = st.sampled_from(NAMES)
_moments = st.integers(0, 5).map(Instant)
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_amounts = st.none() | st.builds(Money, st.integers(0, 3), st.sampled_from(["CNY", "USD"]))
_values = st.none() | st.floats(-5, 5) | st.integers(1, 5)

EVENTS: st.SearchStrategy[Event] = st.builds(
    Event,
    type=st.sampled_from(EVENT_TYPES),
    at=_moments,
    id=st.sampled_from(["", "", "x", "y"]).map(EventId),
    shopper=st.none() | _names.map(ShopperId),
    session=st.none() | _names.map(SessionId),
    product=st.none() | _names.map(ProductId),
    quantity=st.integers(1, 3),
    price=_amounts,
    value=_values,
    query=st.none() | _texts,
)
PRODUCTS: st.SearchStrategy[Product] = st.builds(
    Product,
    id=_names.map(ProductId),
    title=st.builds(Text, _texts, _texts),
    price=_amounts,
    list_price=_amounts,
    stock=st.none() | st.integers(0, 2),
    attributes=st.dictionaries(_names, st.tuples(st.builds(Text, _texts, _texts)), max_size=2),
)
_POINTS = st.builds(
    PricePoint,
    product=_names.map(ProductId),
    at=_moments,
    price=st.builds(Money, st.integers(0, 3), st.just("CNY")),
    list_price=_amounts,
)


def stores_machine(trusted: Callable[[], Stores], tested: Callable[[], Stores]) -> type[RuleBasedStateMachine]:
    """Make a state machine over new stores of both kinds; run its `TestCase`."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.pair = (trusted(), tested())

        @rule(events=st.lists(EVENTS, max_size=5))
        def append(self, events: list[Event]) -> None:
            self._same(lambda stores: stores.events.append(events))

        @rule(events=st.lists(EVENTS, max_size=5))
        def append_plain(self, events: list[Event]) -> None:
            self._same(lambda stores: stores.plain_events.append_plain(list(map(plain, events))))

        @rule(batches=st.lists(st.lists(EVENTS, max_size=2), max_size=3))
        def append_each(self, batches: list[list[Event]]) -> None:
            self._same(lambda stores: stores.events.append_each(batches))

        @rule(name=_names, other=_names, limit=st.integers(1, 4))
        def events_of(self, name: str, other: str, limit: int) -> None:
            self._same(lambda s: _facts(s.events.of(shopper=ShopperId(name), limit=limit)))
            self._same(lambda s: _facts(s.events.of(shopper=ShopperId(name), session=SessionId(other), limit=limit)))

        @rule(types=st.lists(st.sampled_from(EVENT_TYPES), max_size=4), name=_names, limit=st.integers(1, 4))
        def deeds(self, types: list[EventType], name: str, limit: int) -> None:
            self._same(lambda s: _deeds(s.followed.deeds(types, shopper=ShopperId(name), limit=limit)))
            self._same(lambda s: _deeds(s.followed.deeds(types, session=SessionId(name), limit=limit)))

        @rule(types=st.lists(st.sampled_from(EVENT_TYPES), max_size=3))
        def columns(self, types: list[EventType]) -> None:
            self._same(lambda stores: _columns(stores, types))

        @rule(products=st.lists(PRODUCTS, max_size=4), at=_moments)
        def put_products(self, products: list[Product], at: Instant) -> None:
            self._same(lambda stores: stores.catalogue.put(products, at=at))

        @rule(points=st.lists(_POINTS, max_size=3))
        def put_prices(self, points: list[PricePoint]) -> None:
            self._same(lambda stores: stores.catalogue.put_prices(points))

        @rule(name=_names)
        def prices(self, name: str) -> None:
            self._same(lambda stores: stores.catalogue.prices(ProductId(name)))

        @rule(after=st.integers(0, 6))
        def changes(self, after: int) -> None:
            self._same(lambda stores: stores.catalogue.changes(after))

        @rule(id=_names, shopper=_names, at=_moments, lines=st.lists(_names, max_size=2))
        def put_order(self, id: str, shopper: str, at: Instant, lines: list[str]) -> None:
            self._same(lambda stores: stores.orders.put([order(id, lines, shopper=shopper, at=at)]))
            self._same(lambda stores: stores.orders.of(ShopperId(shopper)))
            self._same(lambda stores: stores.orders.get(OrderId(id)))

        @rule(product=_names, rating=st.none() | st.integers(1, 5), helpful=st.integers(0, 2), at=_moments)
        def put_review(self, product: str, rating: int | None, helpful: int, at: Instant) -> None:
            said = review(product, rating, at=at, helpful=helpful)
            self._same(lambda stores: stores.reviews.put([said]))
            self._same(lambda stores: stores.reviews.of(ProductId(product)))
            self._same(lambda stores: stores.reviews.summaries(map(ProductId, NAMES)))

        @invariant()
        def same_log(self) -> None:
            self._same(lambda stores: _facts(stores.events.since(0)))
            self._same(lambda stores: stores.events.counts())

        @invariant()
        def same_catalogue(self) -> None:
            self._same(lambda stores: list(stores.catalogue.scan()))
            self._same(lambda stores: stores.catalogue.get(map(ProductId, NAMES)))

        def teardown(self) -> None:
            for stores in self.pair:
                stores.close()

        def _same(self, ask: Callable[[Stores], Any]) -> None:
            expected, found = (ask(stores) for stores in self.pair)
            assert found == expected

    return Machine


def _facts(log: list[Recorded]) -> list[tuple[Any, ...]]:
    """The events in order, without the numbers, which may leave gaps."""
    return [astuple(recorded.event) for recorded in log]


def _deeds(found: list[Deed]) -> list[tuple[Any, ...]]:
    """Likewise."""
    return [(deed.at, deed.type, deed.product, deed.value) for deed in found]


def _columns(stores: Stores, types: list[EventType]) -> dict[str, Any]:
    columns = stores.events.columns(types)
    assert columns.last_seq == stores.events.head()
    arrays = asdict(columns)
    del arrays["last_seq"]
    arrays["value"] = [None if value != value else value for value in columns.value.tolist()]  # noqa: PLR0124 (NaN)
    return {name: list(values) for name, values in arrays.items()}

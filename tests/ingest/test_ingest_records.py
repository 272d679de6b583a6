"""Our own records read back exactly as they were written."""

from __future__ import annotations

from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.event import EVENT_TYPES, Event
from daogou.domain.ids import Instant
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine, OrderStatus
from daogou.domain.product import PricePoint, Product, Variant
from daogou.domain.review import Review
from daogou.domain.shopper import Shopper
from daogou.domain.text import Text
from daogou.ingest.records import (
    FieldError,
    decode_event,
    decode_order,
    decode_price,
    decode_product,
    decode_review,
    decode_shopper,
    encode_event,
    encode_order,
    encode_price,
    encode_product,
    encode_review,
    encode_shopper,
)

LETTERS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
IDS = LETTERS.filter(lambda text: bool(text.strip()))
TEXTS = st.builds(Text, zh=LETTERS, en=LETTERS)
SAID = TEXTS.filter(bool)
INSTANTS = st.integers(0, 253_402_300_799_999).map(Instant)
USD = st.none() | st.integers(0, 2**53).map(lambda minor: Money(minor, "USD"))
COUNTS = st.none() | st.integers(0, 10**9)
NAMES = st.text(st.characters(categories=["Ll"], max_codepoint=122), min_size=1, max_size=6)
ATTRIBUTES = st.dictionaries(NAMES, st.lists(SAID, min_size=1, max_size=3).map(tuple), max_size=3)
OPTIONAL = st.none() | IDS

VARIANTS = st.builds(
    Variant, id=IDS, title=TEXTS, price=USD, list_price=USD, stock=COUNTS, attributes=ATTRIBUTES, sku=OPTIONAL,
    barcode=OPTIONAL, image=OPTIONAL,
)  # fmt: skip
PRODUCTS = st.builds(
    Product, id=IDS, title=SAID, description=TEXTS, brand=OPTIONAL, category=st.lists(SAID, max_size=3).map(tuple),
    price=USD, list_price=USD, stock=COUNTS, attributes=ATTRIBUTES,
    images=st.lists(IDS, max_size=3).map(tuple), variants=st.lists(VARIANTS, max_size=2).map(tuple),
    parent=OPTIONAL, released=st.none() | INSTANTS, hidden=st.booleans(), url=OPTIONAL,
)  # fmt: skip
EVENTS = st.builds(
    Event, type=st.sampled_from([t for t in EVENT_TYPES if t not in ("rating", "thumb", "search")]), at=INSTANTS,
    id=st.just("") | IDS, shopper=IDS, session=OPTIONAL, product=IDS, variant=OPTIONAL,
    quantity=st.integers(1, 10**6), price=USD, value=st.none() | st.floats(-1e9, 1e9), query=OPTIONAL, list=OPTIONAL,
    position=COUNTS, propensity=st.none() | st.floats(0, 1), order=OPTIONAL,
)  # fmt: skip
LINES = st.builds(
    OrderLine, product=IDS, quantity=st.integers(1, 99), price=st.builds(Money, st.integers(0, 10**9), st.just("USD")),
    variant=OPTIONAL, discount=USD, returned=st.integers(0, 9),
)  # fmt: skip
ORDERS = st.builds(
    Order, id=IDS, shopper=IDS, at=INSTANTS, lines=st.lists(LINES, min_size=1, max_size=3).map(tuple),
    status=st.sampled_from(get_args(OrderStatus)), total=USD, promotions=st.lists(IDS, max_size=2).map(tuple),
)  # fmt: skip
POINTS = st.builds(
    PricePoint, product=IDS, at=INSTANTS, price=st.builds(Money, st.integers(0, 2**53), st.just("JPY")),
)  # fmt: skip
REVIEWS = st.builds(
    Review, product=IDS, rating=st.floats(1, 5), at=INSTANTS, id=st.just("") | IDS, shopper=OPTIONAL, title=LETTERS,
    text=LETTERS, verified=st.booleans(), helpful=st.integers(0, 99), images=st.lists(IDS, max_size=2).map(tuple),
)  # fmt: skip
SHOPPERS = st.builds(
    Shopper, id=IDS, name=LETTERS, language=st.sampled_from([None, "zh", "en"]), joined=st.none() | INSTANTS,
    labels=st.dictionaries(IDS, IDS, max_size=2),
)  # fmt: skip


@given(PRODUCTS)
def test_products_read_back(product: Product) -> None:
    assert decode_product(encode_product(product)) == product


@given(EVENTS)
def test_events_read_back(event: Event) -> None:
    assert decode_event(encode_event(event)) == event


@given(ORDERS)
def test_orders_read_back(order: Order) -> None:
    assert decode_order(encode_order(order)) == order


@given(POINTS)
def test_prices_read_back(point: PricePoint) -> None:
    assert decode_price(encode_price(point)) == point


@given(REVIEWS)
def test_reviews_read_back(review: Review) -> None:
    assert decode_review(encode_review(review)) == review


@given(SHOPPERS)
def test_shoppers_read_back(shopper: Shopper) -> None:
    assert decode_shopper(encode_shopper(shopper)) == shopper


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(
    ["type", "at", "id", "shopper", "session", "product", "quantity", "price", "currency", "value", "position"],
    JSON | st.sampled_from(["view", "p1", "2026-01-01", "USD"]),
)))  # fmt: skip
def test_any_object_is_an_event_or_a_field_error(record: dict[str, object]) -> None:
    with suppress(FieldError):  # anything else fails the test
        decode_event(record)


@pytest.mark.parametrize("at", [1767225600, 1767225600000, "2026-01-01", "2026-01-01T08:00:00+08:00", "1767225600"])
def test_a_moment_may_be_written_in_several_ways(at: object) -> None:
    assert decode_event({"type": "view", "shopper": "u", "product": "p", "at": at}).at == 1767225600000


def test_an_error_names_the_path() -> None:
    with pytest.raises(FieldError) as caught:
        decode_event({"type": "view"}, "events[3]")
    assert caught.value.where == "events[3].shopper"

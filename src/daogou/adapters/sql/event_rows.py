"""An event as a row and back."""

from __future__ import annotations

from collections.abc import Mapping

from daogou.adapters.identity import ID_BYTES, event_key
from daogou.adapters.sql.database import Row
from daogou.domain.event import Event, EventType, PlainEvent, Recorded
from daogou.domain.ids import EventId, Instant, OrderId, ProductId, SessionId, ShopperId, VariantId
from daogou.domain.money import Money

CODES: Mapping[EventType, int] = {
    "impression": 1, "view": 2, "click": 3, "cart": 4, "purchase": 5, "return": 6, "rating": 7, "search": 8, "thumb": 9,
    "remove_from_cart": 10,
}  # fmt: skip
"""On disk for ever: add to them, never change them."""
TYPES: Mapping[int, EventType] = {code: name for name, code in CODES.items()}

# The first byte of a key says what follows, so that a caller's id can never pass for a derived one.
_DERIVED, _TEXT = b"\x01", b"\x00"
_NO_PRICE = (None, None)
_HEX_DIGITS = frozenset("0123456789abcdef")


def key_of(row: PlainEvent) -> bytes:
    """The unique key: a derived id's 16 bytes, or the caller's own id as UTF-8."""
    id = row[2]
    if not id:
        return _DERIVED + event_key(row)
    if len(id) == 2 * ID_BYTES and _HEX_DIGITS.issuperset(id):
        return _DERIVED + bytes.fromhex(id)
    return _TEXT + id.encode()


Numbers = Mapping[str | None, int | None]
"""The small integer of each name; None for None."""


def row(event: PlainEvent, shoppers: Numbers, sessions: Numbers, items: Numbers) -> Row:
    """Everything but the log number."""
    (
        type, at, _, shopper, session, product, variant, quantity, price, value,
        query, list, position, propensity, order,
    ) = event  # fmt: skip
    minor, currency = price or _NO_PRICE
    return (
        key_of(event), CODES[type], at,
        shoppers[shopper], sessions[session], items[product],
        variant, quantity, minor, currency, value, query, list, position, propensity, order,
    )  # fmt: skip


def recorded(row: Row) -> Recorded:
    """Read a row with the names of its actors and item."""
    (
        seq, key, type, at, shopper, session, product, variant, quantity, price, currency, value,
        query, list, position, propensity, order,
    ) = row  # fmt: skip
    return Recorded(
        seq,
        Event(
            TYPES[type],
            Instant(at),
            EventId(key[1:].hex() if key[:1] == _DERIVED else key[1:].decode()),
            shopper=None if shopper is None else ShopperId(shopper),
            session=None if session is None else SessionId(session.removeprefix("session:")),
            product=None if product is None else ProductId(product),
            variant=None if variant is None else VariantId(variant),
            quantity=quantity,
            price=None if price is None else Money(price, currency),
            value=value,
            query=query,
            list=list,
            position=position,
            propensity=propensity,
            order=None if order is None else OrderId(order),
        ),
    )

"""An event as a row and back."""

from __future__ import annotations

from collections.abc import Mapping

from daogou.adapters.identity import ID_BYTES, event_key
from daogou.adapters.sql.database import Row
from daogou.domain.event import Event, EventType, Recorded
from daogou.domain.ids import EventId, Instant, OrderId, ProductId, SessionId, ShopperId, VariantId
from daogou.domain.money import Money

CODES: Mapping[EventType, int] = {
    "impression": 1, "view": 2, "click": 3, "cart": 4, "purchase": 5, "return": 6, "rating": 7, "search": 8, "thumb": 9,
}  # fmt: skip
"""On disk for ever: add to them, never change them."""
TYPES: Mapping[int, EventType] = {code: name for name, code in CODES.items()}

# The first byte of a key says what follows, so that a caller's id can never pass for a derived one.
_DERIVED, _TEXT = b"\x01", b"\x00"
_HEX_DIGITS = frozenset("0123456789abcdef")


def key_of(event: Event) -> bytes:
    """The unique key: a derived id's 16 bytes, or the caller's own id as UTF-8."""
    id = event.id
    if not id:
        return _DERIVED + event_key(event)
    if len(id) == 2 * ID_BYTES and _HEX_DIGITS.issuperset(id):
        return _DERIVED + bytes.fromhex(id)
    return _TEXT + id.encode()


def row(event: Event, actors: Mapping[str, int], items: Mapping[str, int]) -> Row:
    """Everything but the log number."""
    price = event.price
    return (
        key_of(event),
        CODES[event.type],
        event.at,
        None if event.shopper is None else actors[event.shopper],
        None if event.session is None else actors[f"session:{event.session}"],
        None if event.product is None else items[event.product],
        event.variant,
        event.quantity,
        price.minor if price else None,
        price.currency if price else None,
        event.value,
        event.query,
        event.list,
        event.position,
        event.propensity,
        event.order,
    )


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

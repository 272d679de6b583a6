"""Events as records. Read millions of times, so the common fields are read in line."""

from __future__ import annotations

from typing import Any, cast

from daogou.domain.event import EVENT_TYPES, Event
from daogou.domain.ids import EventId, OrderId, ProductId, SessionId, ShopperId, VariantId
from daogou.ingest.records.fields import (
    FieldError,
    Object,
    compact,
    currency_of,
    identifier,
    integer,
    money,
    number,
    required_instant,
    shown,
    text,
    uninstant,
    unmoney,
)

KEYS = frozenset(
    {"type", "at", "id", "shopper", "session", "product", "variant", "quantity", "price", "currency", "value",
     "query", "list", "position", "propensity", "order"}
)  # fmt: skip
_TYPES = frozenset(EVENT_TYPES)
_VALUES: dict[str, tuple[float, float]] = {"rating": (1, 5), "thumb": (-1, 1)}


def decode_event(record: Object, where: str = "", *, currency: str = "USD") -> Event:
    """Read an event. `where` leads the path in errors. Raises FieldError."""
    try:
        return _decode(record, currency)
    except FieldError as error:
        if not where:
            raise
        raise FieldError(error.field, error.reason, rule=error.rule, where=where) from None


def _decode(record: Object, currency: str) -> Event:
    """Fields that are left out are passed over here: most are, and the calls would take a tenth of an import."""
    get = record.get
    kind = get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise FieldError("type", f"expected one of {', '.join(EVENT_TYPES)}, found {shown(kind)}")
    shopper = identifier(record, "shopper")
    session = None if get("session") is None else identifier(record, "session")
    if shopper is None and session is None:
        raise FieldError(
            "shopper", "is missing, and so is session: one of them must say who acted", rule="missing-field"
        )
    product = identifier(record, "product")
    query = None if get("query") is None else text(record, "query") or None
    if product is None and kind != "search":
        raise FieldError("product", f"is missing: a {kind} is of a product", rule="missing-field")
    if query is None and kind == "search":
        raise FieldError("query", "is missing: a search is for words", rule="missing-field")
    value = record.get("value")
    if kind in _VALUES or value is not None:
        value = _value(record, kind)
    quantity = record.get("quantity", 1)
    if type(quantity) is not int or not 1 <= quantity < 2**63:
        quantity = integer(record, "quantity", least=1)
    if get("currency") not in (None, "", currency):
        currency = currency_of(record, currency)
    return Event(
        type=kind,
        at=required_instant(record, "at"),
        id=EventId("" if get("id") is None else identifier(record, "id") or ""),
        shopper=cast("ShopperId | None", shopper),
        session=cast("SessionId | None", session),
        product=cast("ProductId | None", product),
        variant=None if get("variant") is None else cast("VariantId | None", identifier(record, "variant")),
        quantity=1 if quantity is None else quantity,
        price=money(record, "price", currency),
        value=value,
        query=query,
        list=None if get("list") is None else text(record, "list") or None,
        position=None if get("position") is None else integer(record, "position", least=0),
        propensity=None if get("propensity") is None else number(record, "propensity", least=0, most=1),
        order=None if get("order") is None else cast("OrderId | None", identifier(record, "order")),
    )


def _value(record: Object, kind: Any) -> float | None:
    least, most = _VALUES.get(kind, (float("-inf"), float("inf")))
    value = number(record, "value", least=least, most=most)
    if value is None and kind in _VALUES:
        raise FieldError("value", f"is missing: a {kind} has one, from {least:g} to {most:g}", rule="missing-field")
    return value


def encode_event(event: Event) -> dict[str, Any]:
    """The inverse of `decode_event`."""
    return compact(
        {
            "type": event.type,
            "at": uninstant(event.at),
            "id": event.id,
            "shopper": event.shopper,
            "session": event.session,
            "product": event.product,
            "variant": event.variant,
            "quantity": None if event.quantity == 1 else event.quantity,
            "price": None if event.price is None else unmoney(event.price),
            "currency": None if event.price is None else event.price.currency,
            "value": event.value,
            "query": event.query,
            "list": event.list,
            "position": event.position,
            "propensity": event.propensity,
            "order": event.order,
        }
    )

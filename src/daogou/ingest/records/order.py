"""Orders, their lines and shipments as records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast, get_args

from daogou.domain.ids import OrderId, ProductId, ShipmentId, ShopperId, VariantId
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine, OrderStatus, Shipment, ShipmentStatus
from daogou.ingest.records.fields import (
    FieldError,
    Object,
    choice,
    compact,
    currency_of,
    identifier,
    identifiers,
    integer,
    money,
    objects,
    optional_instant,
    required_id,
    required_instant,
    text,
    uninstant,
    unmoney,
)

KEYS = frozenset({"id", "shopper", "at", "lines", "status", "total", "currency", "shipments", "promotions"})
LINE_KEYS = frozenset({"product", "quantity", "price", "currency", "variant", "discount", "returned"})
SHIPMENT_KEYS = frozenset({"id", "order", "status", "carrier", "tracking", "shipped", "expected", "delivered"})
_STATUSES = get_args(OrderStatus)
_SHIPPED = get_args(ShipmentStatus)


@dataclass(frozen=True, slots=True)
class ShipmentOf:
    """A shipment that comes by itself, with the order it belongs to."""

    order: OrderId
    shipment: Shipment


def decode_order(record: Object, where: str = "", *, currency: str = "USD") -> Order:
    """Read an order with at least one line. Raises FieldError."""
    currency = currency_of(record, currency)
    lines = tuple(decode_line(line, currency) for line in objects(record, "lines"))
    if not lines:
        raise FieldError("lines", "is missing: an order has at least one line", rule="missing-field", where=where)
    return Order(
        id=OrderId(required_id(record, "id")),
        shopper=ShopperId(required_id(record, "shopper")),
        at=required_instant(record, "at"),
        lines=lines,
        status=cast("OrderStatus", choice(record, "status", _STATUSES, "paid")),
        total=money(record, "total", currency),
        shipments=tuple(_shipment(each) for each in objects(record, "shipments")),
        promotions=identifiers(record, "promotions"),
    )


def decode_line(record: Object, currency: str) -> OrderLine:
    """Read a line; the quantity is 1 where it is left out, the price must be given."""
    quantity = record.get("quantity")
    if type(quantity) is not int or quantity < 1:
        quantity = integer(record, "quantity", least=1)
    price = money(record, "price", currency)
    if price is None:
        raise FieldError("price", "is missing: a line says what one unit cost", rule="missing-field")
    return OrderLine(
        product=ProductId(required_id(record, "product")),
        quantity=1 if quantity is None else quantity,
        price=price,
        variant=None if record.get("variant") is None else cast("VariantId | None", identifier(record, "variant")),
        discount=None if record.get("discount") is None else money(record, "discount", currency),
        returned=0 if record.get("returned") is None else integer(record, "returned", least=0) or 0,
    )


def _shipment(record: Object) -> Shipment:
    return Shipment(
        id=ShipmentId(required_id(record, "id")),
        status=cast("ShipmentStatus", choice(record, "status", _SHIPPED)),
        carrier=text(record, "carrier"),
        tracking=text(record, "tracking"),
        shipped=optional_instant(record, "shipped"),
        expected=optional_instant(record, "expected"),
        delivered=optional_instant(record, "delivered"),
    )


def decode_shipment(record: Object, where: str = "", *, currency: str = "USD") -> ShipmentOf:
    """Read a shipment that names its order. Raises FieldError."""
    del where, currency  # every decoder has the same shape; a shipment has no price
    return ShipmentOf(OrderId(required_id(record, "order")), _shipment(record))


def encode_order(order: Order) -> dict[str, Any]:
    """The inverse of `decode_order`. An order has one currency; ValueError otherwise."""
    return compact(
        {
            "id": order.id,
            "shopper": order.shopper,
            "at": uninstant(order.at),
            "currency": _currency(order),
            "lines": [_encode_line(line) for line in order.lines],
            "status": None if order.status == "paid" else order.status,
            "total": _amount(order.total),
            "shipments": [_encode_shipment(shipment) for shipment in order.shipments],
            "promotions": list(order.promotions),
        }
    )


def _currency(order: Order) -> str:
    amounts: Iterable[Money | None] = [order.total, *(m for line in order.lines for m in (line.price, line.discount))]
    found = {amount.currency for amount in amounts if amount is not None}
    if len(found) != 1:
        raise ValueError(f"an order has one currency, found {sorted(found)}")
    return found.pop()


def _amount(amount: Money | None) -> int | float | str | None:
    return None if amount is None else unmoney(amount)


def _encode_line(line: OrderLine) -> dict[str, Any]:
    return compact(
        {
            "product": line.product,
            "quantity": line.quantity,
            "price": unmoney(line.price),
            "variant": line.variant,
            "discount": _amount(line.discount),
            "returned": line.returned or None,
        }
    )


def _encode_shipment(shipment: Shipment) -> dict[str, Any]:
    return compact(
        {
            "id": shipment.id,
            "status": shipment.status,
            "carrier": shipment.carrier,
            "tracking": shipment.tracking,
            "shipped": None if shipment.shipped is None else uninstant(shipment.shipped),
            "expected": None if shipment.expected is None else uninstant(shipment.expected),
            "delivered": None if shipment.delivered is None else uninstant(shipment.delivered),
        }
    )


def encode_shipment(shipment: ShipmentOf) -> dict[str, Any]:
    """The inverse of `decode_shipment`."""
    return {"order": shipment.order} | _encode_shipment(shipment.shipment)

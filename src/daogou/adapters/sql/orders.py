"""Orders, whose many lines are kept as short arrays rather than objects with repeated names."""

from __future__ import annotations

import msgspec

from daogou.adapters.sql.database import Database
from daogou.adapters.sql.records import Layout, Records, encode
from daogou.domain.ids import Instant, OrderId, ProductId, ShopperId, VariantId
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine, OrderStatus, Shipment


class _Line(msgspec.Struct, array_like=True):
    """On disk; new fields go at the end, with a default."""

    product: ProductId
    quantity: int
    minor: int
    currency: str
    variant: VariantId | None = None
    discount: Money | None = None
    returned: int = 0


class _Body(msgspec.Struct):
    id: OrderId
    shopper: ShopperId
    at: Instant
    lines: list[_Line]
    status: OrderStatus
    total: Money | None
    shipments: tuple[Shipment, ...]
    promotions: tuple[str, ...]


_decoder = msgspec.json.Decoder(_Body)


def encode_order(order: Order) -> str:
    lines = [_short(line) for line in order.lines]
    return encode({
        "id": order.id, "shopper": order.shopper, "at": order.at, "lines": lines, "status": order.status,
        "total": order.total, "shipments": order.shipments, "promotions": order.promotions,
    })  # fmt: skip


def decode_order(body: str) -> Order:
    order = _decoder.decode(body)
    lines = tuple(
        OrderLine(
            line.product, line.quantity, Money(line.minor, line.currency), line.variant, line.discount, line.returned
        )
        for line in order.lines
    )
    return Order(
        order.id, order.shopper, order.at, lines, order.status, order.total, order.shipments, order.promotions
    )  # fmt: skip


def _short(line: OrderLine) -> tuple[object, ...]:
    start = (line.product, line.quantity, line.price.minor, line.price.currency)
    if line.variant is None and line.discount is None and not line.returned:
        return start
    return (*start, line.variant, line.discount, line.returned)


_ORDER: Layout[Order] = Layout(
    table="orders",
    columns=("shopper", "at"),
    row=lambda order: (order.id, order.shopper, order.at),
    decode=decode_order,
    encode=encode_order,
)


class SqlOrders(Records[OrderId, Order]):
    """`ports.stores.Orders`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, _ORDER)

    def of(self, shopper: ShopperId, *, limit: int = 50) -> list[Order]:
        return self._select("WHERE shopper = ? ORDER BY at DESC, id LIMIT ?", (shopper, limit))

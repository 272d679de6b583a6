"""Orders with their lines and shipments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from daogou.domain.ids import Instant, OrderId, ProductId, ShipmentId, ShopperId, VariantId
from daogou.domain.money import Money

OrderStatus = Literal[
    "pending", "paid", "packed", "shipped", "delivered", "cancelled", "returning", "returned", "refunded"
]
ShipmentStatus = Literal["preparing", "in_transit", "out_for_delivery", "delivered", "exception", "returned"]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One product of an order, at the price that was paid."""

    product: ProductId
    quantity: int
    price: Money
    """Of one unit, before discounts of the whole order."""
    variant: VariantId | None = None
    discount: Money | None = None
    returned: int = 0
    """How many of the quantity came back."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel on its way."""

    id: ShipmentId
    status: ShipmentStatus
    carrier: str = ""
    tracking: str = ""
    shipped: Instant | None = None
    expected: Instant | None = None
    delivered: Instant | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What a shopper bought in one go, and how far it has come."""

    id: OrderId
    shopper: ShopperId
    at: Instant
    lines: tuple[OrderLine, ...]
    status: OrderStatus = "paid"
    total: Money | None = None
    shipments: tuple[Shipment, ...] = ()
    promotions: tuple[str, ...] = ()

    @property
    def bought(self) -> bool:
        """Nothing of a cancelled order is a purchase, whoever asks what people buy."""
        return self.status != "cancelled"

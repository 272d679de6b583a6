"""Points of a product's price history as records."""

from __future__ import annotations

from typing import Any

from daogou.domain.ids import ProductId
from daogou.domain.product import PricePoint
from daogou.ingest.records.fields import (
    FieldError,
    Object,
    compact,
    currency_of,
    money,
    required_id,
    required_instant,
    uninstant,
    unmoney,
)

KEYS = frozenset({"product", "at", "price", "list_price", "currency"})


def decode_price(record: Object, where: str = "", *, currency: str = "USD") -> PricePoint:
    """Read a price point. Raises FieldError."""
    currency = currency_of(record, currency)
    price = money(record, "price", currency)
    if price is None:
        raise FieldError("price", "is missing", rule="missing-field", where=where)
    return PricePoint(
        product=ProductId(required_id(record, "product")),
        at=required_instant(record, "at"),
        price=price,
        list_price=money(record, "list_price", currency),
    )


def encode_price(point: PricePoint) -> dict[str, Any]:
    """The inverse of `decode_price`."""
    return compact(
        {
            "product": point.product,
            "at": uninstant(point.at),
            "price": unmoney(point.price),
            "list_price": None if point.list_price is None else unmoney(point.list_price),
            "currency": point.price.currency,
        }
    )

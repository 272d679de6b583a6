"""Segment's e-commerce events (spec v2: segment.com/docs/connections/spec/ecommerce/v2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, keys, phase, refusal
from daogou.ingest.formats.values import QUANTIFIED, filled, person
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.source import Source

_TYPES = {
    "product list viewed": "impression", "product clicked": "click", "product viewed": "view",
    "product added": "cart", "product removed": "remove_from_cart",
    "order completed": "purchase", "order refunded": "return",
    "product added to wishlist": "thumb", "product reviewed": "rating",
}  # fmt: skip
_SEARCH = "products searched"


def _recognise(look: Look) -> bool:
    return keys("event", "properties")(look) or (
        keys("type", "messageId")(look) and bool(look.keys & {"anonymousId", "userId"})
    )


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            yield from _events(source, line, row)


def _events(source: Source, line: int, row: dict[str, Any]) -> Iterator[Found]:
    name = str(row.get("event", row.get("type"))).lower()
    given = row.get("properties")
    properties: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    id = row.get("messageId")
    common = filled(
        {
            "shopper": person(row.get("userId")),
            "session": row.get("anonymousId"),
            "at": row.get("timestamp") or row.get("originalTimestamp") or row.get("sentAt"),
        }
    )
    if name == _SEARCH:
        search = common | filled({"type": "search", "query": properties.get("query"), "id": id})
        yield Found(source, line, "event", search, raw=row)
        return
    if name not in _TYPES:
        reason = f"{name!r} is not an act on a product"
        yield refusal(source, line, "event", row, field="event", reason=reason)
        return
    listed = properties.get("products")
    products = listed if isinstance(listed, list) else [properties]
    if not products:
        yield refusal(source, line, "event", row, field="properties.products", reason="names no product")
    for place, product in enumerate(products):
        if isinstance(product, Mapping):
            record = common | _product(_TYPES[name], product, properties, place)
            if id:
                record["id"] = f"{id}:{place}" if len(products) > 1 else id
            yield Found(source, line, "event", record, raw=row)
        else:
            yield refusal(source, line, "event", row, field="products", reason="is no object", rule="bad-value")


def _product(type: str, product: Mapping[str, Any], properties: Mapping[str, Any], place: int) -> dict[str, Any]:
    value = {"thumb": 1, "rating": product.get("rating", properties.get("rating"))}.get(type)
    return filled(
        {
            "type": type,
            "product": product.get("product_id") or product.get("sku"),
            "variant": product.get("variant_id"),
            "quantity": product.get("quantity") if type in QUANTIFIED else None,
            "price": product.get("price"),
            "currency": product.get("currency") or properties.get("currency"),
            "value": value,
            "list": properties.get("list_id") or properties.get("category") if type == "impression" else None,
            "position": place if type == "impression" else None,
            "order": properties.get("order_id"),
        }
    )


SEGMENT = Format("segment", _recognise, _convert, phase(3))

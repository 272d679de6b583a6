"""The nested product feed (OpenAI's JSON lines, ACP feeds): products with variants, amounts in minor units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from daogou.domain.money import exponent
from daogou.ingest.formats.base import Format, Found, part, phase
from daogou.ingest.formats.values import filled, plain_text
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.source import Source

_HEADER = frozenset({"feed_id", "target_country"})


def _recognise(look: Look) -> bool:
    if look.shape not in ("json", "jsonl"):
        return False
    variants = look.first.get("variants")
    first = variants[0] if isinstance(variants, list) and variants else None
    nested = isinstance(first, Mapping) and isinstance(first.get("price"), Mapping)
    return nested or look.keys >= _HEADER


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            if row.keys() >= _HEADER and "variants" not in row:
                yield part(source, line, "product")
            else:
                yield Found(source, line, "product", _product(row), raw=row)


def _product(row: Mapping[str, Any]) -> dict[str, Any]:
    variants = [each for each in row.get("variants") or [] if isinstance(each, Mapping)]
    first: Mapping[str, Any] = variants[0] if variants else {}
    return filled(
        {
            "id": row.get("id"),
            "title": row.get("title") or first.get("title"),
            "description": _description(row.get("description") or first.get("description")),
            "brand": row.get("brand"),
            "category": _category(row.get("categories") or first.get("categories")),
            "images": _images(row.get("media") or first.get("media")),
            "variants": [_variant(variant) for variant in variants],
            "url": row.get("url") or first.get("url"),
        }
    )


def _variant(row: Mapping[str, Any]) -> dict[str, Any]:
    price, currency = _amount(row.get("price"))
    listed, _ = _amount(row.get("list_price"))
    availability = row.get("availability")
    gone = isinstance(availability, Mapping) and availability.get("available") is False
    options = [each for each in row.get("variant_options") or row.get("options") or [] if isinstance(each, Mapping)]
    barcodes = [each.get("value") for each in row.get("barcodes") or [] if isinstance(each, Mapping)]
    return filled(
        {
            "id": row.get("id"),
            "title": row.get("title"),
            "price": price,
            "list_price": listed,
            "currency": currency,
            "stock": 0 if gone else None,
            "attributes": {str(each.get("name")): each.get("value") for each in options if each.get("value")},
            "sku": row.get("sku"),
            "barcode": barcodes[0] if barcodes else None,
            "image": next(iter(_images(row.get("media"))), None),
        }
    )


def _amount(price: Any) -> tuple[Any, Any]:
    """Minor units to major ones, exactly."""
    if not isinstance(price, Mapping):
        return price, None
    minor, currency = price.get("amount"), price.get("currency")
    if isinstance(minor, int) and not isinstance(minor, bool) and isinstance(currency, str):
        return str(Decimal(minor).scaleb(-exponent(currency))), currency
    return minor, currency


def _description(given: Any) -> str:
    if isinstance(given, Mapping):
        return str(given.get("plain") or "") or plain_text(given.get("html")) or str(given.get("markdown") or "")
    return plain_text(given)


def _category(given: Any) -> Any:
    first = given[0] if isinstance(given, list) and given else None
    return first.get("value") if isinstance(first, Mapping) else first


def _images(given: Any) -> list[Any]:
    media = given if isinstance(given, list) else []
    return [each["url"] for each in media if isinstance(each, Mapping) and each.get("url")]


ACP = Format("acp-feed", _recognise, _convert, phase(0))

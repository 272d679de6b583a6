"""Medusa v2's product CSV: a row a variant, prices in columns by currency, comma or semicolon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, columns, part, phase
from daogou.ingest.formats.values import filled, numbered, together
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.source import Source

_PRICE = re.compile(r"Variant Price ([A-Z]{3})")


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        column = "Product Id" if "Product Id" in source.look.keys else "Product Handle"
        for rows in together(source, column):
            cells = [row.data for row in rows]
            yield Found(source, rows[0].line, "product", _product(cells, options.currency), raw=cells[0])
            for row in rows[1:]:
                yield part(source, row.line, "product")


def _product(rows: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    first = rows[0]
    images = [first.get("Product Thumbnail"), *numbered(first, "Product Image ")]
    tags = list(numbered(first, "Product Tag "))
    attributes = {
        "tags": tags,
        "material": first.get("Product Material"),
        "origin": first.get("Product Origin Country"),
        "subtitle": first.get("Product Subtitle"),
    }
    return filled(
        {
            "id": first.get("Product Id") or first.get("Product Handle"),
            "title": first.get("Product Title"),
            "description": first.get("Product Description"),
            "category": list(numbered(first, "Product Category ")),
            "attributes": filled(attributes),
            "images": list(dict.fromkeys(image for image in images if image)),
            "variants": [_variant(row, currency) for row in rows if row.get("Variant Id") or row.get("Variant Title")],
            "hidden": first.get("Product Status", "published") != "published",
        }
    )


def _variant(row: Mapping[str, Any], wanted: str) -> dict[str, Any]:
    prices = {found[1]: cell for name, cell in row.items() if cell and (found := _PRICE.fullmatch(name))}
    currency = wanted if wanted in prices else next(iter(prices), None)
    tracked = str(row.get("Variant Manage Inventory", "")).lower() == "true"
    backorder = str(row.get("Variant Allow Backorder", "")).lower() == "true"
    names = numbered(row, "Variant Option ", " Name")
    return filled(
        {
            "id": row.get("Variant Id")
            or row.get("Variant Sku")
            or f"{row.get('Product Handle')}:{row.get('Variant Title')}",
            "title": row.get("Variant Title"),
            "price": prices.get(currency or ""),
            "currency": currency,
            "stock": row.get("Variant Inventory Quantity") if tracked and not backorder else None,
            "attributes": filled(dict(zip(names, numbered(row, "Variant Option ", " Value"), strict=False))),
            "sku": row.get("Variant Sku"),
            "barcode": row.get("Variant Barcode") or row.get("Variant Ean") or row.get("Variant Upc"),
        }
    )


MEDUSA = Format("medusa", columns("Product Handle", "Product Title", "Variant Title"), _convert, phase(0))

"""Saleor's product CSV: columns that say in brackets whose value they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, columns, part, phase
from daogou.ingest.formats.values import filled, parts, plain_text, together
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.source import Source

_COLUMN = re.compile(r"(?P<of>.+) \((?P<what>[^()]+)\)")
_PRICE = re.compile(r"(?P<of>.+) \(channel price amount\)")


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for rows in together(source, "id"):
            cells = [row.data for row in rows]
            yield Found(source, rows[0].line, "product", _product(cells, options.currency), raw=cells[0])
            for row in rows[1:]:
                yield part(source, row.line, "product")


def _product(rows: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    first = rows[0]
    variants = [_variant(row, currency) for row in rows if row.get("variant id") or row.get("variant sku")]
    published = [cell for name, cell in first.items() if name.endswith("(channel published)")]
    attributes = _attributes(first, "product attribute")
    return filled(
        {
            "id": first.get("id"),
            "title": first.get("name"),
            "description": plain_text(first.get("description as str") or first.get("description")),
            "category": first.get("category"),
            "attributes": attributes | filled({"product type": first.get("product type")}),
            "images": parts(first.get("product media")),
            "variants": variants,
            "hidden": bool(published) and not any(str(cell).lower() == "true" for cell in published),
        }
    )


def _variant(row: Mapping[str, Any], wanted: str) -> dict[str, Any]:
    price, currency = _price(row, wanted)
    quantities = [cell for name, cell in row.items() if name.endswith("(warehouse quantity)") and cell]
    attributes = _attributes(row, "variant attribute")
    return filled(
        {
            "id": row.get("variant id") or row.get("variant sku"),
            "title": " / ".join(attributes.values()),
            "price": price,
            "currency": currency,
            "attributes": attributes,
            "sku": row.get("variant sku"),
            "image": next(iter(parts(row.get("variant media"))), None),
        }
    ) | ({"stock": sum(map(_whole, quantities))} if quantities else {})


def _whole(cell: Any) -> int:
    return int(cell) if str(cell).lstrip("-").isdecimal() else 0


def _price(row: Mapping[str, Any], wanted: str) -> tuple[Any, str | None]:
    """Of the channel in the wanted currency, else of the first channel that has a price."""
    offers = []
    for name, cell in row.items():
        channel = _PRICE.fullmatch(name)
        if channel and cell:
            code = row.get(f"{channel['of']} (channel variant currency code)")
            offers.append((cell, code or row.get(f"{channel['of']} (channel product currency code)")))
    return next((offer for offer in offers if offer[1] == wanted), offers[0] if offers else (None, None))


def _attributes(row: Mapping[str, Any], what: str) -> dict[str, str]:
    found = ((_COLUMN.fullmatch(name), cell) for name, cell in row.items() if cell)
    return {column["of"]: str(cell) for column, cell in found if column and column["what"] == what}


SALEOR = Format("saleor", columns("id", "name", "product type", "variant sku"), _convert, phase(0))

"""Shopify's order CSV: a row a line item; what is of the whole order stands on its first row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, columns, part, phase
from daogou.ingest.formats.values import filled, pseudonym, together
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.source import Source

_STATUSES = {"pending": "pending", "authorized": "pending", "refunded": "refunded", "voided": "cancelled"}
"""Of the financial status; every other is paid."""


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        source.notes.append(f"{source.path.name}: shoppers are known by a digest of their e-mail, which is not kept")
        for rows in together(source, "Name"):
            cells = [row.data for row in rows]
            yield Found(source, rows[0].line, "order", _order(cells), raw=cells[0])
            for row in rows[1:]:
                yield part(source, row.line, "order")


def _order(rows: list[dict[str, Any]]) -> dict[str, Any]:
    first = rows[0]
    status = "cancelled" if first.get("Cancelled at") else _STATUSES.get(str(first.get("Financial Status")).lower())
    return filled(
        {
            "id": first.get("Name"),
            "shopper": pseudonym(first.get("Email") or first.get("Phone") or f"guest of {first.get('Name')}"),
            "at": first.get("Created at"),
            "currency": first.get("Currency"),
            "total": first.get("Total"),
            "status": status,
            "lines": [_line(row) for row in rows if row.get("Lineitem name")],
        }
    )


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    """The stock-keeping unit tells the product; shops without these are known by the line's name."""
    return filled(
        {
            "product": row.get("Lineitem sku") or row.get("Lineitem name"),
            "quantity": row.get("Lineitem quantity"),
            "price": row.get("Lineitem price"),
            "discount": row.get("Lineitem discount"),
        }
    )


SHOPIFY_ORDERS = Format(
    "shopify-orders", columns("Name", "Lineitem name", "Lineitem quantity", "Lineitem price"), _convert, phase(2)
)

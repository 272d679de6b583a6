"""Shopify's product CSV in its old shape and that of 2025: several rows a product, by handle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, part, phase
from daogou.ingest.formats.values import filled, parts, plain_text, reduced, together, unique
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.rows import Row
from daogou.ingest.reading.source import Source

# What is read, under the names of the old shape and of the new one, lower case.
_OLD = {
    "handle": "handle", "body (html)": "body", "variant sku": "sku", "variant price": "price",
    "variant compare at price": "before", "variant inventory qty": "quantity", "variant inventory tracker": "tracker",
    "variant inventory policy": "policy", "variant barcode": "barcode", "image src": "image",
    "variant image": "variant image", "published": "published", "product category": "category",
}  # fmt: skip
_NEW = {
    "url handle": "handle", "description": "body", "sku": "sku", "price": "price", "compare-at price": "before",
    "inventory quantity": "quantity", "inventory tracker": "tracker", "continue selling when out of stock": "policy",
    "barcode": "barcode", "product image url": "image", "variant image url": "variant image",
    "published on online store": "published", "product category": "category",
}  # fmt: skip


def _lower(look: Look) -> frozenset[str]:
    return frozenset(name.lower() for name in look.keys)


def _recognise(look: Look) -> bool:
    names = _lower(look)
    shaped = {"handle", "variant price"} <= names or {"url handle", "option1 name", "price"} <= names
    return look.shape == "table" and shaped


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        names = _OLD if "handle" in _lower(source.look) else _NEW
        handle = next(name for name in source.look.keys if names.get(name.lower()) == "handle")
        for rows in together(source, handle):
            yield Found(source, rows[0].line, "product", _product([_cells(row, names) for row in rows]),
                        raw=rows[0].data)  # fmt: skip
            for row in rows[1:]:
                yield part(source, row.line, "product")


def _cells(row: Row, names: Mapping[str, str]) -> dict[str, str]:
    return {names.get(name.lower(), name.lower()): cell for name, cell in row.data.items() if cell}


def _product(rows: list[dict[str, str]]) -> dict[str, Any]:
    first = rows[0]
    sold = [row for row in rows if row.get("price") or row.get("option1 value")]
    names = [first.get(f"option{n} name") or f"option {n}" for n in (1, 2, 3)]
    single = len(sold) == 1 and sold[0].get("option1 value") in (None, "Default Title")
    record: dict[str, Any] = {
        "id": first.get("handle"),
        "title": first.get("title"),
        "description": plain_text(first.get("body")),
        "brand": first.get("vendor"),
        "category": first.get("category") or first.get("type"),
        "attributes": {"tags": parts(first.get("tags"))} if first.get("tags") else {},
        "images": list(dict.fromkeys(row["image"] for row in rows if row.get("image"))),
        "hidden": first.get("status", "active").lower() != "active"
        or first.get("published", "true").lower() == "false",
    }
    if single:
        record |= _offer(sold[0])
        record["attributes"] |= filled({"sku": sold[0].get("sku"), "gtin": sold[0].get("barcode", "").strip("'")})
    else:
        ids = unique(_variant_id(row) for row in sold)
        record["variants"] = [_variant(row, id, names) for row, id in zip(sold, ids, strict=True)]
    return filled(record)


def _variant_id(row: Mapping[str, str]) -> str:
    values = [row[name] for n in (1, 2, 3) if (name := f"option{n} value") in row]
    return row.get("sku") or ":".join([row.get("handle", ""), *values])


def _variant(row: Mapping[str, str], id: str, names: list[str]) -> dict[str, Any]:
    values = {names[n - 1]: row[f"option{n} value"] for n in (1, 2, 3) if row.get(f"option{n} value")}
    return filled(
        {
            "id": id,
            "title": " / ".join(values.values()),
            "attributes": values,
            "sku": row.get("sku"),
            "barcode": row.get("barcode", "").strip("'"),
            "image": row.get("variant image"),
            **_offer(row),
        }
    )


def _offer(row: Mapping[str, str]) -> dict[str, Any]:
    """Price and stock; stock is known only where Shopify tracks it and does not go on selling without."""
    tracked = bool(row.get("tracker")) and row.get("policy", "deny").lower() not in ("continue", "true")
    return reduced(row.get("price"), row.get("before")) | filled({"stock": row.get("quantity") if tracked else None})


SHOPIFY = Format("shopify", _recognise, _convert, phase(0))

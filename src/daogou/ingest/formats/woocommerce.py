"""WooCommerce's product CSV, in five languages: variations are rows of their own that name their parent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, part, phase, refusal
from daogou.ingest.formats.values import filled, parts, plain_text, reduced
from daogou.ingest.formats.woocommerce_names import english, in_english
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.rows import Row
from daogou.ingest.reading.source import Source


def _recognise(look: Look) -> bool:
    return look.shape == "table" and {"Type", "SKU", "Name", "Regular price"} <= in_english(look.keys)


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    """Variations may stand before or after their parent, so a catalogue is held in memory while it is read."""
    for source in sources:
        names = {heading: english(heading) for heading in source.look.keys}
        source.columns = {there: here for here, there in names.items()}
        rows = [Row(line, {names.get(name, name): cell for name, cell in cells.items()}) for line, cells in source]
        parents = {key: row.line for row in rows if not _is_variation(row) for key in _keys(row)}
        variations: dict[int, list[Row]] = {}
        for row in filter(_is_variation, rows):
            line = parents.get(str(row.data.get("Parent", "")).strip())
            if line is None:
                yield refusal(source, row.line, "product", row.data, field="Parent",
                              reason="no such parent in this file", rule="unknown-product")  # fmt: skip
            else:
                variations.setdefault(line, []).append(row)
                yield part(source, row.line, "product")
        for row in rows:
            if not _is_variation(row):
                yield Found(source, row.line, "product", _product(row, variations.get(row.line, [])), raw=row.data)


def _is_variation(row: Row) -> bool:
    return "variation" in parts(str(row.data.get("Type", "")).lower())


def _keys(row: Row) -> list[str]:
    id, sku = row.data.get("ID"), row.data.get("SKU")
    return [key for key in (f"id:{id}" if id else None, sku) if key]


def _product(row: Row, variations: list[Row]) -> dict[str, Any]:
    cells = row.data
    record = {
        "id": cells.get("ID") or cells.get("SKU"),
        "title": cells.get("Name"),
        "description": plain_text(cells.get("Description") or cells.get("Short description")),
        "brand": next(iter(parts(cells.get("Brands"))), None),
        "category": max(parts(cells.get("Categories")), key=lambda path: path.count(">"), default=None),
        "attributes": _attributes(cells) | filled({"tags": parts(cells.get("Tags"))}) | _codes(cells),
        "images": parts(cells.get("Images")),
        "hidden": cells.get("Published", "1") != "1" or cells.get("Visibility in catalog") == "hidden",
        "url": cells.get("External URL"),
    }
    if variations:
        record["variants"] = [_variant(variation.data) for variation in variations]
    return filled(record | _offer(cells))


def _variant(cells: Mapping[str, Any]) -> dict[str, Any]:
    attributes = _attributes(cells)
    return filled(
        {
            "id": cells.get("ID") or cells.get("SKU"),
            "title": " / ".join(value for values in attributes.values() for value in values),
            "attributes": attributes,
            "sku": cells.get("SKU"),
            "barcode": cells.get("GTIN, UPC, EAN, or ISBN"),
            "image": next(iter(parts(cells.get("Images"))), None),
        }
        | _offer(cells)
    )


def _attributes(cells: Mapping[str, Any]) -> dict[str, list[str]]:
    names = [(n, cells[f"Attribute {n} name"]) for n in range(1, 100) if cells.get(f"Attribute {n} name")]
    found = {name: parts(cells.get(f"Attribute {n} value(s)")) for n, name in names}
    return {name: values for name, values in found.items() if values}


def _codes(cells: Mapping[str, Any]) -> dict[str, Any]:
    """What orders and scanners name the product by."""
    return filled({"sku": cells.get("SKU"), "gtin": cells.get("GTIN, UPC, EAN, or ISBN")})


def _offer(cells: Mapping[str, Any]) -> dict[str, Any]:
    stock = cells.get("Stock")
    if cells.get("In stock?") == "0" and not stock:
        stock = 0
    if stock == "parent" or cells.get("Backorders allowed?") == "1":
        stock = None
    return reduced(cells.get("Sale price"), cells.get("Regular price")) | (
        {} if stock in (None, "") else {"stock": stock}
    )


WOOCOMMERCE = Format("woocommerce", _recognise, _convert, phase(0))

"""Magento's product CSV: a row a product and store view; configurable products name the rows of their variants.

Field list: experienceleague.adobe.com, Commerce Admin, System, Data transfer, data attributes of products.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, columns, part, phase
from daogou.ingest.formats.values import filled, parts, plain_text, reduced
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.rows import Row
from daogou.ingest.reading.source import Source

_ROOTS = ("Default Category", "Root Catalog")
_VARIANT = frozenset({"sku", "price", "special_price"})


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    """A variant may stand anywhere in the file, so a catalogue is held in memory while it is read."""
    for source in sources:
        rows = list(source)
        default = [row for row in rows if not row.data.get("store_view_code")]
        simple = {str(row.data.get("sku")): row for row in default}
        named = {sku for row in default for sku, _ in _variations(row.data)}
        for row in rows:
            if row.data.get("store_view_code") or row.data.get("sku") in named:
                yield part(source, row.line, "product")
            else:
                yield Found(source, row.line, "product", _product(row, simple), raw=row.data)


def _variations(cells: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """(sku, what distinguishes it) of each: sku=MH01-S,size=S|sku=MH01-M,size=M."""
    found = []
    for said in parts(cells.get("configurable_variations"), "|"):
        pairs = dict(pair.split("=", 1) for pair in said.split(",") if "=" in pair)
        if "sku" in pairs:
            found.append((pairs["sku"], {name: value for name, value in pairs.items() if name not in _VARIANT}))
    return found


def _product(row: Row, simple: Mapping[str, Row]) -> dict[str, Any]:
    cells, attributes = row.data, _attributes(row.data)
    paths = [_path(path) for path in parts(cells.get("categories"))]
    return filled(
        {
            "id": cells.get("sku"),
            "title": cells.get("name"),
            "description": plain_text(cells.get("description") or cells.get("short_description")),
            "brand": attributes.pop("manufacturer", None) or attributes.pop("brand", None),
            "category": max(paths, key=lambda path: path.count(">"), default=None),
            **_offer(cells),
            "attributes": attributes,
            "images": parts(cells.get("base_image")) + parts(cells.get("additional_images")),
            "hidden": cells.get("product_online") in ("0", "2") or "Not Visible" in str(cells.get("visibility")),
            "variants": [
                _variant(sku, values, simple[sku].data) for sku, values in _variations(cells) if sku in simple
            ],
        }
    )


def _variant(sku: str, values: Mapping[str, str], cells: Mapping[str, Any]) -> dict[str, Any]:
    title = " / ".join(values.values())
    image = next(iter(parts(cells.get("base_image"))), None)
    return filled({"id": sku, "sku": sku, "title": title, "attributes": values, "image": image, **_offer(cells)})


def _offer(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Price and stock; a configurable product has those of its variants, and one that may be ordered later no stock."""
    if _variations(cells):
        return {}
    stock = "0" if cells.get("is_in_stock") == "0" else cells.get("qty")
    counted = cells.get("manage_stock") != "0" and cells.get("allow_backorders") not in ("1", "2")
    return reduced(cells.get("special_price"), cells.get("price")) | ({"stock": stock} if counted and stock else {})


def _path(said: str) -> str:
    """Default Category/Gear/Bags without its root, as Gear > Bags."""
    steps = [step.strip() for step in said.split("/")]
    return " > ".join(steps[1:] if steps[0] in _ROOTS else steps)


def _attributes(cells: Mapping[str, Any]) -> dict[str, Any]:
    """`additional_attributes` as color=Blue,activity=Gym|Hiking; a comma inside a value belongs to it."""
    found: dict[str, str] = {}
    name = ""
    for piece in str(cells.get("additional_attributes") or "").split(","):
        key, equals, value = piece.partition("=")
        if equals:
            name = key.strip()
            found[name] = value.strip()
        elif name:
            found[name] += f",{piece}"
    return {name: value.split("|") if "|" in value else value for name, value in found.items() if value}


MAGENTO = Format("magento", columns("sku", "name", "product_type", "attribute_set_code"), _convert, phase(0))

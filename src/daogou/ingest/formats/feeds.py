"""Product feeds with one row a variant: Google Merchant (XML, TSV, JSON lines) and OpenAI (CSV, TSV, JSON lines).

Field lists: support.google.com/merchants/answer/7052112 and developers.openai.com/commerce/specs. A row becomes a
product of its own; `item_group_id` becomes its `parent`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Fix, Format, Found, phase, refusal
from daogou.ingest.formats.values import amount, filled, parts, plain_text, reduced
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.source import Source

# Names of earlier versions of the OpenAI feed, and of Google's, to the ones read here.
_NAMES = {
    "item_id": "id", "url": "link", "image_url": "image_link", "additional_image_urls": "additional_image_link",
    "group_id": "item_group_id", "product_category": "product_type", "enable_search": "is_eligible_search",
}  # fmt: skip
_ATTRIBUTES = (
    "color", "size", "size_system", "size_type", "material", "pattern", "gender", "age_group", "condition", "gtin",
    "mpn", "google_product_category", "product_highlight", "availability_date",
    *(f"custom_label_{n}" for n in range(5)),
)  # fmt: skip
_OPENAI = frozenset({"item_id", "is_eligible_search", "enable_search", "is_eligible_checkout", "seller_name"})
_ABSENT = frozenset({"out_of_stock", "out of stock", "discontinued"})
_PRESENT = frozenset({"in_stock", "in stock", "limited_stock", "unknown", ""})
_LATER = frozenset({"preorder", "pre_order", "pre-order", "backorder"})


def _names(look: Look) -> frozenset[str]:
    return frozenset(_normal(name) for name in look.keys)


def _normal(name: str) -> str:
    return name.strip().lower().removeprefix("g:").replace(" ", "_")


def _is_google(look: Look) -> bool:
    if look.shape == "xml":
        return bool(look.keys & {"rss", "feed", "rdf"})
    names = _names(look)
    return {"id", "title"} <= names and len(names & {"link", "image_link", "availability", "item_group_id"}) >= 2


def _is_openai(look: Look) -> bool:
    names = _names(look)
    return "title" in names and bool(names & {"id", "item_id"}) and bool(names & _OPENAI)


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            yield from _found(source, line, row)


def _found(source: Source, line: int, row: dict[str, Any]) -> Iterator[Found]:
    cells = {}
    for name, value in row.items():
        key = _normal(name)
        cells[_NAMES.get(key, key)] = value
    if str(cells.get("is_eligible_search", "true")).lower() == "false":
        yield refusal(source, line, "product", row, field="is_eligible_search", reason="the feed keeps it from search")
        return
    fixes: list[Fix] = []
    yield Found(source, line, "product", _product(cells, fixes), tuple(fixes), row)


def _product(cells: Mapping[str, Any], fixes: list[Fix]) -> dict[str, Any]:
    price, currency = amount(cells.get("price"))
    sale, sale_currency = amount(cells.get("sale_price"))
    attributes = {name: cells[name] for name in _ATTRIBUTES if cells.get(name)}
    attributes |= _details(cells.get("product_detail"))
    return filled(
        {
            "id": cells.get("id"),
            "title": cells.get("title"),
            "description": plain_text(cells.get("description")),
            "brand": cells.get("brand"),
            "category": _category(cells),
            **reduced(sale, price),
            "currency": currency or sale_currency,
            "stock": _stock(cells, fixes),
            "attributes": attributes,
            "images": parts(cells.get("image_link")) + parts(cells.get("additional_image_link")),
            "parent": cells.get("item_group_id"),
            "url": cells.get("link"),
        }
    )


def _stock(cells: Mapping[str, Any], fixes: list[Fix]) -> int | None:
    """Feeds say whether, not how many: out of stock is none, everything else is not tracked."""
    said = str(cells.get("availability") or "").strip().lower()
    if said in _ABSENT:
        return 0
    if said not in _PRESENT | _LATER:
        fixes.append(Fix("availability", f"{said!r} is none of the feed's values: read as in stock"))
    return None


def _category(cells: Mapping[str, Any]) -> Any:
    given = cells.get("product_type") or cells.get("google_product_category")
    path = given[0] if isinstance(given, list) and given else given
    return None if path is None or str(path).isdecimal() else path


def _details(given: Any) -> dict[str, Any]:
    """`product_detail` elements: attribute_name and attribute_value."""
    details = given if isinstance(given, list) else [given]
    return {
        str(detail["attribute_name"]): detail["attribute_value"]
        for detail in details
        if isinstance(detail, Mapping) and detail.get("attribute_name") and detail.get("attribute_value")
    }


GOOGLE = Format("google-merchant", _is_google, _convert, phase(0))
OPENAI = Format("openai-feed", _is_openai, _convert, phase(0))

"""A Django fixture of a Saleor shop: {"model", "pk", "fields"} objects that refer to each other by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from daogou.ingest.formats.base import Format, Found, keys, part, phase, refusal
from daogou.ingest.formats.values import filled, plain_text
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.rows import Row
from daogou.ingest.reading.source import Source

_KEPT = frozenset(
    {"product.product", "product.productvariant", "product.productvariantchannellisting", "product.productmedia",
     "product.productchannellisting", "product.category", "product.producttype", "warehouse.stock", "page.page",
     "attribute.attribute", "attribute.attributevalue", "attribute.assignedproductattributevalue",
     "attribute.assignedvariantattribute", "attribute.assignedvariantattributevalue"}
)  # fmt: skip
Fields = Mapping[str, Any]


@dataclass(slots=True)
class _Tables:
    """The fixture by model and key, with the references of each model indexed once."""

    by_model: dict[str, dict[str, Fields]] = field(default_factory=dict)
    _indexes: dict[tuple[str, str], dict[str, list[tuple[str, Fields]]]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        fields = row.data.get("fields")
        if isinstance(fields, Mapping):
            self.by_model.setdefault(str(row.data.get("model")), {})[str(row.data.get("pk"))] = fields

    def get(self, model: str, key: Any) -> Fields:
        return self.by_model.get(model, {}).get(str(key), {})

    def of(self, model: str, name: str, key: Any) -> list[tuple[str, Fields]]:
        """The rows of a model whose field `name` refers to the key."""
        index = self._indexes.get((model, name))
        if index is None:
            index = self._indexes[model, name] = {}
            for own, fields in self.by_model.get(model, {}).items():
                index.setdefault(str(fields.get(name)), []).append((own, fields))
        return index.get(str(key), [])


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        rows, tables = list(source), _Tables()
        for row in rows:
            tables.add(row)
        for row in rows:
            model, key = str(row.data.get("model")), str(row.data.get("pk"))
            if model == "product.product":
                yield Found(source, row.line, "product", _product(tables, key, options.currency), raw=row.data)
            elif model == "page.page":
                yield Found(source, row.line, "article", _page(tables, key), raw=row.data)
            elif model in _KEPT:
                yield part(source, row.line, "product")
            else:
                yield refusal(source, row.line, "other", row.data, field="model", reason=f"not imported: {model}")


def _product(tables: _Tables, key: str, currency: str) -> dict[str, Any]:
    fields = tables.get("product.product", key)
    listings = tables.of("product.productchannellisting", "product", key)
    media = tables.of("product.productmedia", "product", key)
    kind = tables.get("product.producttype", fields.get("product_type"))
    assigned = [value for _, each in tables.of("attribute.assignedproductattributevalue", "product", key)
                if (value := each.get("value"))]  # fmt: skip
    return filled(
        {
            "id": key,
            "title": fields.get("name"),
            "description": fields.get("description_plaintext") or _blocks(fields.get("description")),
            "category": _path(tables, fields.get("category")) or kind.get("name"),
            "attributes": _values(tables, assigned) | filled({"product type": kind.get("name")}),
            "images": [each.get("image") or each.get("external_url") for _, each in media],
            "variants": [_variant(tables, own, each, currency)
                         for own, each in tables.of("product.productvariant", "product", key)],
            "hidden": bool(listings) and not any(each.get("is_published") for _, each in listings),
            "released": fields.get("created_at"),
        }
    )  # fmt: skip


def _path(tables: _Tables, key: Any) -> list[str]:
    """From the department down; a category that is its own ancestor ends the walk."""
    path: list[str] = []
    seen: set[str] = set()
    while key is not None and str(key) not in seen:
        seen.add(str(key))
        fields = tables.get("product.category", key)
        if fields.get("name"):
            path.insert(0, str(fields["name"]))
        key = fields.get("parent")
    return path


def _variant(tables: _Tables, key: str, fields: Fields, currency: str) -> dict[str, Any]:
    offers = [each for _, each in tables.of("product.productvariantchannellisting", "variant", key)
              if each.get("price_amount") is not None]  # fmt: skip
    offer: Fields = next((each for each in offers if each.get("currency") == currency), offers[0] if offers else {})
    stocks = [each.get("quantity") for _, each in tables.of("warehouse.stock", "product_variant", key)]
    known = [stock for stock in stocks if isinstance(stock, int)]
    assigned = [
        each.get("value")
        for own, _ in tables.of("attribute.assignedvariantattribute", "variant", key)
        for _, each in tables.of("attribute.assignedvariantattributevalue", "assignment", own)
    ]
    return filled(
        {
            "id": key,
            "title": fields.get("name"),
            "price": offer.get("discounted_price_amount") or offer.get("price_amount"),
            "list_price": offer.get("price_amount"),
            "currency": offer.get("currency"),
            "attributes": _values(tables, assigned),
            "sku": fields.get("sku"),
        }
    ) | ({"stock": sum(known)} if known and fields.get("track_inventory") else {})


def _values(tables: _Tables, keys: Sequence[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys:
        value = tables.get("attribute.attributevalue", key)
        name = tables.get("attribute.attribute", value.get("attribute")).get("name")
        if name and value.get("name"):
            found.setdefault(str(name), []).append(str(value["name"]))
    return found


def _page(tables: _Tables, key: str) -> dict[str, Any]:
    fields = tables.get("page.page", key)
    body = _blocks(fields.get("content")) or fields.get("title")
    return filled({"id": f"page:{key}", "title": fields.get("title"), "body": body, "kind": "story"})


def _blocks(content: Any) -> str:
    """The words of an editor.js document."""
    blocks = content.get("blocks") if isinstance(content, Mapping) else None
    said = []
    for block in blocks if isinstance(blocks, list) else []:
        data = block.get("data") if isinstance(block, Mapping) else None
        if isinstance(data, Mapping):
            items = data.get("items")
            said += [
                plain_text(line) for line in (data.get("text"), *(items if isinstance(items, list) else ())) if line
            ]
    return "\n".join(said)


FIXTURE = Format("saleor-fixture", keys("model", "pk", "fields"), _convert, phase(0))

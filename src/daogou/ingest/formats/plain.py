"""JSON catalogues of demonstration shops and hand-made exports: products, baskets and users under common names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from daogou.ingest.formats.base import Fix, Format, Found, keys, phase, refusal
from daogou.ingest.formats.values import filled, plain_text
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.source import Source

_TITLES = ("title", "name", "product_name", "productName")
_STOCKS = ("stock", "current_stock", "quantity", "inventory")
_SCALARS = ("style", "gender_affinity", "gender", "material", "color", "size", "sku", "tags", "weight",
            "warrantyInformation", "shippingInformation", "returnPolicy")  # fmt: skip
_NAMES = {"gender_affinity": "gender", "warrantyInformation": "warranty", "shippingInformation": "shipping",
          "returnPolicy": "returns"}  # fmt: skip


def _is_catalogue(look: Look) -> bool:
    objects = look.shape in ("json", "jsonl") and "id" in look.keys and "price" in look.keys
    foreign = bool(look.keys & {"name", "thumbnail", "current_stock", "image", "discountPercentage"})
    return objects and foreign and bool(look.keys & set(_TITLES))


def _products(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            yield Found(source, line, "product", _product(row), raw=row)
            reviews = row.get("reviews")
            for number, review in enumerate(reviews if isinstance(reviews, list) else []):
                yield _review(source, line, row, review, number)


def _product(row: Mapping[str, Any]) -> dict[str, Any]:
    images = row.get("images") or row.get("image") or row.get("thumbnail")
    attributes = {
        _NAMES.get(name, name): row[name] for name in _SCALARS if isinstance(row.get(name), str | int | float)
    }
    if isinstance(row.get("tags"), list):
        attributes["tags"] = [tag for tag in row["tags"] if isinstance(tag, str)]
    return filled(
        {
            "id": row.get("id"),
            "title": next((row[name] for name in _TITLES if row.get(name)), None),
            "description": plain_text(row.get("description")),
            "brand": row.get("brand"),
            "category": _category(row),
            **_price(row),
            "currency": row.get("currency"),
            "stock": next((row[name] for name in _STOCKS if name in row), None),
            "attributes": attributes,
            "images": images if isinstance(images, list) else [images] if images else None,
            "url": row.get("link") or row.get("url"),
        }
    )


def _category(row: Mapping[str, Any]) -> Any:
    """The category; what the retail demo store calls the style is its second step."""
    category, style = row.get("category"), row.get("style")
    return [category, style] if isinstance(category, str) and isinstance(style, str) else category


def _price(row: Mapping[str, Any]) -> dict[str, Any]:
    """`price` before `discountPercentage` (DummyJSON): the shopper pays the reduced one."""
    price, percent = row.get("price"), row.get("discountPercentage")
    try:
        factor = 1 - Decimal(str(percent)) / 100
        reduced = (Decimal(str(price)) * factor).quantize(Decimal("0.01"))
    except (InvalidOperation, ValueError):
        return {"price": price}
    return {"price": str(reduced), "list_price": price} if 0 < factor < 1 else {"price": price}


def _review(source: Source, line: int, row: Mapping[str, Any], review: Any, number: int) -> Found:
    if not isinstance(review, Mapping):
        return refusal(source, line, "review", review, field="reviews", reason="is no object", rule="bad-value")
    record = {
        "id": f"{row.get('id')}:{number}",
        "product": row.get("id"),
        "rating": review.get("rating"),
        "text": review.get("comment") or review.get("text"),
        "at": review.get("date"),
    }
    return Found(source, line, "review", filled(record), raw=review)


def _is_baskets(look: Look) -> bool:
    return keys("id", "products", "userId")(look)


def _baskets(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    """Baskets have no date: each product in one is a cart event at the moment of the import."""
    fix = Fix("at", "dated with the moment of the import", "undated")
    for source in sources:
        for line, row in source:
            lines = row.get("products")
            for number, each in enumerate(lines if isinstance(lines, list) else []):
                if not isinstance(each, Mapping):
                    yield refusal(source, line, "event", row, field="products", reason="is no object", rule="bad-value")
                    continue
                record = {
                    "type": "cart",
                    "id": f"basket:{row.get('id')}:{number}",
                    "shopper": row.get("userId"),
                    "product": each.get("id"),
                    "quantity": each.get("quantity"),
                    "price": each.get("price"),
                    "at": options.now,
                }
                yield Found(source, line, "event", filled(record), (fix,), row)


def _users(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    labels = ("gender", "age", "persona", "discount_persona")
    for source in sources:
        for line, row in source:
            record = {
                "id": row.get("id"),
                "name": row.get("name") or row.get("username"),
                "labels": {name: row[name] for name in labels if isinstance(row.get(name), str | int)},
            }
            yield Found(source, line, "shopper", filled(record), raw=row)


CATALOGUE = Format("plain-catalogue", _is_catalogue, _products, phase(0))
BASKETS = Format("plain-baskets", _is_baskets, _baskets, phase(3))
USERS = Format("plain-users", keys("id", "username"), _users, phase(1))

"""Products and variants as records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from daogou.domain.ids import ProductId, VariantId
from daogou.domain.money import Money
from daogou.domain.product import Product, Variant
from daogou.domain.text import Text
from daogou.ingest.records.fields import (
    FieldError,
    Object,
    compact,
    currency_of,
    flag,
    identifier,
    integer,
    items,
    money,
    objects,
    optional_instant,
    plain,
    required_id,
    text,
    uninstant,
    unmoney,
    unworded,
    words,
)

KEYS = frozenset(
    {"id", "title", "description", "brand", "category", "price", "currency", "list_price", "stock", "attributes",
     "images", "variants", "parent", "released", "hidden", "url"}
)  # fmt: skip
VARIANT_KEYS = frozenset(
    {"id", "title", "price", "currency", "list_price", "stock", "attributes", "sku", "barcode", "image"}
)


def decode_product(record: Object, where: str = "", *, currency: str = "USD") -> Product:
    """Read a product.

    With variants, a `stock` left out is the sum of theirs (unknown if any is not tracked), a `price` left out is their
    lowest, and a `list_price` left out what that one cost before. Raises FieldError.
    """
    currency = currency_of(record, currency)
    variants = tuple(_variant(each, currency) for each in objects(record, "variants"))
    title = words(record.get("title"), "title")
    if not title:
        raise FieldError("title", "is missing", rule="missing-field", where=where)
    return Product(
        id=ProductId(required_id(record, "id")),
        title=title,
        description=words(record.get("description"), "description"),
        brand=text(record, "brand") or None,
        category=category(record.get("category")),
        price=money(record, "price", currency) if "price" in record else _lowest(variants),
        list_price=_before(variants)
        if "price" not in record and "list_price" not in record
        else money(record, "list_price", currency),
        stock=integer(record, "stock") if "stock" in record else _sum(variants),
        attributes=attributes(record.get("attributes")),
        images=tuple(plain(image, "images") for image in items(record.get("images"))),
        variants=variants,
        parent=ProductId(parent) if (parent := identifier(record, "parent")) else None,
        released=optional_instant(record, "released"),
        hidden=flag(record, "hidden"),
        url=text(record, "url") or None,
    )


def _variant(record: Object, currency: str) -> Variant:
    currency = currency_of(record, currency)
    return Variant(
        id=VariantId(required_id(record, "id")),
        title=words(record.get("title"), "title"),
        price=money(record, "price", currency),
        list_price=money(record, "list_price", currency),
        stock=integer(record, "stock"),
        attributes=attributes(record.get("attributes")),
        sku=text(record, "sku") or None,
        barcode=text(record, "barcode") or None,
        image=text(record, "image") or None,
    )


def _lowest(variants: tuple[Variant, ...]) -> Money | None:
    prices = [variant.price for variant in variants if variant.price is not None]
    return min(prices, key=lambda price: price.minor) if len({price.currency for price in prices}) == 1 else None


def _before(variants: tuple[Variant, ...]) -> Money | None:
    lowest = _lowest(variants)
    return next((variant.list_price for variant in variants if lowest and variant.price == lowest), None)


def _sum(variants: tuple[Variant, ...]) -> int | None:
    stocks = [variant.stock for variant in variants]
    known = [stock for stock in stocks if stock is not None]
    return sum(known) if known and len(known) == len(stocks) else None


def category(value: Any) -> tuple[Text, ...]:
    """A path from the department down: a list of steps, or text "A > B"."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        value = [step.strip() for step in plain(value, "category").split(">")]
    if not isinstance(value, list | tuple):
        raise FieldError("category", f"expected a list or text such as 'A > B', found {value!r:.80}")
    steps = (words(step, "category") for step in value)
    return tuple(step for step in steps if step)


def attributes(value: Any) -> Mapping[str, tuple[Text, ...]]:
    """Name → one value or a list of them; names are lower-cased, names without a value are left out."""
    if value is None or value == "":
        return {}
    if not isinstance(value, Mapping):
        raise FieldError("attributes", f"expected an object of name → value, found {value!r:.80}")
    found: dict[str, tuple[Text, ...]] = {}
    for name, given in value.items():
        listed = given if isinstance(given, list | tuple) else [given]
        values = tuple(each for entry in listed if (each := words(entry, f"attributes.{name}")))
        key = plain(name, "attributes").strip().lower()
        if key and values:
            found[key] = values
    return found


def encode_product(product: Product) -> dict[str, Any]:
    """The inverse of `decode_product`."""
    currency = _currency(product.price, product.list_price)
    record = compact(
        {
            "id": product.id,
            "title": unworded(product.title),
            "description": unworded(product.description),
            "brand": product.brand,
            "category": [unworded(step) for step in product.category],
            "price": None if product.price is None else unmoney(product.price),
            "currency": currency,
            "list_price": None if product.list_price is None else unmoney(product.list_price),
            "stock": product.stock,
            "attributes": _plain_attributes(product.attributes),
            "images": list(product.images),
            "variants": [_encode_variant(variant) for variant in product.variants],
            "parent": product.parent,
            "released": None if product.released is None else uninstant(product.released),
            "url": product.url,
        }
    )
    if product.variants:  # a null says "unknown" where leaving it out would say "as the variants have it"
        record.setdefault("price", None)
        record.setdefault("list_price", None)
        record.setdefault("stock", None)
    return record | ({"hidden": True} if product.hidden else {})


def _encode_variant(variant: Variant) -> dict[str, Any]:
    return compact(
        {
            "id": variant.id,
            "title": unworded(variant.title),
            "price": None if variant.price is None else unmoney(variant.price),
            "currency": _currency(variant.price, variant.list_price),
            "list_price": None if variant.list_price is None else unmoney(variant.list_price),
            "stock": variant.stock,
            "attributes": _plain_attributes(variant.attributes),
            "sku": variant.sku,
            "barcode": variant.barcode,
            "image": variant.image,
        }
    )


def _plain_attributes(attributes: Mapping[str, tuple[Text, ...]]) -> dict[str, Any]:
    return {
        name: unworded(values[0]) if len(values) == 1 else [unworded(value) for value in values]
        for name, values in attributes.items()
    }


def _currency(*amounts: Money | None) -> str | None:
    found = {amount.currency for amount in amounts if amount is not None}
    if len(found) > 1:
        raise ValueError(f"a record has one currency, found {sorted(found)}")
    return found.pop() if found else None

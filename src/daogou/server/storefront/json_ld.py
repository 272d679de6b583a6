"""What the product page says to search engines, in schema.org's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.domain.review import RatingSummary
    from daogou.domain.text import Language

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def json_ld(product: Product, rating: RatingSummary | None, *, language: Language, address: str, picture: str) -> str:
    """A schema.org Product that stays JSON inside HTML: no character in it can end its element."""
    record: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": product.id,
        "name": product.title.show(language),
        "url": address,
    }
    if product.description:
        record["description"] = product.description.show(language)
    if product.brand:
        record["brand"] = {"@type": "Brand", "name": product.brand}
    if picture:
        record["image"] = picture
    if product.category:
        record["category"] = " > ".join(step.show(language) for step in product.category)
    if product.price:
        stock = "InStock" if product.available else "OutOfStock"
        record["offers"] = {
            "@type": "Offer",
            "price": str(product.price.major),
            "priceCurrency": product.price.currency,
            "availability": f"https://schema.org/{stock}",
        }
    if rating:
        value = {"ratingValue": round(rating.mean, 2), "reviewCount": rating.n}
        record["aggregateRating"] = {"@type": "AggregateRating", **value}
    text = msgspec.json.encode(record).decode()
    return "".join(_ESCAPES.get(letter, letter) for letter in text)

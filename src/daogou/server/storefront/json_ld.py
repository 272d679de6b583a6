"""What the product page says to search engines, in schema.org's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.knowledge.jsonld import product_jsonld, script_json

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.domain.review import RatingSummary
    from daogou.domain.text import Language


def json_ld(product: Product, rating: RatingSummary | None, *, language: Language, address: str, picture: str) -> str:
    """A schema.org Product that stays JSON inside HTML: no character in it can end its element.

    Of the pictures only the one the page shows is named, by its full address.
    """
    record = product_jsonld(product, language=language, url=address, rating=rating) | {"sku": product.id}
    record.pop("image", None)
    return script_json(record | ({"image": picture} if picture else {}))

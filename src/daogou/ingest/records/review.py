"""Reviews as records."""

from __future__ import annotations

from typing import Any

from daogou.domain.ids import ProductId, ReviewId, ShopperId
from daogou.domain.review import Review
from daogou.ingest.records.fields import (
    FieldError,
    Object,
    compact,
    flag,
    identifier,
    integer,
    items,
    number,
    plain,
    required_id,
    required_instant,
    text,
    uninstant,
)

KEYS = frozenset(
    {"id", "product", "shopper", "rating", "title", "text", "at", "verified", "helpful", "images"}
)  # fmt: skip


def decode_review(record: Object, where: str = "", *, currency: str = "USD") -> Review:
    """Read a review; it must have stars or words. Raises FieldError."""
    del currency  # every decoder has the same shape; a review has no price
    rating = number(record, "rating", least=1, most=5)
    title, body = text(record, "title"), text(record, "text")
    if rating is None and not (title or body):
        raise FieldError("rating", "is missing, and so is the text", rule="missing-field", where=where)
    shopper = identifier(record, "shopper")
    return Review(
        product=ProductId(required_id(record, "product")),
        rating=rating,
        at=required_instant(record, "at"),
        id=ReviewId(identifier(record, "id") or ""),
        shopper=None if shopper is None else ShopperId(shopper),
        title=title,
        text=body,
        verified=flag(record, "verified"),
        helpful=integer(record, "helpful", least=0) or 0,
        images=tuple(plain(image, "images") for image in items(record.get("images"))),
    )


def encode_review(review: Review) -> dict[str, Any]:
    """The inverse of `decode_review`."""
    return compact(
        {
            "id": review.id,
            "product": review.product,
            "shopper": review.shopper,
            "rating": review.rating,
            "title": review.title,
            "text": review.text,
            "at": uninstant(review.at),
            "verified": review.verified or None,
            "helpful": review.helpful or None,
            "images": list(review.images),
        }
    )

"""Amazon Reviews 2023: reviews and item metadata as JSON lines, and the benchmark's CSV of ratings.

amazon-reviews-2023.github.io; the benchmark CSV has user_id, parent_asin, rating, timestamp (and history).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.ingest.formats.base import Format, Found, columns, keys, phase
from daogou.ingest.formats.values import amount, filled
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.source import Source

_SIZES = ("hi_res", "large", "thumb", "large_image_url", "medium_image_url", "small_image_url")
_LONGEST_CATEGORY = 8


def _items(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            yield Found(source, line, "product", _item(row), raw=row)


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    price, currency = amount(_price(row.get("price")))
    details = row.get("details")
    details = details if isinstance(details, Mapping) else {}
    text = [line for name in ("description", "features") for line in _lines(row.get(name))]
    return filled(
        {
            "id": row.get("parent_asin"),
            "title": row.get("title") or row.get("parent_asin"),
            "description": "\n".join(text),
            "brand": details.get("Brand") or row.get("store"),
            "category": _lines(row.get("categories"))[:_LONGEST_CATEGORY] or row.get("main_category"),
            "price": price,
            "currency": currency,
            "attributes": {str(name): value for name, value in details.items() if isinstance(value, str | int | float)},
            "images": _images(row.get("images")),
        }
    )


def _price(given: Any) -> Any:
    """The metadata writes "None" and "—" where it knows no price, and "$12.99" or 12.99 where it does."""
    if isinstance(given, str):
        cleaned = given.strip().removeprefix("from ").removeprefix("$")
        return None if cleaned in ("", "None", "—") else cleaned
    return given


def _lines(given: Any) -> list[str]:
    return [str(line) for line in given if line] if isinstance(given, list) else [str(given)] if given else []


def _images(given: Any) -> list[str]:
    images = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
    return [url for each in images if (url := next((each[size] for size in _SIZES if each.get(size)), None))]


def _reviews(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            record = {
                "product": row.get("parent_asin") or row.get("asin"),
                "shopper": row.get("user_id"),
                "rating": row.get("rating"),
                "title": row.get("title"),
                "text": row.get("text"),
                "at": row.get("timestamp") or row.get("sort_timestamp"),
                "verified": row.get("verified_purchase"),
                "helpful": row.get("helpful_vote"),
                "images": _images(row.get("images")),
            }
            yield Found(source, line, "review", filled(record), raw=row)


def _ratings(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        for line, row in source:
            record = {
                "type": "rating",
                "shopper": row.get("user_id"),
                "product": row.get("parent_asin"),
                "value": row.get("rating"),
                "at": row.get("timestamp"),
            }
            yield Found(source, line, "event", record, raw=row)


ITEMS = Format("amazon-2023-items", keys("parent_asin", "title", "details"), _items, phase(0))
REVIEWS = Format("amazon-2023-reviews", keys("asin", "user_id", "rating", "text"), _reviews, phase(3),
                 creates_products=True)  # fmt: skip
RATINGS = Format("amazon-2023-ratings", columns("user_id", "parent_asin", "rating", "timestamp"), _ratings, phase(3),
                 creates_products=True)  # fmt: skip

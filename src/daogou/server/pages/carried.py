"""The basket as a visitor carries it: product, variant and quantity in a cookie. Prices are never in it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

import msgspec

from daogou.domain.ids import ProductId, VariantId
from daogou.promotions.basket import BasketLine

COOKIE, CODE = "daogou_basket", "daogou_code"
MOST_LINES = 40
MOST_OF_ONE = 99
_LARGEST = 3800
"""Characters; browsers keep about 4096 a cookie."""

_Lines = list[tuple[str, str | None, int]]


def unpack(cookie: str) -> tuple[BasketLine, ...]:
    """Read the basket; a cookie that is not one is an empty basket, as its holder may write anything there."""
    try:
        raw = base64.b64decode(cookie.encode() + b"=" * (-len(cookie) % 4), altchars=b"-_", validate=True)
        lines = msgspec.json.decode(raw, type=_Lines)
    except (binascii.Error, ValueError, RecursionError):
        return ()
    kept = [
        BasketLine(ProductId(product), min(n, MOST_OF_ONE), VariantId(variant) if variant else None)
        for product, variant, n in lines[:MOST_LINES]
        if n > 0
    ]
    return tuple(kept)


def pack(lines: Iterable[BasketLine]) -> str:
    """Write the basket; the lines added last are dropped where it would not fit a cookie."""
    rows = [(line.product, line.variant, line.quantity) for line in lines][:MOST_LINES]
    while True:
        text = base64.urlsafe_b64encode(msgspec.json.encode(rows)).decode().rstrip("=")
        if len(text) <= _LARGEST or not rows:
            return text
        rows.pop()


def put(lines: Iterable[BasketLine], line: BasketLine, *, add: bool) -> tuple[BasketLine, ...]:
    """Return the basket with a line set to a quantity, or that much added to it; nothing of it removes the line."""
    kept = {(old.product, old.variant): old.quantity for old in lines}
    key = (line.product, line.variant)
    kept[key] = min(MOST_OF_ONE, line.quantity + (kept.get(key, 0) if add else 0))
    return tuple(BasketLine(product, n, variant) for (product, variant), n in kept.items() if n > 0)

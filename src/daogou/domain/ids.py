"""Names for the identifiers a shop uses, so that a shopper can never be passed where a product is meant."""

import time
from typing import NewType

ProductId = NewType("ProductId", str)
VariantId = NewType("VariantId", str)
ShopperId = NewType("ShopperId", str)
SessionId = NewType("SessionId", str)
OrderId = NewType("OrderId", str)
ShipmentId = NewType("ShipmentId", str)
ReviewId = NewType("ReviewId", str)
PromotionId = NewType("PromotionId", str)
ArticleId = NewType("ArticleId", str)
ConversationId = NewType("ConversationId", str)
EventId = NewType("EventId", str)

Instant = NewType("Instant", int)
"""A moment as epoch milliseconds, UTC."""
DAY_MS = 86_400_000
"""Milliseconds of a day."""


def current_instant() -> Instant:
    """The present moment."""
    return Instant(time.time_ns() // 1_000_000)

"""What shoppers wrote about products."""

from __future__ import annotations

from dataclasses import dataclass

from daogou.domain.ids import Instant, ProductId, ReviewId, ShopperId


@dataclass(frozen=True, slots=True)
class Review:
    """One shopper's opinion of one product."""

    product: ProductId
    rating: float | None
    """Stars, 1 to 5; None where the source has none."""
    at: Instant
    id: ReviewId = ReviewId("")
    """Empty: the store derives it from the content."""
    shopper: ShopperId | None = None
    title: str = ""
    text: str = ""
    verified: bool = False
    helpful: int = 0
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingSummary:
    """How a product is rated, over the reviews that carry stars."""

    n: int
    mean: float
    histogram: tuple[int, int, int, int, int]
    """Counts of one to five stars."""

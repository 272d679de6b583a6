"""Why a product is, or is not, recommended to a shopper, taken apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from daogou.domain.hit import Reason
from daogou.domain.ids import ProductId, ShopperId


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A reason, and what the answer would be had its cause never happened.

    The reason's share is its part of the score and not what the score loses without it: the other steps are then newer
    by one and count for more, and what the ranker says of the product is another. It may even rise.
    """

    reason: Reason
    score: float
    """The product's score without it, computed anew."""
    rank: int | None
    """Its place without it, from 0; None where nothing would speak for the product."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that speaks for one product for one shopper."""

    shopper: ShopperId
    product: ProductId
    release: str
    score: float
    """0 where nothing speaks for the product."""
    rank: int | None
    """Place among all products that may be shown, from 0; None where it may not, or nothing speaks for it."""
    parts: Mapping[str, float]
    """The score by source; adds up to the score."""
    because: tuple[Counterfactual, ...]
    """Largest share first."""
    withheld: str | None = None
    """Why it is not shown, where it is not: "sold out", "bought, rejected or in the basket" and the like."""

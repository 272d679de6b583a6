"""A promotion: a condition, a benefit, and when it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from daogou.domain.ids import Instant, ProductId, PromotionId
from daogou.domain.money import Money
from daogou.domain.text import Text

BenefitKind = Literal["percent_off", "amount_off", "fixed_price", "free_shipping", "buy_x_get_y"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a basket must contain. Empty fields ask for nothing."""

    products: frozenset[ProductId] = frozenset()
    categories: frozenset[str] = frozenset()
    """`Text.key` of any step of a product's category path."""
    brands: frozenset[str] = frozenset()
    min_total: Money | None = None
    min_quantity: int = 1
    segment: str | None = None
    code: str | None = None
    """A coupon code the shopper must enter."""


@dataclass(frozen=True, slots=True)
class Benefit:
    """What the basket gains."""

    kind: BenefitKind
    percent: float = 0.0
    """For percent_off: 20.0 means a fifth less."""
    amount: Money | None = None
    free_quantity: int = 0


@dataclass(frozen=True, slots=True)
class Promotion:
    """An offer on record; nothing else may be promised to a shopper."""

    id: PromotionId
    title: Text
    benefit: Benefit
    condition: Condition = Condition()
    description: Text = Text()
    starts: Instant | None = None
    ends: Instant | None = None
    campaign: str = ""
    stackable: bool = False
    priority: int = 0

    def holds_at(self, at: Instant) -> bool:
        """True from `starts` (included) to `ends` (excluded)."""
        return (self.starts is None or self.starts <= at) and (self.ends is None or at < self.ends)

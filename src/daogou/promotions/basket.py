"""What goes into pricing and what comes out of it: a basket, and the same basket priced with its reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from daogou.domain.ids import ProductId, PromotionId, VariantId
from daogou.domain.money import Money
from daogou.domain.product import Product
from daogou.domain.promotion import BenefitKind
from daogou.domain.text import Text

FindProduct = Callable[[ProductId], Product | None]


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A product and how many. It carries no price: prices come from the catalogue only."""

    product: ProductId
    quantity: int = 1
    variant: VariantId | None = None


@dataclass(frozen=True, slots=True)
class Basket:
    """What a shopper is about to buy."""

    lines: tuple[BasketLine, ...]
    segment: str | None = None
    """The shopper's segment as the store knows it, for promotions that ask for one."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What one promotion takes off, and from which lines."""

    promotion: PromotionId
    kind: BenefitKind
    reason: Text
    """The promotion's title."""
    amount: Money
    """Taken off in all; zero for free shipping."""
    shares: tuple[tuple[int, Money], ...] = ()
    """Number of the priced line (from 0) and its part of the amount; the parts add up exactly."""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with its price before and after promotions."""

    product: ProductId
    variant: VariantId | None
    quantity: int
    unit: Money
    subtotal: Money
    discount: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Nudge:
    """What a promotion still asks for: buy a little more and it applies."""

    promotion: PromotionId
    text: Text
    missing_total: Money | None = None
    missing_quantity: int = 0


@dataclass(frozen=True, slots=True)
class Priced:
    """A basket priced at one moment."""

    lines: tuple[PricedLine, ...]
    adjustments: tuple[Adjustment, ...]
    """In the order they were applied."""
    subtotal: Money
    discount: Money
    total: Money
    free_shipping: bool = False
    nudges: tuple[Nudge, ...] = ()
    unpriced: tuple[BasketLine, ...] = ()
    """Lines the catalogue has no price for, or does not know; they are in no total."""
    code_used: bool = False
    """True if the code that was entered belongs to a promotion that applied."""

"""Which promotions a product page may show, and what the product would cost with each of them alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.money import Money
from daogou.promotions.benefits import discounts
from daogou.promotions.matching import speaks_of

if TYPE_CHECKING:
    from daogou.domain.ids import Instant
    from daogou.domain.product import Product
    from daogou.domain.promotion import Promotion


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion as it stands beside one product."""

    promotion: Promotion
    price: Money | None
    """Of one piece with this promotion alone; None where it needs more than one piece, or changes no price."""
    needs_code: bool


def offers(
    product: Product, promotions: Iterable[Promotion], at: Instant, *, segment: str | None = None
) -> list[Offer]:
    """The promotions that hold at the moment and speak of the product, highest priority first, then by id."""
    found = [
        promotion
        for promotion in promotions
        if promotion.holds_at(at)
        and promotion.condition.segment in {None, segment}
        and speaks_of(promotion.condition, product)
    ]
    found.sort(key=lambda promotion: (-promotion.priority, promotion.id))
    return [Offer(p, _alone(p, product), p.condition.code is not None) for p in found]


def _alone(promotion: Promotion, product: Product) -> Money | None:
    """The price of one piece, if one piece is enough for the promotion."""
    price, least, amount = product.price, promotion.condition.min_total, promotion.benefit.amount
    if price is None or promotion.condition.min_quantity > 1 or promotion.benefit.kind == "buy_x_get_y":
        return None
    if least is not None and (least.currency != price.currency or least.minor > price.minor):
        return None
    if amount is not None and amount.currency != price.currency:
        return None
    off = discounts(promotion, {0: (price.minor, 1)}).get(0, 0)
    return Money(price.minor - off, price.currency) if off else None

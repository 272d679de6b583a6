"""Does a promotion speak of this product, and may this shopper have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.domain.text import Text

if TYPE_CHECKING:
    from daogou.domain.ids import Instant
    from daogou.domain.product import Product
    from daogou.domain.promotion import Condition, Promotion


def speaks_of(condition: Condition, product: Product) -> bool:
    """True if the product is one the condition names; a condition that names none means every product.

    Products, categories and brands are each a list of alternatives; where several are given, all must hold.
    """
    if condition.products and product.id not in condition.products:
        return False
    if condition.categories and condition.categories.isdisjoint(step.key for step in product.category):
        return False
    return not condition.brands or (product.brand is not None and Text.of(product.brand).key in condition.brands)


def open_to(promotion: Promotion, at: Instant, *, segment: str | None, code: str | None) -> bool:
    """True if the promotion holds at the moment for this segment, with this code entered. Case of codes is ignored."""
    condition = promotion.condition
    if not promotion.holds_at(at) or condition.segment not in {None, segment}:
        return False
    return condition.code is None or (code is not None and same_code(condition.code, code))


def same_code(left: str, right: str) -> bool:
    """Compare coupon codes the way people type them."""
    return left.strip().casefold() == right.strip().casefold()

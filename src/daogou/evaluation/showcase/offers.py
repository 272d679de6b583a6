"""Campaigns and coupons: past, running and to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daogou.domain.ids import DAY_MS, Instant, PromotionId
from daogou.domain.money import Money
from daogou.domain.promotion import Benefit, Condition, Promotion
from daogou.domain.text import Text
from daogou.evaluation.showcase.products import CURRENCY, Good
from daogou.evaluation.showcase.vocabulary import table


def build_promotions(goods: Sequence[Good], *, end: Instant) -> Iterator[Promotion]:
    """Yield the offers of the table with their days counted from `end`, whose categories and brands the shop has."""
    known = {step.key for good in goods for step in good.product.category}
    brands = {Text.of(good.brand.text.en).key for good in goods}
    for id, row in table("offers").items():
        promotion = _promotion(id, row, end)
        asked = promotion.condition
        if asked.categories <= known and asked.brands <= brands:
            yield promotion


def _promotion(id: str, row: Mapping[str, Any], end: Instant) -> Promotion:
    first, last = row["days"]
    return Promotion(
        id=PromotionId(id),
        title=Text(*row["title"]),
        description=Text(*row["text"]),
        benefit=Benefit(
            kind=row["kind"],
            percent=float(row.get("percent", 0.0)),
            amount=_yuan(row.get("amount")),
            free_quantity=row.get("free", 0),
        ),
        condition=Condition(
            categories=frozenset(name.casefold() for name in row.get("categories", ())),
            brands=frozenset(name.casefold() for name in row.get("brands", ())),
            min_total=_yuan(row.get("least")),
            min_quantity=row.get("quantity", 1),
            segment=row.get("segment"),
            code=row.get("code"),
        ),
        starts=Instant(end + first * DAY_MS),
        ends=Instant(end + last * DAY_MS),
        campaign=row.get("campaign", ""),
        stackable=row.get("stackable", False),
        priority=row.get("priority", 0),
    )


def _yuan(amount: int | None) -> Money | None:
    return None if amount is None else Money(amount * 100, CURRENCY)

"""What the goods have cost: launch prices, small moves, and the big campaigns' dips."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from daogou.domain.ids import DAY_MS, Instant
from daogou.domain.product import PricePoint, Product
from daogou.evaluation.showcase.products import charm

CAMPAIGNS = ((6, 10, 10), (11, 5, 8), (1, 15, 14))
"""Month, day and length in days of the mid-year sale, Double Eleven and the New Year sale."""


def history_of(product: Product, rng: Random, *, end: Instant) -> Iterator[PricePoint]:
    """Yield price points in time order; the last one is today's price.

    A quarter of the products never changed. The others have 6 to 20 points.
    """
    if product.price is None or product.released is None:
        return
    start = max(product.released, Instant(end - 540 * DAY_MS))
    usual = product.list_price or product.price
    if rng.random() < 0.25 or end - start < 60 * DAY_MS:
        yield PricePoint(product.id, start, product.price, product.list_price)
        return
    for at in sorted({_midnight(start + rng.random() * (end - start)) for _ in range(rng.randrange(5, 20))}):
        if at >= end - DAY_MS:
            break
        regular = charm(usual.minor / 100 * rng.choice((0.95, 1.0, 1.0, 1.05, 1.1)))
        reduced = charm(regular.minor / 100 * rng.choice((0.75, 0.8, 0.88)))
        sale = in_campaign(at) or rng.random() < 0.2
        yield PricePoint(product.id, at, reduced if sale else regular, regular if sale else None)
    yield PricePoint(product.id, _midnight(end - DAY_MS), product.price, product.list_price)


def in_campaign(at: Instant) -> bool:
    """Whether one of the year's big sales is on."""
    day = datetime.fromtimestamp(at / 1000, UTC)
    return any(
        0 <= (day - datetime(day.year, month, first, tzinfo=UTC)).days < length for month, first, length in CAMPAIGNS
    )


def _midnight(at: float) -> Instant:
    return Instant(int(at // DAY_MS) * DAY_MS)

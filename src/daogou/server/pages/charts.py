"""Charts as numbers: where lines and bars go. The templates draw them as SVG, so that they need no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.domain.ids import Instant
    from daogou.domain.money import Money
    from daogou.domain.product import PricePoint
    from daogou.domain.review import RatingSummary

WIDTH, HEIGHT = 640, 160
_MOST_POINTS = 200


@dataclass(frozen=True, slots=True)
class PriceChart:
    """A price over time as a step line: a price holds until the next one."""

    line: str
    """An SVG path of steps, in a box of WIDTH by HEIGHT, later to the right, dearer above."""
    area: str
    """The same, closed along the bottom."""
    lowest: Money
    highest: Money
    last: tuple[float, float]
    """Where the line ends."""
    starts: Instant
    ends: Instant
    points: tuple[PricePoint, ...]
    """Newest first, for the table beside the picture."""

    @property
    def at_lowest(self) -> bool:
        """Is today's price the lowest on record, and has it ever been another?"""
        return self.lowest != self.highest and self.points[0].price == self.lowest


def price_chart(points: Sequence[PricePoint], now: Instant) -> PriceChart | None:
    """Lay out a price history; None where there are not two prices in one currency to compare."""
    if not points:
        return None
    currency = points[-1].price.currency
    kept = [point for point in points if point.price.currency == currency and point.at <= now][-_MOST_POINTS:]
    if len(kept) < 2:
        return None
    low, high = min(p.price for p in kept), max(p.price for p in kept)
    first, span, rise = kept[0].at, max(1, now - kept[0].at), max(1, high.minor - low.minor)
    flat = low == high
    places = [
        (
            round((p.at - first) / span * WIDTH, 1),
            HEIGHT / 2 if flat else round(8 + (high.minor - p.price.minor) / rise * (HEIGHT - 16), 1),
        )
        for p in kept
    ]
    steps = "".join(f"H{x:g}V{y:g}" for x, y in places[1:]) + f"H{WIDTH}"
    line = f"M{places[0][0]:g} {places[0][1]:g}{steps}"
    return PriceChart(
        line=line,
        area=f"{line}V{HEIGHT}H{places[0][0]:g}Z",
        lowest=low,
        highest=high,
        last=(float(WIDTH), places[-1][1]),
        starts=kept[0].at,
        ends=now,
        points=tuple(reversed(kept)),
    )


def histogram(summary: RatingSummary) -> list[tuple[int, int, int]]:
    """Stars, reviews with them, and their part in per cent; five stars first."""
    return [(n, summary.histogram[n - 1], summary.histogram[n - 1] * 100 // max(1, summary.n)) for n in (5, 4, 3, 2, 1)]

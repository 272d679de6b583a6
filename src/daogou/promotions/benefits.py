"""What each kind of benefit takes off the lines it may touch, in whole minor units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.domain.promotion import Promotion

Left = Mapping[int, tuple[int, int]]
"""Line number to (what the line still costs in minor units, quantity)."""


def discounts(promotion: Promotion, left: Left) -> dict[int, int]:
    """Return what the benefit takes off each line; never more than the line still costs, only lines that gain."""
    benefit = promotion.benefit
    amount = benefit.amount.minor if benefit.amount else 0
    match benefit.kind:
        case "percent_off":
            off = _percent(left, benefit.percent)
        case "amount_off":
            off = spread(min(max(amount, 0), _sum(left)), left)
        case "fixed_price" if benefit.amount is not None:
            off = {line: cost - max(amount, 0) * quantity for line, (cost, quantity) in left.items()}
        case "buy_x_get_y":
            off = _free_units(left, buy=max(1, promotion.condition.min_quantity), free=benefit.free_quantity)
        case _:
            off = {}
    return {line: min(gain, left[line][0]) for line, gain in off.items() if gain > 0}


def spread(amount: int, left: Left) -> dict[int, int]:
    """Share out an amount over lines by what they cost: whole units, adding up exactly (largest remainder)."""
    total = _sum(left)
    if total <= 0:
        return {}
    parts = {line: amount * cost // total for line, (cost, _) in left.items()}
    by_remainder = sorted(left, key=lambda line: (-(amount * left[line][0] % total), line))
    for line in by_remainder[: amount - sum(parts.values())]:
        parts[line] += 1
    return parts


def _percent(left: Left, percent: float) -> dict[int, int]:
    share = min(Decimal(100), max(Decimal(0), Decimal(str(percent)))) / 100
    return spread(int((share * _sum(left)).to_integral_value(ROUND_HALF_UP)), left)


def _free_units(left: Left, *, buy: int, free: int) -> dict[int, int]:
    units = sorted((cost, line) for line, value in left.items() for cost in _units(*value))
    groups, rest = divmod(len(units), buy + free)
    n_free = groups * free + max(0, rest - buy)
    off: dict[int, int] = {}
    for cost, line in units[:n_free]:
        off[line] = off.get(line, 0) + cost
    return off


def _units(cost: int, quantity: int) -> Sequence[int]:
    each, rest = divmod(cost, quantity)
    return [each + (n < rest) for n in range(quantity)]


def _sum(left: Left) -> int:
    return sum(cost for cost, _ in left.values())

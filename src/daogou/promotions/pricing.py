"""Prices a basket: a pure function from basket, catalogue and promotions to totals with the reason for each cent off.

The rules, in the order they apply:

1. Prices come from the catalogue; a variant's own price goes before its product's.
2. Promotions go by priority, highest first; within one priority the one that saves most goes first, then by id.
3. A promotion that is not stackable shares no line with any other: it takes lines no promotion has touched, and later
   ones pass those lines over. Stackable ones add up, each working on what the line still costs.
4. Thresholds (minimum total or quantity) count every line the promotion speaks of, before any discount.
5. Free shipping touches no line and goes together with everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from daogou.domain.errors import BadRequest
from daogou.domain.money import Money
from daogou.domain.text import Text
from daogou.promotions.basket import Adjustment, Basket, BasketLine, FindProduct, Nudge, Priced, PricedLine
from daogou.promotions.benefits import discounts
from daogou.promotions.matching import open_to, same_code, speaks_of

if TYPE_CHECKING:
    from daogou.domain.ids import Instant
    from daogou.domain.product import Product
    from daogou.domain.promotion import Promotion

LARGEST_QUANTITY = 10_000
"""Of one line. More is a mistake, and buy-x-get-y counts single units."""


def price(
    basket: Basket, promotions: Iterable[Promotion], at: Instant, *, find: FindProduct, code: str | None = None
) -> Priced:
    """Price the basket at a moment.

    Promotions that do not hold, ask for another segment or for a code that was not entered do nothing. Raises
    BadRequest for a quantity outside 1 to 10,000 and for lines in more than one currency. An empty basket costs zero,
    in the currency code "XXX" (ISO 4217: no currency) as nothing tells which.
    """
    till = _Till.of(basket, find)
    usable = [p for p in promotions if open_to(p, at, segment=basket.segment, code=code)]
    usable.sort(key=lambda p: -p.priority)
    for _, same in groupby(usable, key=lambda p: p.priority):
        till.apply(list(same))
    return till.close(usable, code=code)


@dataclass(slots=True)
class _Line:
    asked: BasketLine
    product: Product
    unit: Money
    left: int
    touched: bool = False
    closed: bool = False
    """True once a promotion that is not stackable has it."""

    @property
    def subtotal(self) -> int:
        return self.unit.minor * self.asked.quantity


class _Till:
    """The running state of pricing one basket."""

    def __init__(self, lines: list[_Line], unpriced: list[BasketLine], currency: str) -> None:
        self.lines = lines
        self.unpriced = unpriced
        self.currency = currency
        self.adjustments: list[Adjustment] = []

    @classmethod
    def of(cls, basket: Basket, find: FindProduct) -> _Till:
        lines: list[_Line] = []
        unpriced: list[BasketLine] = []
        for asked in basket.lines:
            if not 1 <= asked.quantity <= LARGEST_QUANTITY:
                raise BadRequest(
                    f"quantity {asked.quantity} of {asked.product!r} is not between 1 and {LARGEST_QUANTITY}"
                )
            product = find(asked.product)
            unit = _unit_price(product, asked) if product else None
            if product is None or unit is None:
                unpriced.append(asked)
            else:
                lines.append(_Line(asked, product, unit, unit.minor * asked.quantity))
        currencies = sorted({line.unit.currency for line in lines})
        if len(currencies) > 1:
            raise BadRequest(f"a basket has one currency, this one has {', '.join(currencies)}")
        return cls(lines, unpriced, currencies[0] if currencies else "XXX")

    def apply(self, promotions: list[Promotion]) -> None:
        """Apply promotions of one priority, the one that saves most first."""
        waiting = list(promotions)
        while waiting:
            gains = [(self._gain(p), p) for p in waiting]
            off, best = min(gains, key=lambda gain: (-sum(gain[0].values()), gain[1].id))
            waiting.remove(best)
            if off:
                self._take(best, off)
            elif best.benefit.kind == "free_shipping" and self._reached(best):
                self.adjustments.append(Adjustment(best.id, "free_shipping", best.title, Money(0, self.currency)))

    def close(self, usable: list[Promotion], *, code: str | None) -> Priced:
        subtotal = sum(line.subtotal for line in self.lines)
        total = sum(line.left for line in self.lines)
        applied = {adjustment.promotion for adjustment in self.adjustments}
        used = [p for p in usable if p.id in applied]
        return Priced(
            lines=tuple(self._priced(line) for line in self.lines),
            adjustments=tuple(self.adjustments),
            subtotal=self._money(subtotal),
            discount=self._money(subtotal - total),
            total=self._money(total),
            free_shipping=any(p.benefit.kind == "free_shipping" for p in used),
            nudges=tuple(nudge for p in usable if p.id not in applied for nudge in self._nudges(p)),
            unpriced=tuple(self.unpriced),
            code_used=code is not None and any(p.condition.code and same_code(p.condition.code, code) for p in used),
        )

    def _gain(self, promotion: Promotion) -> dict[int, int]:
        if not self._reached(promotion):
            return {}
        amount = promotion.benefit.amount
        if amount is not None and amount.currency != self.currency:
            return {}
        free = {
            n: (line.left, line.asked.quantity)
            for n, line in self._matching(promotion)
            if not line.closed and (promotion.stackable or not line.touched)
        }
        return discounts(promotion, free)

    def _take(self, promotion: Promotion, off: dict[int, int]) -> None:
        for number, gain in off.items():
            line = self.lines[number]
            line.left -= gain
            line.touched = True
            line.closed = not promotion.stackable
        shares = tuple((number, self._money(gain)) for number, gain in sorted(off.items()))
        amount = self._money(sum(off.values()))
        self.adjustments.append(Adjustment(promotion.id, promotion.benefit.kind, promotion.title, amount, shares))

    def _matching(self, promotion: Promotion) -> list[tuple[int, _Line]]:
        return [(n, line) for n, line in enumerate(self.lines) if speaks_of(promotion.condition, line.product)]

    def _reached(self, promotion: Promotion) -> bool:
        total, quantity = self._missing(promotion)
        return bool(self._matching(promotion)) and total == 0 and quantity == 0

    def _missing(self, promotion: Promotion) -> tuple[int, int]:
        """Minor units and pieces still missing; a threshold in another currency is never reached."""
        matching = [line for _, line in self._matching(promotion)]
        condition = promotion.condition
        pieces = sum(line.asked.quantity for line in matching)
        wanted = condition.min_quantity
        if promotion.benefit.kind == "buy_x_get_y":
            wanted = max(1, wanted) + 1
        spent = sum(line.subtotal for line in matching)
        least = condition.min_total
        if least is not None and least.currency != self.currency:
            return least.minor, max(0, wanted - pieces)
        return max(0, (least.minor if least else 0) - spent), max(0, wanted - pieces)

    def _nudges(self, promotion: Promotion) -> list[Nudge]:
        least = promotion.condition.min_total
        if not self._matching(promotion) or (least is not None and least.currency != self.currency):
            return []
        minor, pieces = self._missing(promotion)
        title = promotion.title
        if minor:
            money = self._money(minor)
            text = Text(
                zh=f"再买 {money} 即可享受“{title.show('zh')}”", en=f"Spend {money} more to get “{title.show('en')}”"
            )
            return [Nudge(promotion.id, text, missing_total=money, missing_quantity=pieces)]
        if pieces:
            text = Text(
                zh=f"再买 {pieces} 件即可享受“{title.show('zh')}”", en=f"Add {pieces} more to get “{title.show('en')}”"
            )
            return [Nudge(promotion.id, text, missing_quantity=pieces)]
        return []

    def _priced(self, line: _Line) -> PricedLine:
        return PricedLine(
            product=line.asked.product,
            variant=line.asked.variant,
            quantity=line.asked.quantity,
            unit=line.unit,
            subtotal=self._money(line.subtotal),
            discount=self._money(line.subtotal - line.left),
            total=self._money(line.left),
        )

    def _money(self, minor: int) -> Money:
        return Money(minor, self.currency)


def _unit_price(product: Product, asked: BasketLine) -> Money | None:
    if asked.variant is None:
        return product.price
    variant = next((v for v in product.variants if v.id == asked.variant), None)
    return (variant.price or product.price) if variant else None

"""A shopper's profile, computed from records; every fact names the records it comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.ids import ShopperId

if TYPE_CHECKING:
    from daogou.domain.event import EventType, Recorded
    from daogou.domain.ids import ProductId
    from daogou.domain.product import Product
    from daogou.domain.shopper import Shopper

# How strongly an act speaks for a taste, relative to a purchase. A return takes the purchase back.
_SPEAKS: dict[EventType, float] = {"purchase": 1.0, "cart": 0.5, "click": 0.2, "view": 0.2, "return": -1.0}
_LIKED_FROM = 4.0
_KEPT = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known or inferred of a shopper."""

    name: str
    """"category", "brand", an attribute's name, "price", "language", or a label's name."""
    value: str
    weight: float
    """Part of the shopper's acts that speak for it, 0 to 1; 1 for what was stated."""
    source: str
    """Which records say so."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What the shop knows of a shopper."""

    shopper: ShopperId
    known: bool
    """False where there is no record of the shopper at all."""
    n_events: int
    facts: tuple[Fact, ...]


def build_profile(
    id: ShopperId,
    *,
    shopper: Shopper | None,
    events: Sequence[Recorded],
    product: Callable[[ProductId], Product | None],
) -> Profile:
    """Compute the profile from the shopper's record and newest events; stated facts first, then by weight."""
    facts = [*_stated(shopper), *_tastes(events, product), *_price_band(events, product)]
    return Profile(id, shopper is not None or bool(events), len(events), tuple(facts))


def _stated(shopper: Shopper | None) -> Iterable[Fact]:
    if shopper is None:
        return
    if shopper.language:
        yield Fact("language", shopper.language, 1.0, "stated")
    for name, value in sorted(shopper.labels.items()):
        yield Fact(name, value, 1.0, "stated")


def _tastes(events: Sequence[Recorded], product: Callable[[ProductId], Product | None]) -> Iterable[Fact]:
    weights: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    counts: dict[tuple[str, str], int] = defaultdict(int)
    total = 0.0
    for weight, found in _spoken(events, product):
        total += max(weight, 0.0)
        for name, value in _traits(found):
            weights[name][value] += weight
            counts[name, value] += 1
    for name, values in sorted(weights.items()):
        best = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[:_KEPT]
        for value, weight in best:
            if weight > 0 and counts[name, value] > 1:
                yield Fact(name, value, min(weight / total, 1.0), f"{counts[name, value]} events")


def _price_band(events: Sequence[Recorded], product: Callable[[ProductId], Product | None]) -> Iterable[Fact]:
    prices = sorted(
        found.price for weight, found in _spoken(events, product) if weight >= _SPEAKS["cart"] and found.price
    )
    if len(prices) >= 4:
        low, high = prices[len(prices) // 4], prices[(3 * len(prices)) // 4]
        yield Fact("price", f"{low} – {high}", 0.5, f"middle half of {len(prices)} baskets and purchases")


def _spoken(
    events: Sequence[Recorded], product: Callable[[ProductId], Product | None]
) -> Iterable[tuple[float, Product]]:
    for recorded in events:
        event = recorded.event
        weight = _weight(event.type, event.value)
        found = product(event.product) if event.product and weight else None
        if found is not None:
            yield weight, found


def _weight(type: EventType, value: float | None) -> float:
    if type == "rating" and value is not None:
        return 0.5 if value >= _LIKED_FROM else -0.5
    if type == "thumb" and value is not None:
        return 0.5 if value > 0 else -0.5
    return _SPEAKS.get(type, 0.0)


def _traits(product: Product) -> Iterable[tuple[str, str]]:
    for step in product.category:
        yield "category", step.key
    if product.brand:
        yield "brand", product.brand
    for name, values in product.attributes.items():
        for value in values:
            yield name, value.key

"""Orders gathered from purchases, each as far along as its age allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from random import Random

from daogou.domain.event import Event
from daogou.domain.ids import DAY_MS, Instant, OrderId, ProductId, ShipmentId, ShopperId
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine, OrderStatus, Shipment, ShipmentStatus
from daogou.evaluation.showcase.people import PARCELS, PEOPLE, SCRIPT, scripted_order

CARRIERS = ("飞鸽速运 Pigeon Express", "蓝线物流 Blueline", "驿道快递 Postroad")
_SCRIPTED: dict[OrderId, OrderStatus] = {
    scripted_order(person.id, status): status for person in PEOPLE for _, status in SCRIPT
}
_ON_ITS_WAY = {scripted_order(person, "shipped"): parcel for person, parcel in PARCELS.items()}
_PROGRESS: tuple[tuple[float, OrderStatus], ...] = ((0.2, "pending"), (0.6, "paid"), (1.5, "packed"), (4.5, "shipped"))
_PARCEL: dict[OrderStatus, ShipmentStatus] = {
    "packed": "preparing", "delivered": "delivered", "returning": "delivered", "returned": "returned",
    "refunded": "returned",
}  # fmt: skip


def build_orders(events: Iterable[Event], rng: Random, *, end: Instant) -> Iterator[Order]:
    """Yield one order for each order id among the purchases, in the order of their first purchase."""
    purchases: dict[OrderId, list[Event]] = {}
    returns: dict[OrderId, set[ProductId]] = {}
    for event in events:
        if event.type == "purchase" and event.order:
            purchases.setdefault(event.order, []).append(event)
        elif event.type == "return" and event.order and event.product:
            returns.setdefault(event.order, set()).add(event.product)
    for id, lines in purchases.items():
        yield _order(id, lines, returns.get(id, set()), rng, end=end)


def _order(id: OrderId, bought: Sequence[Event], sent_back: set[ProductId], rng: Random, *, end: Instant) -> Order:
    at = bought[0].at
    status = _SCRIPTED.get(id) or _status((end - at) / DAY_MS, bool(sent_back), rng)
    back = sent_back or ({_product(bought[0])} if status in ("returned", "refunded") else set())
    lines = tuple(
        OrderLine(
            product=_product(event),
            quantity=event.quantity,
            price=_price(event),
            variant=event.variant,
            returned=event.quantity if _product(event) in back and status in ("returned", "refunded") else 0,
        )
        for event in bought
    )
    total = Money(sum(line.price.minor * line.quantity for line in lines), lines[0].price.currency)
    shipments = () if status in ("pending", "paid", "cancelled") else (_shipment(id, at, status, rng, end=end),)
    return Order(id, ShopperId(bought[0].shopper or ""), at, lines, status=status, total=total, shipments=shipments)


def _status(age: float, sent_back: bool, rng: Random) -> OrderStatus:
    if sent_back:
        return rng.choice(("returned", "refunded")) if age > 18 else "returning"
    if rng.random() < 0.03:
        return "cancelled"
    return next((status for days, status in _PROGRESS if age < days), "delivered")


def _shipment(order: OrderId, at: Instant, status: OrderStatus, rng: Random, *, end: Instant) -> Shipment:
    shipped = Instant(at + int((1.0 + rng.random()) * DAY_MS))
    arrived = Instant(shipped + int((1.5 + 1.5 * rng.random()) * DAY_MS))
    parcel = _PARCEL.get(status) or _ON_ITS_WAY.get(order) or _under_way((end - shipped) / DAY_MS, rng)
    prepared = parcel == "preparing"
    return Shipment(
        id=ShipmentId(f"{order}-1"),
        status=parcel,
        carrier=rng.choice(CARRIERS),
        tracking="" if prepared else f"DG{rng.randrange(10**11):011d}",
        shipped=None if prepared or shipped >= end else shipped,
        expected=Instant(arrived + DAY_MS),
        delivered=min(arrived, Instant(end - 1)) if parcel in ("delivered", "returned") else None,
    )


def _under_way(days: float, rng: Random) -> ShipmentStatus:
    if rng.random() < 0.08:
        return "exception"
    return "out_for_delivery" if days > 1.8 else "in_transit"


def _product(event: Event) -> ProductId:
    assert event.product is not None, "a purchase names its product"
    return event.product


def _price(event: Event) -> Money:
    assert event.price is not None, "a simulated purchase has a price"
    return event.price

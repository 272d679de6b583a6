"""Acts that answer about the shop and the shopper's own orders: policies, order status, a person, small talk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from daogou.assistant.drafts import Desk, Draft
from daogou.assistant.phrases import normalised, phrases
from daogou.assistant.say import Said, every, say
from daogou.domain.conversation import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daogou.domain.ids import ArticleId
    from daogou.domain.order import Order

_ORDER_NUMBER = re.compile(r"[a-z]{0,8}[-_#]?\d[\w-]{2,}")
LINES_SHOWN = 5


def policy(desk: Desk) -> Draft:
    """What the shop has published on the topic, which is the intent's own name."""
    topic = desk.turn.intent
    found = [a.id for kind in ("policy", "faq") for a in desk.tools.shop.articles(kind=kind, topic=topic)]
    return _cite(desk, found)


def question(desk: Desk) -> Draft:
    """What the shop has published on what is asked."""
    return _cite(desk, desk.turn.page.articles if desk.turn.page else ())


def _cite(desk: Desk, articles: Sequence[ArticleId]) -> Draft:
    said = [
        one
        for article in articles[:2]
        for one in every(
            say(desk.records, "policy", title=f"article:{article}#title", extract=f"article:{article}#extract")
        )
    ]
    if said:
        return Draft(said, desk.state)
    return Draft(every(say(desk.records, "no_policy")), desk.state, actions=(_button(desk, "hand_over"),))


def order_status(desk: Desk) -> Draft:
    """The shopper's order the message names, else the newest one that is still on its way, else the newest."""
    if not desk.tools.signed_in:
        return Draft(every(say(desk.records, "sign_in")), desk.state, actions=(_button(desk, "sign_in"),))
    own = desk.tools.orders()
    plain = normalised(desk.turn.text)
    named = [order for order in own if _names(plain, order)]
    if not named and _ORDER_NUMBER.search(plain):
        return Draft(every(say(desk.records, "no_such_order")), desk.state)
    moving = [order for order in own if order.status in {"pending", "paid", "packed", "shipped", "returning"}]
    chosen = (named or moving or list(own))[:1]
    if not chosen:
        return Draft(every(say(desk.records, "no_orders")), desk.state)
    return Draft(_order(desk, chosen[0]), desk.state)


def hand_over(desk: Desk) -> Draft:
    return Draft(every(say(desk.records, "hand_over")), desk.state, actions=(_button(desk, "hand_over"),))


def manners(desk: Desk) -> Draft:
    """Say the fixed sentence of the intent."""
    return Draft(every(say(desk.records, desk.turn.intent)), desk.state)


def _order(desk: Desk, order: Order) -> list[Said]:
    records, source = desk.records, f"order:{order.id}#"
    said = every(say(records, "order", id=source + "id", at=source + "at", status=source + "status"))
    for number in range(min(len(order.lines), LINES_SHOWN)):
        line = f"{source}{number}/"
        said += every(say(records, "order_line", title=line + "title", quantity=line + "quantity"))
    said += every(say(records, "order_total", total=source + "total"))
    for shipment in order.shipments:
        parcel = f"shipment:{order.id}/{shipment.id}#"
        arrived = say(records, "shipment_delivered", delivered=parcel + "delivered")
        said += every(
            say(records, "shipment", shipment=parcel + "status"),
            say(records, "shipment_carrier", carrier=parcel + "carrier", tracking=parcel + "tracking"),
            arrived or say(records, "shipment_expected", expected=parcel + "expected"),
        )
    return said


def _names(plain: str, order: Order) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(normalised(order.id))}(?![a-z0-9_-])", plain) is not None


def _button(desk: Desk, kind: str) -> Action:
    return Action(kind, phrases(desk.turn.language).labels[kind])

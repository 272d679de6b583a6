"""Short ways to write the facts of a test: say what matters, leave the rest to sensible values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from daogou.domain.article import Article
from daogou.domain.conversation import Message
from daogou.domain.event import Event, EventType
from daogou.domain.ids import (
    ArticleId,
    ConversationId,
    Instant,
    OrderId,
    ProductId,
    PromotionId,
    SessionId,
    ShopperId,
)
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine
from daogou.domain.product import Product
from daogou.domain.promotion import Benefit, Promotion
from daogou.domain.review import Review
from daogou.domain.shopper import Shopper
from daogou.domain.text import Text
from daogou.testing.clock import NOON

Words = str | Text
Amount = Money | str | int | float | None


def text(words: Words) -> Text:
    """A string as Text, filed under the language it is written in."""
    return words if isinstance(words, Text) else Text.of(words)


def money(amount: Amount, currency: str = "CNY") -> Money | None:
    """An amount in major units as Money."""
    return amount if amount is None or isinstance(amount, Money) else Money.of(amount, currency)


def product(
    id: str,
    title: Words = "",
    *,
    price: Amount = None,
    list_price: Amount = None,
    currency: str = "CNY",
    category: Iterable[Words] = (),
    description: Words = "",
    attributes: Mapping[str, Words | Iterable[Words]] | None = None,
    **fields: Any,
) -> Product:
    """A product: `product("p1", "红色运动鞋", price=399, category=["Shoes"], attributes={"color": "red"})`.

    The title is the id unless given; prices are in major units.
    """
    return Product(
        ProductId(id),
        text(title or id),
        description=text(description) if description else Text(),
        category=tuple(map(text, category)),
        price=money(price, currency),
        list_price=money(list_price, currency),
        attributes={name: _texts(values) for name, values in (attributes or {}).items()},
        **fields,
    )


def event(
    type: EventType = "view",
    product: str | None = "p1",
    *,
    shopper: str | None = None,
    session: str | None = None,
    at: int = NOON,
    price: Amount = None,
    **fields: Any,
) -> Event:
    """An event, of shopper "s1" unless a shopper or a session is named."""
    if shopper is None and session is None:
        shopper = "s1"
    return Event(
        type,
        Instant(at),
        shopper=None if shopper is None else ShopperId(shopper),
        session=None if session is None else SessionId(session),
        product=None if product is None else ProductId(product),
        price=money(price),
        **fields,
    )


def order(
    id: str,
    lines: Iterable[str | OrderLine] = ("p1",),
    *,
    shopper: str = "s1",
    at: int = NOON,
    **fields: Any,
) -> Order:
    """An order; a product id as a line means one of it for 10 yuan."""
    return Order(OrderId(id), ShopperId(shopper), Instant(at), tuple(map(_line, lines)), **fields)


def line(product: str, *, quantity: int = 1, price: Money | str | int | float = 10, **fields: Any) -> OrderLine:
    """A line of an order; the price is in yuan unless it is Money."""
    each = price if isinstance(price, Money) else Money.of(price, "CNY")
    return OrderLine(ProductId(product), quantity, each, **fields)


def review(
    product: str,
    rating: float | None = 5,
    text: str = "",
    *,
    shopper: str | None = "s1",
    at: int = NOON,
    **fields: Any,
) -> Review:
    """A review."""
    who = None if shopper is None else ShopperId(shopper)
    return Review(ProductId(product), rating, Instant(at), shopper=who, text=text, **fields)


def promotion(id: str, *, percent: float = 10, benefit: Benefit | None = None, **fields: Any) -> Promotion:
    """A promotion: `percent` off everything, for ever, unless said otherwise."""
    fields.setdefault("title", Text(en=id))
    return Promotion(PromotionId(id), benefit=benefit or Benefit("percent_off", percent=percent), **fields)


def article(id: str, title: Words = "", body: Words = "", **fields: Any) -> Article:
    """An article; its title is the id unless given."""
    return Article(ArticleId(id), text(title or id), text(body or title or id), **fields)


def shopper(id: str, **fields: Any) -> Shopper:
    """A shopper."""
    return Shopper(ShopperId(id), **fields)


def message(conversation: str, text: str = "你好", *, at: int = NOON, **fields: Any) -> Message:
    """A line of a conversation, said by the shopper unless `role` says otherwise."""
    fields.setdefault("role", "shopper")
    return Message(ConversationId(conversation), Instant(at), text=text, **fields)


def _texts(values: Words | Iterable[Words]) -> tuple[Text, ...]:
    return (text(values),) if isinstance(values, str | Text) else tuple(map(text, values))


def _line(what: str | OrderLine) -> OrderLine:
    return line(what) if isinstance(what, str) else what

"""A small shoe shop for the assistant's tests: real records, a plain search, and a vocabulary of a dozen words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from daogou.assistant.assistant import Assistant
from daogou.assistant.batch import Transcript
from daogou.assistant.tools import Toolbox
from daogou.domain.article import Article
from daogou.domain.conversation import Answer
from daogou.domain.hit import Hit, Hits, Reason
from daogou.domain.ids import (
    ArticleId,
    ConversationId,
    Instant,
    OrderId,
    ProductId,
    PromotionId,
    ReviewId,
    ShipmentId,
    ShopperId,
    VariantId,
)
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine, Shipment
from daogou.domain.product import PricePoint, Product, Variant
from daogou.domain.promotion import Benefit, Condition, Promotion
from daogou.domain.query import Slot, Understood, Where
from daogou.domain.review import RatingSummary, Review
from daogou.domain.text import Text, language_of
from daogou.opinions.summary import summarise
from daogou.promotions.basket import Basket, BasketLine, Priced
from daogou.promotions.pricing import price
from daogou.retrieval.shelf import Shelf

NOW = Instant(1_780_000_000_000)
"""2026-05-28, 20:26:40 UTC."""
DAY = 86_400_000
SHOES = (Text(zh="鞋靴", en="Footwear"), Text(zh="运动鞋", en="Running shoes"))
EARPHONES = (Text(zh="电子", en="Electronics"), Text(zh="耳机", en="Headphones"))
MESH, LEATHER = Text(zh="网布", en="Mesh"), Text(zh="皮革", en="Leather")
RED, BLUE = Text(zh="红色", en="Red"), Text(zh="蓝色", en="Blue")


def shoe(id: str, zh: str, en: str, cents: int | None, *, stock: int | None = 20, **fields: Any) -> Product:
    attributes = {"material": (fields.pop("material", MESH),), "color": (fields.pop("color", RED),)}
    price = None if cents is None else Money(cents, "USD")
    return Product(
        ProductId(id), Text(zh, en), category=SHOES, price=price, stock=stock, attributes=attributes,
        **{"brand": "Fleet", **fields},
    )  # fmt: skip


PRODUCTS = (
    shoe("p1", "轻风跑鞋", "Breeze Runner", 8900, list_price=Money(10900, "USD")),
    shoe("p2", "山脊越野鞋", "Ridge Trail", 12900, stock=3, color=BLUE),
    shoe("p3", "经典皮面跑鞋", "Heritage Runner", 7500, material=LEATHER, brand="Oldman"),
    shoe("p4", "入门慢跑鞋", "Starter Jogger", 4900, stock=0, color=BLUE),
    shoe("p5", "日常训练鞋", "Daily Trainer", 5900, color=BLUE),
    shoe(
        "p6", "城市步行鞋", "City Walker", 6900,
        variants=(
            Variant(VariantId("p6-41"), price=Money(6900, "USD"), stock=0, attributes={"size": (Text(en="41"),)}),
            Variant(VariantId("p6-42"), price=Money(6900, "USD"), stock=7, attributes={"size": (Text(en="42"),)}),
        ),
    ),
    Product(
        ProductId("h1"), Text("静音耳机", "Quiet Headphones"), brand="Sono", category=EARPHONES,
        price=Money(15900, "USD"),
    ),
    Product(ProductId("x1"), Text("内部样品", "Secret Sample"), category=SHOES, price=Money(100, "USD"), hidden=True),
)  # fmt: skip


def orders() -> tuple[Order, ...]:
    mine, theirs = ShopperId("ann"), ShopperId("bob")
    line = OrderLine(ProductId("p1"), 2, Money(8900, "USD"))
    parcel = Shipment(
        ShipmentId("s1"), "in_transit", carrier="SF Express", tracking="SF778899", shipped=Instant(NOW - DAY),
        expected=Instant(NOW + 2 * DAY),
    )  # fmt: skip
    return (
        Order(OrderId("A-1001"), mine, Instant(NOW - 3 * DAY), (line,), "shipped", Money(17800, "USD"), (parcel,)),
        Order(OrderId("A-1000"), mine, Instant(NOW - 40 * DAY), (line,), "delivered", Money(17800, "USD")),
        Order(
            OrderId("B-2002"), theirs, Instant(NOW - 2 * DAY), (OrderLine(ProductId("h1"), 1, Money(15900, "USD")),),
            "packed", Money(15900, "USD"), (replace(parcel, id=ShipmentId("s2"), tracking="YT445566"),),
        ),
    )  # fmt: skip


PROMOTIONS = (
    Promotion(
        PromotionId("summer"), Text("夏季跑鞋节", "Summer running week"), Benefit("percent_off", percent=20.0),
        Condition(categories=frozenset({"running shoes"})), ends=Instant(NOW + 5 * DAY),
    ),
    Promotion(
        PromotionId("vip"), Text("会员专享", "Members only"), Benefit("percent_off", percent=50.0),
        Condition(segment="gold"),
    ),
    Promotion(
        PromotionId("past"), Text("清仓", "Clearance"), Benefit("amount_off", amount=Money(5000, "USD")), ends=NOW
    ),
)  # fmt: skip
ARTICLES = (
    Article(
        ArticleId("returns"),
        Text("退换说明", "Returns"),
        Text("签收后 7 天内可以退货。请保持商品完好。", "You can return items within 30 days. Keep them unworn."),
        "policy",
        "returns",
    ),
    Article(
        ArticleId("delivery"),
        Text("配送说明", "Delivery"),
        Text("付款后 3 天内送达。", "Orders arrive within 3 working days."),
        "policy",
        "delivery",
    ),
)
REVIEWS = (
    Review(ProductId("p1"), 5.0, Instant(NOW - DAY), ReviewId("r1"), text="Only $1 today at www.cheap.example!"),
    Review(ProductId("p1"), 4.0, Instant(NOW - DAY), ReviewId("r2"), text="Light and comfortable."),
    Review(ProductId("p1"), 4.0, Instant(NOW - DAY), ReviewId("r3"), text="很轻，穿着舒服。"),
)
VOCABULARY = {
    "category": [SHOES[1], EARPHONES[1]],
    "brand": [Text(en="Fleet"), Text(en="Oldman"), Text(en="Sono")],
    "material": [MESH, LEATHER],
    "color": [RED, BLUE],
    "size": [Text(en="41"), Text(en="42")],
}
FILLER = re.compile(
    r"我想找一款|我想|找|推荐|一双|一款|的|"
    r"i'm looking for|looking for|show me|please|the|a|an|i|is|it|under|in|do|you|have"
)


def understand(text: str) -> Understood:
    """The search engine's understanding in miniature: words of the vocabulary, price bounds, negation."""
    plain = text.lower()
    slots: list[Slot] = []
    where = Where()
    for name, values in VOCABULARY.items():
        for value in values:
            for word in (value.zh, value.en.lower()):
                found = (
                    re.search(rf"(不要|不是|not )?(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", plain) if word else None
                )
                if not found:
                    continue
                negated = found.group(1) is not None
                kind = name if name in {"category", "brand"} else "attribute"
                slots.append(Slot(kind, name, value.key, found.start(), found.end(), negated))  # type: ignore[arg-type]
                where = narrowed(where, name, value.key, negated=negated)
                plain = plain.replace(found.group(), " ")
    most = re.search(r"under \$(\d+)|(\d+)(?:美元|元)以[下内]", plain)
    if most:
        number = next(group for group in most.groups() if group)
        where = replace(where, price_max=Money.of(number, "USD"))
        slots.append(Slot("price", "price", number, most.start(), most.end()))
        plain = plain.replace(most.group(), " ")
    words = tuple(w for w in re.findall(r"[a-z]{2,}|[一-鿿]+", FILLER.sub(" ", plain)) if w not in {"not"})
    return Understood(text, language_of(text), words, where, slots=tuple(slots), unknown=words)


def narrowed(where: Where, name: str, value: str, *, negated: bool) -> Where:
    if name == "category":
        return replace(where, category=value)
    if name == "brand":
        return replace(where, **{"not_brands" if negated else "brands": frozenset({value})})
    field_name = "not_attributes" if negated else "attributes"
    return replace(where, **{field_name: {**getattr(where, field_name), name: frozenset({value})}})


@dataclass
class World:
    """The shop's records, with the lists that tests look into afterwards."""

    products: Sequence[Product] = PRODUCTS
    promotions: Sequence[Promotion] = PROMOTIONS
    articles: Sequence[Article] = ARTICLES
    reviews: Sequence[Review] = REVIEWS
    searches: list[tuple[str, Where]] = field(default_factory=list)
    asked_orders_of: list[ShopperId] = field(default_factory=list)

    def find(self, id: ProductId) -> Product | None:
        return next((product for product in self.products if product.id == id), None)

    def search(self, text: str, *, k: int, where: Where | None, sort: Any, shopper: Any, language: Any) -> Hits:
        self.searches.append((text, where or Where()))
        shelf = Shelf()
        shelf.put(self.products)
        allowed = shelf.allowed(where or Where())
        found = [p for row, p in enumerate(shelf.products) if allowed[row] and p is not None]
        words = re.findall(r"[a-z]{3,}|[一-鿿]+", text.lower())
        matching = {p.id: sum(w in f"{p.title.en} {p.title.zh}".lower() for w in words) for p in found}
        matching |= {p.id: 9 for p in found if p.title.zh in text}
        found = sorted((p for p in found if not words or matching[p.id]), key=lambda p: -matching[p.id])
        if sort == "price_asc":
            found.sort(key=lambda p: p.price.minor if p.price else 10**12)
        because = (Reason("words", Text("符合您的描述", "Matches your words"), 1.0),)
        return Hits(tuple(Hit(p.id, 1.0, because) for p in found[:k]), "r1", understood=understand(text))

    def similar(self, product: ProductId, *, k: int, shopper: Any) -> Hits:
        origin = self.find(product)
        alike = [p for p in self.products if origin and p.category == origin.category and p.id != product]
        return Hits(tuple(Hit(p.id, 1.0) for p in alike[:k]), "r1")

    def ratings(self, ids: Iterable[ProductId]) -> dict[ProductId, RatingSummary]:
        found = {}
        for id in ids:
            stars = [review.rating for review in self.reviews if review.product == id and review.rating]
            if stars:
                counts = tuple(sum(round(s) == n for s in stars) for n in range(1, 6))
                found[id] = RatingSummary(len(stars), sum(stars) / len(stars), counts)  # type: ignore[arg-type]
        return found

    def orders_of(self, shopper: ShopperId, /, *, limit: int) -> list[Order]:
        self.asked_orders_of.append(shopper)
        return [order for order in orders() if order.shopper == shopper][:limit]

    def priced(self, lines: Sequence[BasketLine], /, *, code: str | None = None) -> Priced:
        return price(Basket(tuple(lines)), self.promotions, NOW, find=self.find, code=code)

    def toolbox(self) -> Toolbox:
        return Toolbox(
            understand=understand,
            search=self.search,
            similar=self.similar,
            product=self.find,
            prices=lambda id: [
                PricePoint(id, Instant(NOW - 30 * DAY), Money(7900, "USD")),
                PricePoint(id, Instant(NOW - 20 * DAY), Money(8900, "USD")),
            ],
            ratings=self.ratings,
            reviews=lambda id, /, *, limit: [r for r in self.reviews if r.product == id][:limit],
            said_of=lambda id: summarise(id, [r for r in self.reviews if r.product == id]),
            orders_of=self.orders_of,
            promotions=lambda at: [p for p in self.promotions if p.holds_at(at)],
            articles=lambda *, kind=None, topic=None: [
                a for a in self.articles if kind in {None, a.kind} and topic in {None, a.topic}
            ],
            price_basket=self.priced,
        )

    def assistant(self, **options: Any) -> Assistant:
        return Assistant(self.toolbox(), Transcript(), lambda: NOW, **{"deadline_s": 60.0, **options})


def talk(
    assistant: Assistant, *turns: str, shopper: str | None = None, conversation: str = "c1", **options: Any
) -> list[Answer]:
    """Say the turns one after the other; the answers in order."""
    who = None if shopper is None else ShopperId(shopper)

    async def run() -> list[Answer]:
        to = ConversationId(conversation)
        return [await assistant.answer(turn, conversation=to, shopper=who, **options) for turn in turns]

    return asyncio.run(run())


def ids(answer: Answer) -> list[str]:
    return [hit.product for hit in answer.products]

"""A furnished fake shop for the page tests: two dozen products with everything a page can show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fake_shop import NOW, FakeShop

from daogou.domain.article import Article
from daogou.domain.conversation import Answer, Claim, Message
from daogou.domain.event import Event
from daogou.domain.hit import FacetValue, Hit, Reason
from daogou.domain.ids import (
    ArticleId,
    ConversationId,
    Instant,
    OrderId,
    ProductId,
    PromotionId,
    ShipmentId,
    ShopperId,
    VariantId,
)
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine, Shipment
from daogou.domain.product import PricePoint, Product, Variant
from daogou.domain.promotion import Benefit, Condition, Promotion
from daogou.domain.query import Slot, Understood, Where
from daogou.domain.review import Review
from daogou.domain.shopper import Shopper
from daogou.domain.text import Text, language_of
from daogou.retrieval.shelf import Shelf
from daogou.settings import Settings
from daogou.settings.rules import add_rule, remove_rule, rules_text, write_rules
from daogou.settings.tree import ShopSettings
from daogou.shop.shown import Shown

DAY_MS = 86_400_000
SHOES = (Text("服装鞋靴", "Clothing & shoes"), Text("跑鞋", "Running shoes"))
TEA = (Text("厨房", "Kitchen"), Text("茶具", "Teaware"))
LIGHT = (Text("家居", "Home"), Text("灯具", "Lighting"))
NOTICE = Text(
    "这是一家模拟的商店：顾客与评价均由程序生成。", "A simulated shop: its shoppers and reviews are made by a program."
)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'</title></script>"
_NAMES = (
    (SHOES, "轻羽缓震跑鞋", "Feather cushioned running shoes", 39900),
    (SHOES, "山径越野跑鞋", "Ridge trail running shoes", 52900),
    (SHOES, "雨天防水跑鞋", "Rainproof running shoes", 45900),
    (TEA, "汝窑盖碗茶具套装", "Ru-glaze gaiwan tea set", 26800),
    (TEA, "紫砂西施壶", "Zisha Xishi teapot", 88000),
    (TEA, "耐热玻璃泡茶壶", "Heatproof glass teapot", 9900),
    (LIGHT, "宣纸落地灯", "Rice-paper floor lamp", 32900),
    (LIGHT, "护眼阅读台灯", "Eye-friendly reading lamp", 19900),
)
_COLOURS = (("墨黑", "Black", "#2b2f33"), ("青瓷", "Celadon", "#8fb8a5"), ("月白", "Off-white", "#d8dfe2"))


@dataclass
class PageShop(FakeShop):
    """A fake shop with a shelf, facets and reasons."""

    @property
    def engine(self) -> Any:
        shelf = Shelf()
        shelf.refresh(self.stores.catalogue)
        return SimpleNamespace(shelf=shelf)

    @property
    def notice(self) -> Text | None:
        return NOTICE if self.settings.shop.simulated else None

    @property
    def rules_text(self) -> str:
        return rules_text(self.folder)

    def set_rules(self, text: str, *, seen: str | None = None) -> Any:
        return write_rules(self.folder, text, seen=seen)

    def add_rule(self, fields: Any) -> Any:
        return add_rule(self.folder, fields)

    def remove_rule(self, name: str) -> Any:
        return remove_rule(self.folder, name)

    def record(self, events: list[Event]) -> Any:
        return self.record_async(events).result(timeout=5)

    def price_basket(self, lines: Any, *, code: str | None = None) -> Any:
        from daogou.promotions.basket import Basket
        from daogou.promotions.pricing import price

        at = self.clock()
        basket = Basket(tuple(lines))
        return price(basket, self.stores.promotions.active(at), at, code=code, find=self.product)

    def search(self, text: str, *, k: int = 10, offset: int = 0, **options: Any) -> Shown:
        where = options.get("where") or Where()
        words = [word for word in text.lower().replace("under $80", "").split() if word]
        found = [
            p
            for p in self.stores.catalogue.scan()
            if all(w in f"{p.title.en.lower()} {p.title.zh}" for w in words)
            and (where.category is None or where.category in {step.key for step in p.category})
            and (not where.brands or (p.brand and p.brand.lower() in where.brands))
            and (not where.attributes or any(v.key in where.attributes["color"] for v in p.attributes["color"]))
        ]
        start = text.find("under $80")
        slots = (Slot("price", "price", "80", start, start + 9),) if start >= 0 else ()
        colours = tuple(FacetValue(en.lower(), Text(zh, en), 8) for zh, en, _ in _COLOURS)
        shown = self._shown(
            found[offset : offset + k], Reason("words", Text("标题里有这些词", "words in the title"), 1.0), len(found)
        )
        return replace(
            shown,
            understood=Understood(text, language_of(text), tuple(words), slots=slots),
            facets={
                "price": (FacetValue("0..40000", Text("低", "low"), 3),) * 2,
                "color": colours,
                "brand": (FacetValue("yunque", Text("云雀", "Yunque"), 12),),
            }
            if found
            else {},
            suggestion="teapot" if text == "teapto" else None,
        )

    def recommend(self, **options: Any) -> Shown:
        self.asked = options
        kind, k = options.get("kind"), options.get("k", 10)
        reasons = {
            "for-you": Text("和您看过的跑鞋同一用途", "Same use as the running shoes you looked at"),
            "trending": Text("本周 37 人购买", "37 people bought it this week"),
            "new": Text("三天前上架", "Arrived three days ago"),
            "together": Text("买这件的人每三位就有一位一起买", "Every third buyer took both"),
        }
        products = [p for p in self.stores.catalogue.scan() if p.id != options.get("product")]
        turn = {"for-you": 0, "similar": 5, "trending": 9, "new": 15, "together": 12}.get(str(kind), 0)
        turned = [*products[turn:], *products[:turn]] if products else []
        text = reasons.get(str(kind), Text("材质与风格相近", "Alike in material and style"))
        shown = self._shown(turned[:k], Reason("similar", text, 0.6), None)
        if kind != "new":
            return shown
        return replace(shown, items=tuple(replace(hit, propensity=0.9) for hit in shown.items))

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Any]:
        words = ("teapot", "teaware", "running shoes", "跑鞋", "茶具")
        return [
            SimpleNamespace(text=w, kind="query", language=language_of(w))
            for w in words
            if w.startswith(prefix.lower())
        ][:limit]

    async def chat(self, text: str, *, conversation: str, shopper: str | None = None, language: Any = None) -> Answer:
        said = language_of(text)
        product = next(iter(self.stores.catalogue.scan()))
        words = {
            "zh": f"{product.title.zh}现价 {product.price}，有货。需要我再比较一双吗？",
            "en": f"The {product.title.en} cost {product.price} and are in stock. Shall I compare another pair?",
        }
        hits = tuple(
            Hit(p.id, 1.0, (Reason("words", Text("符合您说的用途", "Fits what you said"), 1.0),))
            for p in list(self.stores.catalogue.scan())[:3]
        )
        claim = Claim(str(product.price), "price", str(product.price), f"product:{product.id}#price")
        answer = Answer(words[said], said, "find", {}, hits, (claim,))
        for role in ("shopper", "assistant"):
            line = text if role == "shopper" else answer.text
            self.stores.conversations.append(
                Message(
                    ConversationId(conversation), self.now, role, line, answer=answer if role == "assistant" else None
                )  # type: ignore[arg-type]
            )
        return answer


def furnish(folder: Path, *, simulated: bool = True, products: int = 24) -> PageShop:
    """Make a shop with products, prices, reviews, campaigns, articles, a shopper with orders, and pictures."""
    settings = Settings(
        shop=ShopSettings(
            name=Text("青禾小铺", "Qinghe Store"),
            currency="CNY",
            language="zh",
            simulated=simulated,
            demo_shoppers=("lin", "amy"),
        )
    )
    shop = PageShop(folder, settings)
    (folder / "pictures").mkdir(exist_ok=True)
    made = [_product(n, folder) for n in range(products)]
    shop.stores.catalogue.put(made, at=NOW)
    for product in made:
        assert product.price
        points = [(200, 1.3), (140, 1.1), (90, 1.25), (30, 1.0)]
        shop.stores.catalogue.put_prices(
            PricePoint(product.id, Instant(NOW - days * DAY_MS), Money(int(product.price.minor * rate), "CNY"))
            for days, rate in points
        )
    shop.stores.reviews.put(
        Review(
            p.id,
            float(5 - (n + place) % 3),
            Instant(NOW - n * DAY_MS),
            title="Good" if n % 2 else "很满意",
            text="Light, and it lasts." if n % 2 else "分量合适，做工细致，会再买。",
            verified=n % 2 == 0,
            helpful=n,
        )
        for place, p in enumerate(made[:18])
        for n in range(1, 5)
    )
    shop.stores.promotions.put(
        [
            Promotion(
                PromotionId("tea"),
                Text("秋茶节 · 茶具八折", "Autumn tea: a fifth off teaware"),
                Benefit("percent_off", percent=20),
                Condition(categories=frozenset({"teaware"})),
                Text("天气转凉，正好喝茶。", "Cooler days, warmer cups."),
                ends=Instant(NOW + 20 * DAY_MS),
                priority=2,
            ),
            Promotion(
                PromotionId("ship"),
                Text("满 300 元免运费", "Free delivery from ¥300"),
                Benefit("free_shipping"),
                Condition(min_total=Money(30000, "CNY")),
            ),
        ]
    )
    shop.stores.articles.put(
        [
            Article(
                ArticleId("shoes"),
                Text("怎样挑一双跑鞋", "How to choose running shoes"),
                Text(
                    "先看路面，再看脚。\n\n柏油路要缓震，山路要抓地。",
                    "Road first.\n\nTarmac asks for cushioning, trails for grip.",
                ),
                products=(made[0].id,) if made else (),
                at=NOW,
            ),
            Article(
                ArticleId("returns"),
                Text("退换货规则", "Returns"),
                Text("七天内可退。", "Return within seven days."),
                kind="policy",
                topic="returns",
            ),
        ]
    )
    shop.stores.shoppers.put(
        [Shopper(ShopperId("lin"), "林晓", labels={"segment": "runner"}), Shopper(ShopperId("amy"), "Amy")]
    )
    if made:
        lines = (OrderLine(made[1].id, 1, made[1].price or Money(1, "CNY")),)
        shipment = Shipment(ShipmentId("s1"), "in_transit", "SF", "SF1234", expected=Instant(NOW + 2 * DAY_MS))
        shop.stores.orders.put(
            [
                Order(
                    OrderId("o7"),
                    ShopperId("lin"),
                    Instant(NOW - DAY_MS),
                    lines,
                    "shipped",
                    Money(52900, "CNY"),
                    (shipment,),
                )
            ]
        )
    return shop


def _product(n: int, folder: Path) -> Product:
    category, zh, en, price = _NAMES[n % len(_NAMES)]
    colour_zh, colour_en, paint = _COLOURS[n // len(_NAMES) % len(_COLOURS)]
    id = ProductId(f"p{n}")
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">'
        f'<circle cx="100" cy="104" r="56" fill="{paint}"/>'
        f'<path d="M60 150h80" stroke="{paint}" stroke-width="10" stroke-linecap="round"/></svg>'
    )
    (folder / "pictures" / f"{id}.svg").write_text(picture, "utf-8")
    variants = (
        tuple(
            Variant(VariantId(f"{id}-{size}"), Text(size, size), stock=0 if size == "42" else 3)
            for size in ("40", "41", "42")
        )
        if category is SHOES
        else ()
    )
    return Product(
        id,
        Text(f"{zh} {colour_zh}", f"{en}, {colour_en.lower()}"),
        Text("为每天使用而做，线条简单，用料扎实。", "Made for every day: plain lines, honest materials."),
        brand="Yunque" if n % 2 else "Songfeng",
        category=category,
        price=Money(price + n * 100, "CNY"),
        list_price=Money(int(price * 1.25), "CNY") if n % 3 == 0 else None,
        stock=0 if n == 7 else 4 if n == 2 else 40,
        attributes={
            "color": (Text(colour_zh, colour_en),),
            "material": (Text("陶瓷", "Ceramic"),),
            "weight": (Text.of("320 g"),),
        },
        images=(f"pictures/{id}.svg",) if n % 5 != 4 else (),
        variants=variants,
    )

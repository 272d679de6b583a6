"""Facts as claims: one function makes a claim from a record, and the same function proves it again later.

A source names the record: "product:p1#price", "product:p1#attribute:color", "product:p1#description:washing" (the
sentence of the description that speaks of the topic), "variant:p1/v2#stock",
"basket:p1*3#total", "order:o7#status", "shipment:o7/s1#expected", "promotion:x#benefit", "article:returns#extract",
"review:p1/r9#text", "aspect:p1/comfort#said", "compare:p1|p2#cheapest".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.assistant.phrases import phrases
from daogou.assistant.quoting import is_quotable
from daogou.domain.conversation import Claim, ClaimKind
from daogou.domain.ids import OrderId, ProductId
from daogou.domain.text import language_of
from daogou.domain.zones import in_zone
from daogou.language.extract import extract
from daogou.promotions.basket import BasketLine

if TYPE_CHECKING:
    from daogou.assistant.tools import Tools
    from daogou.domain.ids import Instant
    from daogou.domain.money import Money
    from daogou.domain.order import Order, Shipment
    from daogou.domain.product import Product
    from daogou.domain.promotion import Promotion
    from daogou.domain.review import RatingSummary
    from daogou.domain.text import Language

FEW_LEFT = 10
"""Up to this many in stock, the number is said."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value as recorded, and the words that say it."""

    kind: ClaimKind
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Records:
    """Reads facts for one shopper in one language. Whatever the shopper may not see does not exist here."""

    tools: Tools
    language: Language

    def claim(self, source: str) -> Claim | None:
        """State what the record at `source` says now; None where there is no such record or it holds no such fact."""
        entity, _, rest = source.partition(":")
        id, _, field = rest.rpartition("#") if "#attribute:" not in rest else rest.partition("#")
        read = _READERS.get(entity)
        fact = read(self, id, field) if read and id and field else None
        return Claim(text=fact.text, kind=fact.kind, value=fact.value, source=source) if fact and fact.text else None

    def proves(self, claim: Claim) -> bool:
        """Read the record again and compare: value, kind and wording must all be what it says."""
        return self.claim(claim.source) == claim

    def label(self, name: str, **values: object) -> str:
        return phrases(self.language).labels[name].format(**values)

    def date(self, at: Instant | None) -> Fact | None:
        return None if at is None else self._day(at)

    def _day(self, at: Instant) -> Fact:
        """A day by the shop's clock, as people write it."""
        day = in_zone(at, self.tools.shop.zone)
        text = f"{day.year}年{day.month}月{day.day}日" if self.language == "zh" else f"{day.day} {day:%b} {day.year}"
        return Fact("date", day.date().isoformat(), text)

    def _product(self, id: str, field: str) -> Fact | None:
        product = self.tools.product(ProductId(id))
        if product is None:
            return None
        match field:
            case "title":
                return Fact("title", product.title.show(self.language), product.title.show(self.language))
            case "price":
                return self._price(product)
            case "list_price":
                return _money(product.list_price)
            case "stock":
                return self._stock(product.stock)
            case "rating" | "n_reviews":
                return self._rating(product, field)
            case "lowest_price" | "lowest_price_at":
                return self._lowest(product, field)
            case _:
                return self._attribute(product, field)

    def _price(self, product: Product) -> Fact:
        """What it costs; of variants at several prices the lowest, said to be where they begin."""
        if (span := product.span) is None:
            return Fact("price", "unknown", self.label("no_price"))
        lowest, highest = span
        text = str(lowest) if lowest == highest else self.label("from_price", price=lowest)
        return Fact("price", f"{lowest.minor} {lowest.currency}", text)

    def _attribute(self, product: Product, field: str) -> Fact | None:
        if field == "brand":
            return Fact("attribute", product.brand, product.brand) if product.brand else None
        if field == "category":
            values = product.category[-1:]
        elif field.startswith("attribute:"):
            values = product.attributes.get(field.removeprefix("attribute:"), ())
        elif field.startswith("description:"):
            return self._described(product, field.removeprefix("description:"))
        else:
            return None
        shown = ("、" if self.language == "zh" else ", ").join(value.show(self.language) for value in values)
        return Fact("attribute", "|".join(value.key for value in values), shown)

    def _described(self, product: Product, topic: str) -> Fact | None:
        """The sentence of the description that speaks of a topic."""
        replies = self.tools.shop.replies(topic, product)
        text = next((reply.text.show(self.language) for reply in replies if reply.kind == "description"), "")
        return Fact("attribute", text, text)

    def _stock(self, stock: int | None) -> Fact:
        if stock is None:
            return Fact("stock", "untracked", self.label("in_stock"))
        if stock <= 0:
            return Fact("stock", str(stock), self.label("sold_out"))
        text = self.label("only_left", n=stock) if stock <= FEW_LEFT else self.label("in_stock")
        return Fact("stock", str(stock), text)

    def _rating(self, product: Product, field: str) -> Fact | None:
        summary = self._summary(product)
        if summary is None or summary.n == 0:
            return None
        if field == "n_reviews":
            label = "one_review" if summary.n == 1 else "n_reviews"
            return Fact("count", str(summary.n), self.label(label, n=summary.n))
        return Fact("rating", f"{summary.mean:.4f}", f"{summary.mean:.1f}")

    def _summary(self, product: Product) -> RatingSummary | None:
        return self.tools.shop.ratings([product.id]).get(product.id)

    def _lowest(self, product: Product, field: str) -> Fact | None:
        points = [point for point in self.tools.shop.prices(product.id) if point.at <= self.tools.at]
        if not points:
            return None
        lowest = min(points, key=lambda point: (point.price.minor, -point.at))
        return self.date(lowest.at) if field == "lowest_price_at" else _money(lowest.price)

    def _variant(self, id: str, field: str) -> Fact | None:
        parent, _, variant_id = id.partition("/")
        product = self.tools.product(ProductId(parent))
        variant = next((v for v in product.variants if v.id == variant_id), None) if product else None
        if variant is None:
            return None
        match field:
            case "stock":
                return self._stock(variant.stock)
            case "price":
                return _money(variant.price)
            case "title":
                values = [value.show(self.language) for some in variant.attributes.values() for value in some]
                name = variant.title.show(self.language) or " ".join(values)
                return Fact("attribute", name, name)
        return None

    def _basket(self, id: str, field: str) -> Fact | None:
        product, _, quantity = id.rpartition("*")
        if field == "quantity":
            return Fact("count", quantity, quantity)
        if self.tools.product(ProductId(product)) is None:
            return None
        priced = self.tools.shop.price_basket([BasketLine(ProductId(product), int(quantity))])
        if priced.unpriced:
            return None
        match field:
            case "total":
                return _money(priced.total)
            case "discount":
                return _money(priced.discount) if priced.discount.minor else None
        return None

    def _order(self, id: str, field: str) -> Fact | None:
        order = self.tools.order(OrderId(id))
        if order is None:
            return None
        match field:
            case "id":
                return Fact("order", order.id, order.id)
            case "status":
                return Fact("order", order.status, phrases(self.language).status[order.status])
            case "at":
                return self.date(order.at)
            case "total":
                return _money(order.total)
        return self._order_line(order, field)

    def _order_line(self, order: Order, field: str) -> Fact | None:
        number, _, part = field.partition("/")
        if not number.isdigit() or int(number) >= len(order.lines):
            return None
        line = order.lines[int(number)]
        if part == "quantity":
            return Fact("order", str(line.quantity), str(line.quantity))
        product = self.tools.shop.product(line.product)
        title = product.title.show(self.language) if product else line.product
        return Fact("title", title, title) if part == "title" else None

    def _shipment(self, id: str, field: str) -> Fact | None:
        order_id, _, shipment_id = id.partition("/")
        order = self.tools.order(OrderId(order_id))
        shipment = next((s for s in order.shipments if s.id == shipment_id), None) if order else None
        return self._shipment_field(shipment, field) if shipment else None

    def _shipment_field(self, shipment: Shipment, field: str) -> Fact | None:
        match field:
            case "status":
                return Fact("order", shipment.status, phrases(self.language).status[shipment.status])
            case "carrier" | "tracking":
                value: str = getattr(shipment, field)
                return Fact("order", value, value) if value else None
            case "expected":
                return self.date(shipment.expected)
            case "delivered":
                return self.date(shipment.delivered)
        return None

    def _promotion(self, id: str, field: str) -> Fact | None:
        promotion = next((p for p in self.tools.promotions() if p.id == id), None)
        if promotion is None:
            return None
        match field:
            case "title":
                return Fact("promotion", promotion.title.show(self.language), promotion.title.show(self.language))
            case "benefit":
                words = benefit_words(promotion, self.language)
                return Fact("promotion", words, words)
            case "code":
                code = promotion.condition.code
                return Fact("promotion", code, code) if code else None
            case "ends":
                return self.date(promotion.ends)
        return None

    def _article(self, id: str, field: str) -> Fact | None:
        article = next((a for a in self.tools.pages() if a.id == id), None)
        if article is None:
            return None
        title = article.title.show(self.language)
        match field:
            case "title":
                return Fact("policy", title, title)
            case "extract":
                words = extract(article.body.show(self.language))
                return Fact("policy", words, words)
        return None

    def _review(self, id: str, field: str) -> Fact | None:
        product, _, review_id = id.partition("/")
        if self.tools.product(ProductId(product)) is None or field != "text":
            return None
        for review in self.tools.shop.reviews(ProductId(product), limit=50):
            if review.id == review_id:
                words = extract(review.text, limit=80)
                return Fact("review", words, words)
        return None

    def _opinions(self, id: str, field: str) -> Fact | None:
        """What the reviews of a product say together."""
        if self.tools.product(ProductId(id)) is None or field != "said":
            return None
        said = self.tools.shop.said_of(ProductId(id)).said.show(self.language)
        return Fact("review", said, said)

    def _aspect(self, id: str, field: str) -> Fact | None:
        """What they say of one side of it."""
        product, _, side = id.rpartition("/")
        if self.tools.product(ProductId(product)) is None:
            return None
        found = next((a for a in self.tools.shop.said_of(ProductId(product)).aspects if a.aspect == side), None)
        match field:
            case "said" if found:
                return Fact("count", f"{found.good}/{found.good + found.bad}", found.said.show(self.language))
            case "quote" if found:
                quotes = (extract(quote.text, limit=80) for quote in found.quotes)
                own = (q for q in quotes if language_of(q) == self.language and is_quotable(q, self.language))
                return next((Fact("review", quote, quote) for quote in own), None)
        return None

    def _compare(self, id: str, field: str) -> Fact | None:
        products = [self.tools.product(ProductId(part)) for part in id.split("|")]
        known = [product for product in products if product is not None]
        best = (
            _best(known, self.tools.shop.ratings([p.id for p in known])) if field == "best_rated" else _cheapest(known)
        )
        if len(known) < 2 or len(known) < len(products) or best is None:
            return None
        kind: ClaimKind = "rating" if field == "best_rated" else "price"
        return Fact(kind, best.id, best.title.show(self.language))


_READERS: Mapping[str, Callable[[Records, str, str], Fact | None]] = {
    "product": Records._product,
    "variant": Records._variant,
    "basket": Records._basket,
    "order": Records._order,
    "shipment": Records._shipment,
    "promotion": Records._promotion,
    "article": Records._article,
    "review": Records._review,
    "opinions": Records._opinions,
    "aspect": Records._aspect,
    "compare": Records._compare,
}


def benefit_words(promotion: Promotion, language: Language) -> str:
    """Say what a promotion gives and from which total, from its fields alone."""
    words = phrases(language).benefits
    benefit, condition = promotion.benefit, promotion.condition
    said = words[benefit.kind].format(
        percent=f"{benefit.percent:g}",
        fold=f"{(100 - benefit.percent) / 10:g}",
        amount=benefit.amount or "",
        buy=condition.min_quantity,
        free=benefit.free_quantity,
    )
    if condition.min_total is None:
        return said
    least = words["min_total"].format(total=condition.min_total)
    return f"{least}，{said}" if language == "zh" else f"{said} {least}"


def _money(money: Money | None) -> Fact | None:
    return None if money is None else Fact("price", f"{money.minor} {money.currency}", str(money))


def _cheapest(products: list[Product]) -> Product | None:
    priced = [(p.price.minor, p) for p in products if p.price is not None]
    if len(priced) < len(products) or len({p.price.currency for _, p in priced if p.price}) != 1:
        return None
    lowest = min(minor for minor, _ in priced)
    best = [p for minor, p in priced if minor == lowest]
    return best[0] if len(best) == 1 else None


def _best(products: list[Product], ratings: Mapping[ProductId, RatingSummary]) -> Product | None:
    rated = [(round(ratings[p.id].mean, 1), p) for p in products if p.id in ratings]
    if not rated or len(rated) < len(products):
        return None
    highest = max(mean for mean, _ in rated)
    best = [p for mean, p in rated if mean == highest]
    return best[0] if len(best) == 1 else None

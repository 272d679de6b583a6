"""Orders, reviews, promotions and articles by id, with the questions each is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from daogou.adapters.identity import review_id
from daogou.adapters.memory.records import Records
from daogou.adapters.ratings import summarise
from daogou.domain.article import Article, ArticleKind
from daogou.domain.ids import ArticleId, Instant, OrderId, ProductId, PromotionId, ReviewId, ShopperId
from daogou.domain.order import Order
from daogou.domain.promotion import Promotion
from daogou.domain.review import RatingSummary, Review
from daogou.domain.shopper import Shopper


class MemoryShoppers(Records[ShopperId, Shopper]):
    """`ports.stores.Shoppers`."""

    def __init__(self) -> None:
        super().__init__(lambda shopper: shopper.id)


class MemoryOrders(Records[OrderId, Order]):
    """`ports.stores.Orders`."""

    def __init__(self) -> None:
        super().__init__(lambda order: order.id)

    def of(self, shopper: ShopperId, *, limit: int = 50) -> list[Order]:
        mine = [order for order in self._all() if order.shopper == shopper]
        return sorted(mine, key=lambda order: (-order.at, order.id))[:limit]


class MemoryReviews(Records[ReviewId, Review]):
    """`ports.stores.Reviews`."""

    def __init__(self) -> None:
        super().__init__(lambda review: review.id)
        self._change = 0
        self._changed: dict[ProductId, int] = {}

    def put(self, values: Iterable[Review]) -> int:
        return super().put(replace(review, id=review_id(review)) for review in values)

    def changes(self, after: int) -> tuple[int, list[ProductId]]:
        with self._lock:
            found = [(change, product) for product, change in self._changed.items() if change > after]
            return self._change, [product for _, product in sorted(found)]

    def _put(self, value: Review) -> bool:
        changed = super()._put(value)
        if changed:
            self._change += 1
            self._changed[value.product] = self._change
        return changed

    def of(self, product: ProductId, *, limit: int = 50) -> list[Review]:
        found = [review for review in self._all() if review.product == product]
        return sorted(found, key=lambda review: (-review.helpful, -review.at, review.id))[:limit]

    def summaries(self, products: Iterable[ProductId]) -> dict[ProductId, RatingSummary]:
        stars: dict[ProductId, Counter[float]] = {}
        for review in self._all():
            if review.rating is not None:
                stars.setdefault(review.product, Counter())[review.rating] += 1
        return {id: summarise(stars[id]) for id in products if id in stars}


class MemoryPromotions(Records[PromotionId, Promotion]):
    """`ports.stores.Promotions`."""

    def __init__(self) -> None:
        super().__init__(lambda promotion: promotion.id)

    def active(self, at: Instant) -> list[Promotion]:
        holding = [promotion for promotion in self._all() if promotion.holds_at(at)]
        return sorted(holding, key=lambda promotion: (-promotion.priority, promotion.id))


class MemoryArticles(Records[ArticleId, Article]):
    """`ports.stores.Articles`."""

    def __init__(self) -> None:
        super().__init__(lambda article: article.id)

    def of(self, *, kind: ArticleKind | None = None, topic: str | None = None) -> list[Article]:
        found = [a for a in self._all() if kind in (None, a.kind) and topic in (None, a.topic)]
        return sorted(found, key=lambda article: article.id)

"""Shoppers, reviews, promotions and articles, with the questions each is asked."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from daogou.adapters.identity import review_id
from daogou.adapters.ratings import summarise
from daogou.adapters.sql.database import Database, select_in
from daogou.adapters.sql.records import Layout, Records
from daogou.domain.article import Article, ArticleKind
from daogou.domain.ids import ArticleId, Instant, ProductId, PromotionId, ReviewId, ShopperId
from daogou.domain.promotion import Promotion
from daogou.domain.review import RatingSummary, Review
from daogou.domain.shopper import Shopper

_SHOPPER: Layout[Shopper] = Layout(
    table="shopper",
    columns=(),
    row=lambda shopper: (shopper.id,),
    decode=msgspec.json.Decoder(Shopper).decode,
)
_REVIEW: Layout[Review] = Layout(
    table="review",
    columns=("product", "rating", "helpful", "at", "change"),
    row=lambda review: (review.id, review.product, review.rating, review.helpful, review.at),
    decode=msgspec.json.Decoder(Review).decode,
)
_PROMOTION: Layout[Promotion] = Layout(
    table="promotion",
    columns=("starts", "ends", "priority"),
    row=lambda promotion: (promotion.id, promotion.starts, promotion.ends, promotion.priority),
    decode=msgspec.json.Decoder(Promotion).decode,
)
_ARTICLE: Layout[Article] = Layout(
    table="article",
    columns=("kind", "topic"),
    row=lambda article: (article.id, article.kind, article.topic),
    decode=msgspec.json.Decoder(Article).decode,
)


class SqlShoppers(Records[ShopperId, Shopper]):
    """`ports.stores.Shoppers`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, _SHOPPER)


class SqlReviews(Records[ReviewId, Review]):
    """`ports.stores.Reviews`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, _REVIEW)

    def put(self, values: Iterable[Review]) -> int:
        named = (review if review.id else replace(review, id=review_id(review)) for review in values)
        layout = self._layout
        with self._database.writing() as connection:
            change = _newest_change(connection) + 1
            return self._write(connection, ((*layout.row(each), change, layout.encode(each)) for each in named))

    def changes(self, after: int) -> tuple[int, list[ProductId]]:
        with self._database.reading() as connection:
            newest = _newest_change(connection)
            sql = (
                "SELECT product FROM review WHERE change > ? AND change <= ? "
                "GROUP BY product ORDER BY max(change), product"
            )
            return newest, [product for (product,) in connection.execute(sql, (after, newest))]

    def of(self, product: ProductId, *, limit: int = 50) -> list[Review]:
        return self._select("WHERE product = ? ORDER BY helpful DESC, at DESC, id LIMIT ?", (product, limit))

    def summaries(self, products: Iterable[ProductId]) -> dict[ProductId, RatingSummary]:
        wanted = list(dict.fromkeys(products))
        sql = "SELECT product, rating FROM review WHERE rating IS NOT NULL AND product IN ({})"
        stars: dict[ProductId, Counter[float]] = {}
        with self._database.reading() as connection:
            for product, rating in select_in(connection, sql, wanted):
                stars.setdefault(product, Counter())[rating] += 1
        return {id: summarise(stars[id]) for id in wanted if id in stars}


def _newest_change(connection: sqlite3.Connection) -> int:
    (newest,) = connection.execute("SELECT max(change) FROM review").fetchone()
    return newest or 0


class SqlPromotions(Records[PromotionId, Promotion]):
    """`ports.stores.Promotions`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, _PROMOTION)

    def active(self, at: Instant) -> list[Promotion]:
        holds = "WHERE (starts IS NULL OR starts <= ?) AND (ends IS NULL OR ? < ends) ORDER BY priority DESC, id"
        return self._select(holds, (at, at))


class SqlArticles(Records[ArticleId, Article]):
    """`ports.stores.Articles`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, _ARTICLE)

    def of(self, *, kind: ArticleKind | None = None, topic: str | None = None) -> list[Article]:
        return self._select("WHERE kind = coalesce(?, kind) AND topic = coalesce(?, topic) ORDER BY id", (kind, topic))

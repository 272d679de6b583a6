"""What the assistant may look at. The session says who is asking; no words of a conversation can."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Protocol

from daogou.opinions.aspects import lexicon

if TYPE_CHECKING:
    from daogou.domain.article import Article, ArticleKind
    from daogou.domain.hit import Hits
    from daogou.domain.ids import Instant, OrderId, ProductId, ShopperId
    from daogou.domain.order import Order
    from daogou.domain.product import PricePoint, Product
    from daogou.domain.promotion import Promotion
    from daogou.domain.query import Sort, Understood, Where
    from daogou.domain.review import RatingSummary, Review
    from daogou.domain.text import Language
    from daogou.language.classify import Encode
    from daogou.opinions.aspects import Lexicon
    from daogou.opinions.replies import Reply
    from daogou.opinions.summary import ReviewSummary
    from daogou.opinions.topics import Topic
    from daogou.promotions.basket import BasketLine, Priced

ORDERS_LOOKED_AT = 500
"""The newest orders of the shopper that a question about an order can reach."""


_CITED: tuple[ArticleKind, ...] = ("policy", "faq")


class Search(Protocol):
    def __call__(
        self,
        text: str,
        *,
        k: int,
        where: Where | None,
        sort: Sort | None,
        shopper: ShopperId | None,
        language: Language | None,
    ) -> Hits: ...


class Similar(Protocol):
    def __call__(self, product: ProductId, *, k: int, shopper: ShopperId | None) -> Hits: ...


class OrdersOf(Protocol):
    """Orders whose owner is the shopper: the store filters by owner in the query. Newest first."""

    def __call__(self, shopper: ShopperId, /, *, limit: int) -> Sequence[Order]: ...


class ReviewsOf(Protocol):
    def __call__(self, product: ProductId, /, *, limit: int) -> Sequence[Review]: ...


class ArticlesOf(Protocol):
    def __call__(self, *, kind: ArticleKind | None = None, topic: str | None = None) -> Sequence[Article]: ...


class PriceBasket(Protocol):
    def __call__(self, lines: Sequence[BasketLine], /, *, code: str | None = None) -> Priced: ...


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The shop as the assistant sees it: reading only. Built once, in the composition root."""

    understand: Callable[[str], Understood]
    search: Search
    similar: Similar
    product: Callable[[ProductId], Product | None]
    prices: Callable[[ProductId], Sequence[PricePoint]]
    """Price history, oldest first."""
    ratings: Callable[[Iterable[ProductId]], Mapping[ProductId, RatingSummary]]
    reviews: ReviewsOf
    said_of: Callable[[ProductId], ReviewSummary]
    """What a product's reviews say together."""
    orders_of: OrdersOf
    promotions: Callable[[Instant], Sequence[Promotion]]
    """Those that hold at the moment."""
    articles: ArticlesOf
    price_basket: PriceBasket
    zone: tzinfo = UTC
    """Of the days that are said."""
    lexicon: Callable[[], Lexicon] = lexicon
    """The words in which the shop's reviewers judge."""
    topics: Callable[[str], Sequence[Topic]] = lambda text: ()
    """What a question is about: washing, what is included."""
    replies: Callable[[str, Product], Sequence[Reply]] = lambda topic, product: ()
    """What the record says on a topic, by its id, of one product."""
    encode: Callable[[], Encode | None] = lambda: None
    """Makes vectors of sentences, where a text encoder runs on this machine: no question is sent away for it."""

    def for_shopper(self, shopper: ShopperId | None, *, at: Instant) -> Tools:
        """Bind the tools to whoever the session says is asking; None: not signed in."""
        return Tools(self, shopper, at)


@dataclass(frozen=True, slots=True)
class Tools:
    """The toolbox in one shopper's hands. Nothing here takes a shopper or an owner."""

    shop: Toolbox
    shopper: ShopperId | None
    at: Instant
    """The moment of the turn."""

    @property
    def signed_in(self) -> bool:
        return self.shopper is not None

    def understand(self, text: str) -> Understood:
        return self.shop.understand(text)

    def search(self, text: str, *, k: int, where: Where, sort: Sort, language: Language) -> Hits:
        return self.shop.search(text, k=k, where=where, sort=sort, shopper=self.shopper, language=language)

    def lexicon(self) -> Lexicon:
        return self.shop.lexicon()

    def similar(self, product: ProductId, *, k: int) -> Hits:
        return self.shop.similar(product, k=k, shopper=self.shopper)

    def product(self, id: ProductId) -> Product | None:
        """A product that is shown; hidden ones are as if they were not there."""
        found = self.shop.product(id)
        return None if found is None or found.hidden else found

    def orders(self, *, limit: int = ORDERS_LOOKED_AT) -> Sequence[Order]:
        """The shopper's own orders, newest first; none for a visitor."""
        if self.shopper is None:
            return ()
        own = self.shop.orders_of(self.shopper, limit=limit)
        return [order for order in own if order.shopper == self.shopper]

    def order(self, id: OrderId) -> Order | None:
        """An order of the shopper's own; anyone else's is as if it did not exist."""
        return next((order for order in self.orders() if order.id == id), None)

    def pages(self) -> list[Article]:
        """What may be cited on how the shop works."""
        return [article for kind in _CITED for article in self.shop.articles(kind=kind)]

    def promotions(self) -> list[Promotion]:
        """Offers that hold now and are for everybody; those of a segment show up when a basket is priced."""
        return [p for p in self.shop.promotions(self.at) if p.holds_at(self.at) and p.condition.segment is None]

"""Hands the shop's answers to the assistant as its tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.assistant.assistant import Assistant
from daogou.assistant.tools import Toolbox
from daogou.retrieval.encoding.e5 import E5
from daogou.retrieval.encoding.static import Static

if TYPE_CHECKING:
    from daogou.domain.hit import Hits
    from daogou.domain.ids import ProductId, ShopperId
    from daogou.shop.shop import Shop


def make_assistant(shop: Shop) -> Assistant:
    """An assistant whose tools are the shop's own calls: reading only."""

    def similar(product: ProductId, *, k: int, shopper: ShopperId | None) -> Hits:
        return shop.recommend(product=product, kind="similar", k=k, shopper=shopper)

    toolbox = Toolbox(
        understand=shop.understand,
        search=shop.search,
        similar=similar,
        product=shop.product,
        prices=shop.prices,
        ratings=shop.ratings,
        reviews=shop.reviews,
        said_of=shop.review_summary,
        orders_of=shop.stores.orders.of,
        promotions=shop.stores.promotions.active,
        articles=shop.stores.articles.of,
        price_basket=shop.price_basket,
        zone=shop.settings.shop.zone,
        lexicon=lambda: shop.lexicon,
        topics=shop.questions.topics_of,
        replies=shop.questions.on,
        encode=lambda: shop.encoder.queries if isinstance(shop.encoder, E5 | Static) else None,
    )
    return Assistant(toolbox, shop.stores.conversations, shop.clock)

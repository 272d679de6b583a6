"""A campaign's page: what it offers, until when, and the products it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.domain.errors import NotFound
from daogou.domain.ids import PromotionId
from daogou.domain.query import Where
from daogou.server.pages.words import words_in
from daogou.server.storefront.cards import Row, cards
from daogou.server.storefront.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.domain.promotion import Promotion
    from daogou.server.pages.site import Site
    from daogou.server.pages.visitor import Visitor

_EACH = 12
_MOST_ROWS = 4


class CampaignPage:
    """Products of one promotion, a row for each category it names."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._record = Record(site.shop)

    def show(self, request: Request) -> Response:
        """Draw the page. Raises NotFound for a promotion that is not on record or does not hold now."""
        shop, who = self._site.shop, self._site.visitor(request)
        promotion = shop.stores.promotions.get(PromotionId(request.path_params["id"]))
        if promotion is None or not promotion.holds_at(shop.clock()):
            raise NotFound("this campaign is over, or never was", where="campaign")
        rows = list(self._rows(promotion, who))
        self._record.shown(who, rows)
        return self._site.render(request, "storefront/campaign.html", promotion=promotion, rows=rows)

    def _rows(self, promotion: Promotion, who: Visitor) -> Iterator[Row]:
        shop, condition = self._site.shop, promotion.condition
        shelf = shop.engine.shelf
        products = condition.products or None
        categories: list[str | None] = [*sorted(condition.categories)[:_MOST_ROWS]]
        for category in categories or [None]:
            title = shelf.label("category", category).show(who.language) if category else ""
            where = Where(category=category, brands=condition.brands, products=products)
            found = shop.recommend(
                shopper=who.shopper, session=who.session, kind="trending", k=_EACH, where=where, language=who.language
            )
            if found.items:
                name = f"campaign:{promotion.id}"
                yield Row(name, title or words_in(who.language)("campaign.products"), cards(shop, found.items, name))

"""What reviewers say across the shop: sides of products, the products that do worst, and reviews to be doubted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.text import Text
from daogou.opinions.board import Side, board, worst
from daogou.server.console.page import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from daogou.domain.product import Product
    from daogou.domain.review import Review
    from daogou.opinions.doubts import Doubt
    from daogou.opinions.quotes import Quote
    from daogou.server.pages.site import Site

_WORST, _DOUBTS, _OF_A_PRODUCT = 10, 30, 500


@dataclass(frozen=True, slots=True)
class Bad:
    """A product that does badly on one side, with what is said."""

    product: Product
    good: int
    bad: int
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Doubted:
    """A doubtful review as it stands on the page."""

    doubt: Doubt
    product: Product
    review: Review


class ReviewsPage:
    """Shows opinions as of the active release."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def show(self, request: Request) -> Response:
        """All sides, one of them closely, and the doubtful reviews."""
        shop = self._site.shop
        voices, known = shop.voices, shop.lexicon.aspects
        sides = board(voices) if voices is not None and len(voices.good) else []
        asked = request.query_params.get("aspect", "")
        chosen = next((side for side in sides if side.aspect == asked), None)
        doubts = shop.doubts
        return shown(
            self._site,
            request,
            "reviews",
            sides=sides,
            label=lambda aspect: known[aspect].label if aspect in known else Text.of(aspect),
            trained=voices is not None,
            chosen=chosen,
            highest=max((1, *(month.good + month.bad for month in chosen.months))) if chosen else 1,
            worst=self._worst(chosen) if chosen else [],
            doubted=self._doubted(doubts[:_DOUBTS]),
            n_doubts=len(doubts),
        )

    def _worst(self, side: Side) -> list[Bad]:
        shop = self._site.shop
        assert shop.voices is not None
        found = []
        for each in worst(shop.voices, side.aspect, limit=_WORST):
            product = shop.product(each.product)
            if product is not None:
                said = next((a for a in shop.review_summary(product.id).aspects if a.aspect == side.aspect), None)
                quotes = tuple(quote for quote in said.quotes if quote.polarity == "bad") if said else ()
                found.append(Bad(product, each.good, each.bad, quotes))
        return found

    def _doubted(self, doubts: Sequence[Doubt]) -> list[Doubted]:
        """Those that are still on record."""
        shop, found = self._site.shop, []
        reviews = {
            review.id: review
            for product in {doubt.product for doubt in doubts}
            for review in shop.reviews(product, limit=_OF_A_PRODUCT)
        }
        for doubt in doubts:
            product = shop.product(doubt.product)
            if product is not None and doubt.review in reviews:
                found.append(Doubted(doubt, product, reviews[doubt.review]))
        return found

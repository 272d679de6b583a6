"""A hit as a card: the product, what it costs, how it is rated, and why it is here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.server.pages.look import picture_of, product_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daogou.domain.hit import Hit, Reason
    from daogou.domain.product import Product
    from daogou.domain.review import RatingSummary
    from daogou.domain.text import Text
    from daogou.shop.shop import Shop


@dataclass(frozen=True, slots=True)
class Card:
    """What a template needs to draw one product."""

    product: Product
    hit: Hit
    address: str
    picture: str
    rating: RatingSummary | None
    reason: Reason | None
    """The reason that says most."""
    position: int


@dataclass(frozen=True, slots=True)
class Row:
    """A list of cards under a heading that says why they are together."""

    name: str
    """The list's name in the event log: "home:for-you"."""
    title: str
    cards: tuple[Card, ...]
    more: str = ""
    """Address of a page with more of the same."""
    cause: Text | None = None


def cards(shop: Shop, hits: Iterable[Hit], name: str, *, first: int = 0, query: str = "") -> tuple[Card, ...]:
    """Draw hits as cards, numbered from `first`; a product that has just left the catalogue is left out.

    `query` is what was searched for, which a click then names.
    """
    hits = list(hits)
    products = shop.stores.catalogue.get([hit.product for hit in hits])
    ratings = shop.ratings(list(products))
    shown = [hit for hit in hits if hit.product in products and not products[hit.product].hidden]
    return tuple(
        Card(
            product=products[hit.product],
            hit=hit,
            address=product_at(hit.product, shown_in=name, position=position, query=query),
            picture=picture_of(products[hit.product]),
            rating=ratings.get(hit.product),
            reason=strongest(hit),
            position=position,
        )
        for position, hit in enumerate(shown, start=first)
    )


def strongest(hit: Hit) -> Reason | None:
    """What reviewers say of a side that was asked for, else the reason with the largest share; of equals the first.

    One without words explains nothing.
    """
    worded = [reason for reason in hit.because if reason.text]
    return max(worded, key=lambda reason: (reason.kind == "reviews", reason.share)) if worded else None

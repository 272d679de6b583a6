"""Recommendations: for a shopper, beside a product, to go with a basket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response

from daogou.domain.text import Language
from daogou.server import wire
from daogou.server.api.parameters import Cards, Filter, IdParam, K, Keys, SessionParam, ShopperParam
from daogou.server.auth import Anyone, acting_as
from daogou.server.document import answers, ref

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

RecommendKind = Literal["for-you", "similar", "together", "next-basket", "trending", "new", "because"]


class Recommended(msgspec.Struct, frozen=True):
    """One product of the plain list."""

    product_id: str
    title: str
    score: float
    reason: str
    """Why, in the shop's language; empty where no single reason stands out."""


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["recommend"])
    mother_tongue = shop.settings.shop.language

    @routes.get("/v1/recommend", **answers(ref(wire.Answered), 404, 503))
    async def recommend(  # noqa: PLR0917 (FastAPI passes them by name)
        caller: Anyone,
        where: Filter,
        shopper: ShopperParam = None,
        session: SessionParam = None,
        product: IdParam = None,
        basket: Keys = [],  # noqa: B006 (FastAPI copies it)
        kind: RecommendKind | None = None,
        k: K = 10,
        language: Language | None = None,
        cards: Cards = False,
    ) -> Response:
        """Recommend. Without `kind`: beside the product, to go with the basket, or else for the shopper.

        An event that was answered with 200 is known to the very next answer.
        """
        who, visit = acting_as(caller, shopper, session)
        hits = shop.recommend(
            shopper=who, session=visit, product=product, basket=basket, kind=kind, k=k, where=where, language=language
        )
        return wire.answer(wire.answered(hits, hits.products if cards else None))

    plain_list = {"type": "array", "items": ref(Recommended)}

    @routes.get("/recommend", **answers(plain_list, 404, 503))
    async def recommend_plainly(
        caller: Anyone,
        user_id: Annotated[str | None, Query(max_length=256, description="Left out: a token's own, or nobody.")] = None,
        product_id: IdParam = None,
        k: K = 10,
    ) -> Response:
        """Recommend, as a plain list: for the user, or beside the product."""
        who, visit = acting_as(caller, user_id, None)
        hits = shop.recommend(shopper=who, session=visit, product=product_id, k=k)
        items = []
        for hit in hits.items:
            product = hits.products.get(hit.product)
            title = product.title.show(mother_tongue) if product else ""
            reason = hit.because[0].text.show(mother_tongue) if hit.because else ""
            items.append(Recommended(hit.product, title, hit.score, reason))
        return wire.answer(items)

    return routes

"""One product: what it is, what it costs and has cost, what shoppers say, and what goes with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from daogou.domain.errors import NotFound
from daogou.domain.product import PricePoint, Product
from daogou.domain.review import RatingSummary, Review
from daogou.opinions.summary import ReviewSummary
from daogou.server import wire
from daogou.server.api.parameters import Cards, Id, K
from daogou.server.auth import Anyone, Caller
from daogou.server.document import answers, listing, ref
from daogou.shop.questioning import OftenAsked

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

_PRODUCT = {"type": "object", "properties": {"product": ref(Product), "rating": ref(RatingSummary)},
            "required": ["product"]}  # fmt: skip


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop. Ids may contain slashes, so the routes about a product come before the product."""
    routes = APIRouter(tags=["products"])

    @routes.get("/v1/products/{id:path}/similar", **answers(ref(wire.Answered), 404, 503))
    async def similar(caller: Anyone, id: Id, k: K = 10, cards: Cards = False) -> Response:
        """Find what could be bought instead of the product."""
        _product(shop, id, caller)
        hits = shop.recommend(product=id, kind="similar", k=k, shopper=caller.shopper, session=caller.session)
        return wire.answer(wire.answered(hits, hits.products if cards else None))

    @routes.get("/v1/products/{id:path}/together", **answers(ref(wire.Answered), 404, 503))
    async def together(caller: Anyone, id: Id, k: K = 10, cards: Cards = False) -> Response:
        """Find what is bought together with the product."""
        _product(shop, id, caller)
        hits = shop.recommend(product=id, kind="together", k=k, shopper=caller.shopper, session=caller.session)
        return wire.answer(wire.answered(hits, hits.products if cards else None))

    @routes.get("/v1/products/{id:path}/reviews/summary", **answers(ref(ReviewSummary), 404))
    async def review_summary(caller: Anyone, id: Id) -> Response:
        """Sum up what the reviews say of which side of the product, with the words of the reviewers behind it."""
        _product(shop, id, caller)
        return wire.plainly(await run_in_threadpool(shop.review_summary, id))

    @routes.get("/v1/products/{id:path}/reviews", **answers(listing(Review, rating=ref(RatingSummary)), 404))
    async def reviews(caller: Anyone, id: Id, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Response:
        """Read the reviews, most helpful first. Who wrote them is told to keys only, never to shopper tokens."""
        _product(shop, id, caller)
        written = await run_in_threadpool(shop.reviews, id, limit=limit)
        if caller.role == "shopper":
            written = [replace(review, shopper=None) for review in written]
        return wire.plainly({"items": written} | _rating(shop, id))

    @routes.get("/v1/products/{id:path}/questions", **answers(listing(OftenAsked), 404))
    async def questions(caller: Anyone, id: Id) -> Response:
        """List what many ask about the product or its kind, with what the record says on it.

        Each topic was asked about by at least ten different shoppers or sessions in the last ninety days.
        """
        found = _product(shop, id, caller)
        return wire.plainly({"items": await run_in_threadpool(shop.questions.of, found)})

    @routes.get("/v1/products/{id:path}/price-history", **answers(listing(PricePoint), 404))
    async def price_history(caller: Anyone, id: Id) -> Response:
        """Read what the product has cost, oldest first; each price held until the next."""
        _product(shop, id, caller)
        return wire.plainly({"items": await run_in_threadpool(shop.prices, id)})

    @routes.get("/v1/products/{id:path}", **answers(_PRODUCT, 404))
    async def product(caller: Anyone, id: Id) -> Response:
        """Read a product as the catalogue describes it now, with its rating where it has one."""
        return wire.plainly({"product": _product(shop, id, caller)} | _rating(shop, id))

    return routes


def _product(shop: Shop, id: str, caller: Caller) -> Product:
    """Find a product; to shoppers, a hidden one does not exist."""
    found = shop.product(id)
    if found is None or (found.hidden and caller.role == "shopper"):
        raise NotFound(f"no product {id!r}", where="path.id")
    return found


def _rating(shop: Shop, id: str) -> dict[str, RatingSummary]:
    found = list(shop.ratings([id]).values())
    return {"rating": found[0]} if found else {}

"""Search, suggestions, and how a query is understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response

from daogou.domain.query import Sort, Understood
from daogou.domain.text import Language
from daogou.server import wire
from daogou.server.api.parameters import LONGEST_ID, Cards, Filter, K, Offset, SessionParam, ShopperParam, Words
from daogou.server.auth import Anyone, acting_as
from daogou.server.document import answers, listing, ref

if TYPE_CHECKING:
    from daogou.shop.shop import Shop


class Suggested(msgspec.Struct, frozen=True):
    """A completion of what was typed."""

    text: str


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["search"])

    @routes.get("/v1/search", **answers(ref(wire.Answered), 404, 503))
    async def search(  # noqa: PLR0917 (FastAPI passes them by name)
        caller: Anyone,
        where: Filter,
        q: Words = "",
        k: K = 10,
        offset: Offset = 0,
        sort: Sort | None = None,
        language: Language | None = None,
        shopper: ShopperParam = None,
        session: SessionParam = None,
        cards: Cards = False,
        like: Annotated[str | None, Query(max_length=LONGEST_ID, description="A product to find others like.")] = None,
    ) -> Response:
        """Find products by words in Chinese or English, or like a product; the filter narrows what the words mean."""
        who, visit = acting_as(caller, shopper, session)
        hits = shop.search(
            q, k=k, offset=offset, where=where, sort=sort, shopper=who, session=visit, language=language, like=like
        )
        return wire.answer(wire.answered(hits, hits.products if cards else None))

    @routes.get("/v1/suggest", **answers(listing(Suggested)))
    async def suggest(caller: Anyone, prefix: Words, limit: Annotated[int, Query(ge=1, le=50)] = 8) -> Response:
        """Complete what a shopper has typed so far."""
        return wire.plainly({"items": shop.suggest(prefix, limit=limit)})

    @routes.get("/v1/understand", **answers(ref(Understood)))
    async def understand(caller: Anyone, q: Words) -> Response:
        """Take a query apart: language, words, filter, sort, and the slots with their places in the text."""
        return wire.plainly(shop.understand(q))

    return routes

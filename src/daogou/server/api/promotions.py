"""Offers on record, and what a basket costs with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import APIRouter
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.ids import ProductId, VariantId
from daogou.domain.promotion import Promotion
from daogou.promotions.basket import BasketLine, Priced
from daogou.server import wire
from daogou.server.auth import Anyone
from daogou.server.document import answers, listing, merged, ref, takes

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

_Id = Annotated[str, Meta(min_length=1, max_length=256)]


class BasketLineIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product and how many; the price comes from the catalogue only."""

    product: _Id
    quantity: Annotated[int, Meta(ge=1, le=10_000)] = 1
    variant: _Id | None = None


class BasketIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A basket, and the coupon code that was entered."""

    lines: Annotated[list[BasketLineIn], Meta(max_length=500)]
    code: _Id | None = None


_EXAMPLE = {"lines": [{"product": "p1", "quantity": 2}], "code": "SPRING"}


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["promotions"])

    @routes.get("/v1/promotions", **answers(listing(Promotion)))
    async def promotions(caller: Anyone) -> Response:
        """List the promotions that hold now, highest priority first. Coupon codes are shown to keys only."""
        active = await run_in_threadpool(shop.stores.promotions.active, shop.clock())
        if caller.role == "shopper":
            active = [each for each in active if each.condition.code is None]
        return wire.plainly({"items": active})

    @routes.post("/v1/basket/price", **merged(answers(ref(Priced)), takes(ref(BasketIn), _EXAMPLE)))
    async def price(caller: Anyone, request: Request) -> Response:
        """Price a basket now, with each adjustment and the promotion behind it. Nothing is kept."""
        basket = await wire.read(request, BasketIn)
        lines = [_line(each) for each in basket.lines]
        return wire.plainly(await run_in_threadpool(shop.price_basket, lines, code=basket.code))

    return routes


def _line(line: BasketLineIn) -> BasketLine:
    return BasketLine(ProductId(line.product), line.quantity, VariantId(line.variant) if line.variant else None)

"""Orders and how far they have come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from daogou.domain.errors import BadRequest, NotFound
from daogou.domain.ids import OrderId
from daogou.domain.order import Order
from daogou.server import wire
from daogou.server.api.parameters import Id, ShopperParam
from daogou.server.auth import Anyone, acting_as
from daogou.server.document import answers, listing, ref

if TYPE_CHECKING:
    from daogou.shop.shop import Shop


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["orders"])

    @routes.get("/v1/orders", **answers(listing(Order)))
    async def orders(
        caller: Anyone, shopper: ShopperParam = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> Response:
        """List a shopper's orders, newest first; with a token, one's own."""
        who, _ = acting_as(caller, shopper, None, where="query.")
        if who is None:
            raise BadRequest("whose orders? name a shopper", where="query.shopper")
        return wire.plainly({"items": await run_in_threadpool(shop.stores.orders.of, who, limit=limit)})

    @routes.get("/v1/orders/{id:path}", **answers(ref(Order), 404))
    async def order(caller: Anyone, id: Id) -> Response:
        """Read an order with its lines and shipments. To a token, another shopper's order does not exist."""
        found = await run_in_threadpool(shop.stores.orders.get, OrderId(id))
        if found is None or (caller.role == "shopper" and found.shopper != caller.shopper):
            raise NotFound(f"no order {id!r}", where="path.id")
        return wire.plainly(found)

    return routes

"""What the shop knows of a shopper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from daogou.domain.errors import NotFound
from daogou.profile.build import Profile
from daogou.server import wire
from daogou.server.api.parameters import Id
from daogou.server.auth import Anyone, acting_as
from daogou.server.document import answers, ref

if TYPE_CHECKING:
    from daogou.shop.shop import Shop


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["shoppers"])

    @routes.get("/v1/shoppers/{id:path}/profile", **answers(ref(Profile), 404))
    async def profile(caller: Anyone, id: Id) -> Response:
        """Read what is known of a shopper, each fact with the records that say so. A token reads its own only."""
        acting_as(caller, id, None, where="path.")
        found = await run_in_threadpool(shop.profile, id)
        if not found.known:
            raise NotFound(f"nothing is known of shopper {id!r}", where="path.id")
        return wire.plainly(found)

    return routes

"""Guides, policies and stories."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from daogou.domain.article import Article, ArticleKind
from daogou.domain.errors import NotFound
from daogou.domain.ids import ArticleId
from daogou.domain.text import Text
from daogou.server import wire
from daogou.server.api.parameters import Id
from daogou.server.auth import Anyone
from daogou.server.document import answers, listing, ref

if TYPE_CHECKING:
    from daogou.shop.shop import Shop


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["articles"])

    @routes.get("/v1/articles", **answers(listing(Article)))
    async def articles(
        caller: Anyone, kind: ArticleKind | None = None, topic: Annotated[str | None, Query(max_length=100)] = None
    ) -> Response:
        """List articles by id, without their bodies."""
        found = await run_in_threadpool(shop.stores.articles.of, kind=kind, topic=topic)
        return wire.plainly({"items": [replace(article, body=Text()) for article in found]})

    @routes.get("/v1/articles/{id:path}", **answers(ref(Article), 404))
    async def article(caller: Anyone, id: Id) -> Response:
        """Read an article."""
        found = await run_in_threadpool(shop.stores.articles.get, ArticleId(id))
        if found is None:
            raise NotFound(f"no article {id!r}", where="path.id")
        return wire.plainly(found)

    return routes

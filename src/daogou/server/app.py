"""The application: routers of the API, storefront and console round one shop, inside the wrappers that guard them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

import daogou
from daogou.server import document, errors
from daogou.server.api import (
    admin,
    articles,
    catalogue,
    chat,
    embeddings,
    events,
    health,
    insights,
    orders,
    products,
    promotions,
    recommend,
    search,
    shoppers,
    tokens,
)
from daogou.server.api.unknown import Declared
from daogou.server.auth import Gate
from daogou.server.console import routes as console
from daogou.server.metrics import Measured, Metrics
from daogou.server.middleware import Bounded, KnownHosts, Secured, Timed, Traced
from daogou.server.storefront import routes as storefront
from daogou.shop.searching import SearchReport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from fastapi import APIRouter

    from daogou.shop.shop import Shop

_SUBJECTS = (
    search, recommend, products, catalogue, events, chat, shoppers, promotions, articles, orders, embeddings,
    tokens, admin, insights, health,
)  # fmt: skip
_BODIES = (
    search.Suggested, recommend.Recommended, recommend.RecommendIn, recommend.ArticleOut, catalogue.ProductIn,
    catalogue.ProductChange, catalogue.Changed, events.EventIn,
    events.Recorded, chat.Line, promotions.BasketIn, embeddings.EmbeddingsIn, embeddings.Embedding,
    embeddings.Embeddings, tokens.TokenFor, tokens.Token, admin.ReleaseOut, admin.Activated, admin.SynonymIn,
    admin.Synonyms, SearchReport, insights.Decision, health.Alive, health.Ready,
)  # fmt: skip


def build_app(shop: Shop, *, owner: bool = False) -> FastAPI:
    """Make the ASGI application of a shop; as its owner it closes the shop when the server stops.

    Raises ValueError where a route of the API does not declare who may call it.
    """
    metrics = Metrics()
    app = FastAPI(
        title="Daogou",
        version=daogou.__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=_wrappers(shop, metrics),
        lifespan=_closing(shop) if owner else None,
    )
    app.state.shop, app.state.gate, app.state.metrics = shop, Gate.of(shop), metrics
    errors.install(app)
    api = api_routers(shop)
    document.install(app, api, _BODIES)
    declared = Depends(Declared.of(document.routes_of(api)))
    for router in api:
        app.include_router(router, dependencies=[declared])
    for router in (console.router(shop), storefront.router(shop)):
        app.include_router(router)
    return app


def _closing(shop: Shop) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        shop.close()

    return lifespan


def api_routers(shop: Shop) -> list[APIRouter]:
    """The routers of the documented API; every route of theirs declares its roles."""
    routers = [subject.router(shop) for subject in _SUBJECTS]
    for route in document.routes_of(routers):
        document.roles_of(route)
    return routers


def _wrappers(shop: Shop, metrics: Metrics) -> list[Middleware]:
    """From the outside in."""
    server = shop.settings.server
    wrappers = [
        Middleware(Measured, metrics=metrics),
        Middleware(Secured, hsts=server.secure_cookies),
        Middleware(Traced),
        Middleware(KnownHosts, names=frozenset(name.lower() for name in server.hosts)),
        Middleware(Bounded),
        Middleware(Timed),
    ]
    if server.origins:
        headers = ["Authorization", "Content-Type", "Idempotency-Key"]
        cors = Middleware(CORSMiddleware, allow_origins=server.origins, allow_methods=["GET", "POST"],
                          allow_headers=headers)  # fmt: skip
        wrappers.insert(3, cors)
    return wrappers

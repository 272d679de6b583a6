"""The application: routers of the API, storefront and console round one shop, inside the wrappers that guard them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware import Middleware

import daogou
from daogou.server import document, errors
from daogou.server.api import events, health, recommend, search
from daogou.server.auth import Gate
from daogou.server.middleware import Bounded, KnownHosts, Secured, Timed, Traced

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

_SUBJECTS = (search, recommend, events, health)
_BODIES = (search.Suggested, recommend.Recommended, events.EventIn, events.Recorded, health.Alive, health.Ready)


def build_app(shop: Shop) -> FastAPI:
    """Make the ASGI application of a shop.

    Raises ValueError where a route of the API does not declare who may call it.
    """
    app = FastAPI(title="Daogou", version=daogou.__version__, docs_url=None, redoc_url=None, middleware=_wrappers(shop))
    app.state.shop = shop
    app.state.gate = Gate.of(shop)
    errors.install(app)
    routers = [subject.router(shop) for subject in _SUBJECTS]
    document.install(app, routers, _BODIES)
    for router in routers:
        app.include_router(router)
    return app


def _wrappers(shop: Shop) -> list[Middleware]:
    server: Any = shop.settings.server
    return [
        Middleware(Secured, hsts=server.secure_cookies),
        Middleware(Traced),
        Middleware(KnownHosts),
        Middleware(Bounded),
        Middleware(Timed),
    ]

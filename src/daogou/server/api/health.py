"""Is the process alive, and can it answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.server import wire
from daogou.server.auth import Monitors, Public
from daogou.server.document import answers, ref
from daogou.server.metrics import Metrics

if TYPE_CHECKING:
    from daogou.shop.shop import Shop


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    status: str = "ok"


class Ready(msgspec.Struct, frozen=True):
    """The shop answers."""

    status: str
    products: int
    release: str
    """The active release; empty before the first training, when search and recommendations answer 503."""


_METRICS = answers({})
_METRICS["responses"][200]["content"] = {"text/plain": {"schema": {"type": "string"}}}


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", **answers(ref(Alive)))
    async def alive(caller: Public) -> Response:
        """Say that the process is alive, whatever the state of its stores."""
        return wire.answer(Alive())

    @routes.get("/readyz", **answers(ref(Ready), 503))
    async def ready(caller: Public) -> Response:
        """Say that the stores can be read, and which release answers."""
        products = await run_in_threadpool(shop.stores.catalogue.count)
        return wire.answer(Ready("ok", products, shop.release_id or ""))

    @routes.get("/metrics", **_METRICS)
    async def metrics(caller: Monitors, request: Request) -> Response:
        """Read the counts in Prometheus' text format; give its scraper a key as bearer token."""
        found: Metrics = request.app.state.metrics
        found.answering(shop.release_id or "none")
        return Response(await run_in_threadpool(found.text), media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes

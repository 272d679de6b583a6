"""What operators see and do: releases, the newest events, imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from daogou.domain.errors import CorruptRelease
from daogou.ingest.records import encode_event
from daogou.server import wire
from daogou.server.api.events import EventIn
from daogou.server.api.parameters import Id
from daogou.server.auth import Operators
from daogou.server.document import answers, listing, ref
from daogou.server.errors import Conflict

if TYPE_CHECKING:
    from daogou.shop.shop import Shop
    from daogou.training.releases import Manifest


class ReleaseOut(msgspec.Struct, frozen=True):
    """A release: what it was made of and how well it did."""

    id: str
    created: int
    """Epoch milliseconds."""
    code: str
    """Version of the code that made it."""
    data_hash: str
    last_seq: int
    """Newest event it contains."""
    seconds: float
    """How long the training took."""
    metrics: dict[str, float]
    active: bool


class Activated(msgspec.Struct, frozen=True):
    """The release that answers from now on."""

    active: str


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["admin"], prefix="/v1/admin")
    anything = {"type": "array", "items": {"type": "object"}}

    @routes.get("/releases", **answers(listing(ReleaseOut)))
    async def releases(caller: Operators) -> Response:
        """List the releases, oldest first."""
        active = shop.releases.active_id()
        found = await run_in_threadpool(shop.releases.list)
        return wire.answer({"items": [_release(each, active) for each in found]})

    @routes.post("/releases/{id}/activate", **answers(ref(Activated), 404, 409))
    async def activate(caller: Operators, id: Id) -> Response:
        """Let another release answer. A corrupt one is refused (409) and the old one stays."""
        try:
            await run_in_threadpool(shop.activate, id)
        except CorruptRelease as error:
            raise Conflict(error.message, where=error.where) from error
        return wire.answer(Activated(id))

    @routes.get("/events", **answers(listing(EventIn)))
    async def events(caller: Operators, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
        """Read the newest events of the log, oldest first."""
        log = shop.stores.events
        newest = await run_in_threadpool(lambda: log.since(max(0, log.head() - limit), limit=limit))
        return wire.answer({"items": [{"seq": each.seq, **encode_event(each.event)} for each in newest]})

    @routes.get("/imports", **answers({"type": "object", "properties": {"items": anything}, "required": ["items"]}))
    async def imports(caller: Operators) -> Response:
        """List the imports with their reports, newest first."""
        reports: list[tuple[str, Any]] = await run_in_threadpool(shop.stores.ledger.of, "import")
        return wire.plainly({"items": [{"at": int(at), **report} for at, report in reversed(reports)]})

    return routes


def _release(manifest: Manifest, active: str | None) -> ReleaseOut:
    return ReleaseOut(
        manifest.id,
        manifest.created,
        manifest.code,
        manifest.data_hash,
        manifest.last_seq,
        manifest.seconds,
        dict(manifest.metrics),
        manifest.id == active,
    )

"""What operators see and do: releases, the newest events, imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.errors import CorruptRelease
from daogou.ingest.records import encode_event
from daogou.server import wire
from daogou.server.api.events import EventIn
from daogou.server.api.parameters import Id
from daogou.server.auth import Operators
from daogou.server.document import answers, listing, ref
from daogou.server.errors import Conflict
from daogou.shop.searching import SearchReport

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


class SynonymIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two or more words or phrases that mean the same."""

    words: list[str]


class Synonyms(msgspec.Struct, frozen=True):
    """Every group of synonyms.toml."""

    groups: tuple[tuple[str, ...], ...]


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

    @routes.get("/searches", **answers(ref(SearchReport)))
    async def searches(caller: Operators, days: Annotated[int, Query(ge=1, le=365)] = 30) -> Response:
        """Report the searches of the last days, what each finds now, clicks by place, and likely synonyms.

        Every query and place stands for at least ten different shoppers or sessions.
        """
        return wire.answer(await run_in_threadpool(shop.search_report, days=days))

    @routes.get("/synonyms", **answers(ref(Synonyms)))
    async def synonyms(caller: Operators) -> Response:
        """Read the groups of words that mean the same."""
        return wire.answer(Synonyms(shop.synonyms))

    @routes.post("/synonyms", **answers(ref(Synonyms), 400))
    async def add_synonyms(caller: Operators, request: Request) -> Response:
        """Add one group of words that mean the same. Searches follow it within a second."""
        group = await wire.read(request, SynonymIn)
        return wire.answer(Synonyms(await run_in_threadpool(shop.add_synonyms, group.words)))

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

"""What shoppers did, sent in: answered only when it is on disk."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, cast

import msgspec
from fastapi import APIRouter, Header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.errors import Forbidden
from daogou.domain.event import Event
from daogou.domain.ids import EventId
from daogou.ingest.checks import demand_past, latest
from daogou.ingest.records import KINDS, decode_event
from daogou.server import wire
from daogou.server.auth import Anyone, Caller
from daogou.server.document import answers, merged, ref, takes
from daogou.server.errors import TooLarge
from daogou.server.metrics import Metrics

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

MOST_EVENTS = 5_000
"""Events in one request: about as many as fit the body's limit."""
MOST_NAMED = 10
"""Unknown products that an answer names."""
_BY_SERVICE = frozenset({"purchase", "return"})
"""Acts a browser may not report about itself: they come from the shop's till."""


class EventIn(msgspec.Struct, frozen=True):
    """One act of one shopper or session; `docs/reference` has every field."""

    type: str
    shopper: str | int | None = None
    session: str | int | None = None
    product: str | int | None = None
    at: str | int | float | None = None
    """ISO 8601, or epoch seconds or milliseconds, at most a day ahead of the shop's clock; left out: now."""
    id: str | int | None = None
    """Makes a retry harmless: an id already on record changes nothing."""


class Recorded(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of the events; they are on disk."""

    recorded: int
    """How many are new."""
    duplicate: int
    """How many were on record already."""
    ignored: tuple[str, ...] = ()
    """Fields of which nothing is kept, since events have none of these names; left out where there are none."""
    unknown: tuple[str, ...] = ()
    """Products that the catalogue does not have, at most ten: these events count once it has them."""


_EXAMPLE = {"type": "view", "shopper": "u1", "product": "p1", "at": "2026-05-01T09:30:00Z"}


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["events"])
    currency = shop.settings.shop.currency
    body = takes(
        {"oneOf": [ref(EventIn), {"type": "array", "items": ref(EventIn), "maxItems": MOST_EVENTS}]}, [_EXAMPLE]
    )

    @routes.post("/v1/events", **merged(answers(ref(Recorded), 413, 507), body))
    async def record(
        caller: Anyone,
        request: Request,
        idempotency_key: Annotated[str | None, Header(min_length=1, max_length=256)] = None,
    ) -> Response:
        """Record one event or a batch, all or none.

        An answer of 200 means that the events are on disk. Sending the same ids again, or the same body under the
        same Idempotency-Key, records nothing twice, whenever and however often it happens. Another body under a key
        that was used is another request: its events are recorded.
        """
        given = await wire.read(request, list[dict[str, Any]] | dict[str, Any])  # type: ignore[arg-type]
        one = isinstance(given, dict)
        objects = cast("list[dict[str, Any]]", [given] if one else given)
        if len(objects) > MOST_EVENTS:
            raise TooLarge(f"{len(objects)} events in one request; at most {MOST_EVENTS}", where="body")
        now = shop.clock()
        until = latest(now)
        events = []
        for i, each in enumerate(objects):
            where = "" if one else f"[{i}]"
            event = decode_event(_own(caller, {"at": now, **each}, where), where, currency=currency)
            demand_past(event.at, until, where)
            events.append(_identified(event, each, caller, idempotency_key, i))
        events, unknown = await run_in_threadpool(shop.known, events)
        done = await asyncio.wrap_future(shop.record_async(events))
        counts: Metrics = request.app.state.metrics
        counts.events.labels("recorded").inc(done.new)
        counts.events.labels("duplicate").inc(done.duplicate)
        ignored = tuple(sorted(set().union(*objects) - KINDS["event"].keys))
        return wire.answer(Recorded(done.new, done.duplicate, ignored, tuple(unknown[:MOST_NAMED])))

    return routes


def _own(caller: Caller, event: dict[str, Any], where: str) -> dict[str, Any]:
    """An event sent with a shopper token is that shopper's own, and no purchase."""
    if caller.role != "shopper":
        return event
    if event.get("type") in _BY_SERVICE:
        raise Forbidden(f"a shopper token may not report a {event['type']}", where=f"{where}.type".lstrip("."))
    own = {"shopper": caller.shopper, "session": caller.session}
    for name, value in own.items():
        if event.get(name) not in (None, "", value):
            raise Forbidden(f"this token may not act as {name} {event[name]!r}", where=f"{where}.{name}".lstrip("."))
    return event | own


def _identified(event: Event, given: dict[str, Any], caller: Caller, key: str | None, i: int) -> Event:
    """Give an event without an id one that is the same in every retry, where the request has a key.

    What was sent is a part of it, so that a key used twice by mistake loses nothing.
    """
    if key is None or event.id:
        return event
    sent = msgspec.json.encode(given, order="sorted").decode()
    whose = (caller.role, caller.name, caller.shopper or "", caller.session or "", key, str(i), sent)
    return replace(event, id=EventId("ik-" + hashlib.sha256("\0".join(whose).encode()).hexdigest()))

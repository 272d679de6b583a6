"""Shopper tokens for the shop's own site and apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import APIRouter
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.errors import BadRequest
from daogou.domain.ids import SessionId, ShopperId
from daogou.server import wire
from daogou.server.auth import Gate, Services
from daogou.server.document import answers, merged, ref, takes

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

_Id = Annotated[str, Meta(min_length=1, max_length=256)]


class TokenFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the token will act as: a shopper you have signed in, an anonymous session, or both."""

    shopper: _Id | None = None
    session: _Id | None = None
    seconds: Annotated[int, Meta(ge=60, le=30 * 24 * 3600)] = 24 * 3600
    """How long it is good for."""


class Token(msgspec.Struct, frozen=True):
    """Send it as `Authorization: Bearer …`."""

    token: str
    seconds: int


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["tokens"])

    @routes.post("/v1/token", **merged(answers(ref(Token)), takes(ref(TokenFor), {"shopper": "u1"})))
    async def token(caller: Services, request: Request) -> Response:
        """Make a token that acts as one shopper. Make sure first that it is them: nothing else will."""
        asked = await wire.read(request, TokenFor)
        if not (asked.shopper or asked.session):
            raise BadRequest("name a shopper, a session, or both", where="shopper")
        gate: Gate = request.app.state.gate
        shopper = ShopperId(asked.shopper) if asked.shopper else None
        session = SessionId(asked.session) if asked.session else None
        made = gate.token(shopper=shopper, session=session, ttl_ms=asked.seconds * 1000)
        return wire.answer(Token(made, asked.seconds))

    return routes

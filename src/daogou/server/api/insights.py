"""What an operator learns from the shop's texts: sides of products, doubtful reviews, attributes that seem to lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import APIRouter, Query
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.knowledge.attributes import Suggestion
from daogou.opinions.board import Side, board
from daogou.opinions.doubts import Doubt
from daogou.server import wire
from daogou.server.auth import Operators
from daogou.server.document import answers, listing, merged, ref, takes
from daogou.shop.questioning import AskedLine

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

_Name = Annotated[str, Meta(min_length=1, max_length=256)]
_Limit = Annotated[int, Query(ge=1, le=500)]


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shall become of a suggestion."""

    product: _Name
    name: _Name
    """The attribute."""
    accept: bool
    """True writes the value into the catalogue; false never offers it again."""


_EXAMPLE = {"product": "p1", "name": "color", "accept": True}


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["admin"], prefix="/v1/admin")

    @routes.get("/reviews/aspects", **answers(listing(Side)))
    async def aspects(caller: Operators) -> Response:
        """Read which sides of products reviewers like, across the shop and over the last twelve months."""
        voices = await run_in_threadpool(lambda: shop.voices)
        return wire.plainly({"items": board(voices) if voices else []})

    @routes.get("/reviews/doubts", **answers(listing(Doubt)))
    async def doubts(caller: Operators, limit: _Limit = 100) -> Response:
        """List the reviews that are probably not what a buyer thinks, with their signs, most doubtful first."""
        return wire.plainly({"items": (await run_in_threadpool(lambda: shop.doubts))[:limit]})

    @routes.get("/questions", **answers(listing(AskedLine)))
    async def questions(caller: Operators) -> Response:
        """List what shoppers ask often, with the products and kinds of goods for which the record has no answer."""
        return wire.plainly({"items": await run_in_threadpool(shop.questions.report)})

    @routes.get("/attributes/suggestions", **answers(listing(Suggestion)))
    async def suggestions(caller: Operators, limit: _Limit = 100) -> Response:
        """List attributes that products seem to have by their titles and descriptions, surest first."""
        return wire.plainly({"items": (await run_in_threadpool(shop.suggested_attributes.open))[:limit]})

    @routes.post("/attributes/suggestions", **merged(answers(ref(Suggestion), 404), takes(ref(Decision), _EXAMPLE)))
    async def decide(caller: Operators, request: Request) -> Response:
        """Accept or reject a suggestion; either is put on record with its origin and who said so."""
        said = await wire.read(request, Decision)

        def decided() -> Suggestion:
            return shop.suggested_attributes.decide(said.product, said.name, accept=said.accept, by=caller.name)

        return wire.plainly(await run_in_threadpool(decided))

    return routes

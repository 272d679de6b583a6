"""Talk to the assistant: one line in, an answer with its products and proven facts out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from daogou.domain.conversation import Answer, Claim
from daogou.domain.errors import BadRequest
from daogou.domain.text import Language
from daogou.server import wire
from daogou.server.auth import Anyone, Caller, acting_as
from daogou.server.document import answers, listing, merged, ref, takes
from daogou.shop.plain import plain

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

_Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the shopper says."""

    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    conversation: _Name | None = None
    """As an earlier answer named it; left out: a new conversation."""
    shopper: _Name | None = None
    """With a key: who is asking. A shopper token knows."""
    language: Language | None = None
    """Left out: the language of the text."""


_ANSWER = listing(
    Claim, "claims",
    text={"type": "string"}, language={"enum": ["zh", "en"]}, intent={"type": "string"}, slots={"type": "object"},
    products={"type": "array", "items": ref(wire.Item)}, actions={"type": "array", "items": {"type": "object"}},
    degraded={"type": ["string", "null"]}, conversation={"type": "string"},
)  # fmt: skip
_EVENT = {
    "type": "object",
    "description": "One server-sent event; `done` comes last and names the conversation.",
    "properties": {
        "event": {"enum": ["message", "products", "claims", "done"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["chat"])
    documented = answers(_ANSWER, 503)
    documented["responses"][200]["content"]["text/event-stream"] = {"schema": _EVENT}

    @routes.post("/v1/chat", **merged(documented, takes(ref(Line), {"text": "我想找一款运动鞋"})))
    async def chat(caller: Anyone, request: Request) -> Response:
        """Say one line. Every price, stock level, rating, date and order fact of the answer is one of its claims.

        Server-sent events, or one JSON object with `Accept: application/json`.
        """
        line = await wire.read(request, Line)
        shopper, _ = acting_as(caller, line.shopper, None)
        conversation = line.conversation or shop.new_conversation()
        kept_as = _own(caller, conversation) if caller.role == "shopper" else conversation
        answer = await shop.chat(line.text, conversation=kept_as, shopper=shopper, language=line.language)
        said = _said(answer, conversation)
        if _wants_json(request):
            return wire.answer(said)
        return StreamingResponse(_events(said), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    return routes


def _own(caller: Caller, conversation: str) -> str:
    """A name inside what belongs to the token, so that no name reaches another shopper's conversation."""
    if caller.shopper:
        return f"shopper/{caller.shopper}/{conversation}"
    if caller.session:
        return f"session/{caller.session}/{conversation}"
    raise BadRequest("this token names neither a shopper nor a session", where="Authorization")


def _said(answer: Answer, conversation: str) -> dict[str, Any]:
    return {
        "text": answer.text,
        "language": answer.language,
        "intent": answer.intent,
        "slots": plain(answer.slots),
        "products": [wire.item(hit) for hit in answer.products],
        "claims": plain(answer.claims),
        "actions": plain(answer.actions),
        "degraded": answer.degraded,
        "conversation": conversation,
    }


async def _events(said: dict[str, Any]) -> AsyncIterator[bytes]:
    parts = {
        "message": {name: said[name] for name in ("text", "language", "intent", "slots", "degraded")},
        "products": {"items": said["products"]},
        "claims": {"items": said["claims"]},
        "done": {"conversation": said["conversation"], "actions": said["actions"]},
    }
    for name, data in parts.items():
        yield b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(data))


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/event-stream" not in accepted

"""The assistant's page and panel: a conversation with cards, and a source behind every fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.errors import BadRequest
from daogou.domain.ids import ConversationId
from daogou.server.pages.forms import read_form, refuse_foreign
from daogou.server.storefront.cards import Card, cards
from daogou.server.storefront.footnotes import Note, Piece, footnoted

if TYPE_CHECKING:
    from daogou.domain.conversation import Answer, Message
    from daogou.server.pages.site import Site
    from daogou.server.pages.visitor import Visitor

_LONGEST = 1000
"""Characters of one line."""
_LINES = 40


@dataclass(frozen=True, slots=True)
class Turn:
    """A line of the conversation as it is drawn."""

    role: str
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...] = ()
    cards: tuple[Card, ...] = ()
    answer: Answer | None = None


class ChatPage:
    """Shows the conversation of this session and takes its next line. It works as plain pages without script."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def show(self, request: Request) -> Response:
        """Draw the conversation; `?panel=1` draws only what the side panel holds."""
        who = self._site.visitor(request)
        messages = self._site.shop.stores.conversations.of(_conversation(who), limit=_LINES)
        panel = request.query_params.get("panel") == "1"
        template = "storefront/chat_panel.html" if panel else "storefront/chat.html"
        return self._site.render(request, template, turns=[self._turn(message) for message in messages], panel=panel)

    async def say(self, request: Request) -> Response:
        """Answer one line: with a fragment for htmx, else by going back to the page."""
        try:
            refuse_foreign(request)
            text = (await read_form(request)).get("text", "").strip()
            if not text or len(text) > _LONGEST:
                raise BadRequest(f"a line has 1 to {_LONGEST} characters", where="text")
            who = self._site.visitor(request)
            answer = await self._site.shop.chat(
                text, conversation=_conversation(who), shopper=who.shopper, language=None
            )
            return await run_in_threadpool(self._answered, request, text, answer)
        except Exception as error:
            return self._site.sorry(request, error)

    def _answered(self, request: Request, text: str, answer: Answer) -> Response:
        if request.headers.get("hx-request") != "true":
            return self._site.go(request, "/chat#last")
        turns = [Turn("shopper", (Piece(text),)), self._answer(answer)]
        return self._site.render(request, "storefront/chat_turns.html", turns=turns)

    def _turn(self, message: Message) -> Turn:
        return self._answer(message.answer) if message.answer else Turn(message.role, (Piece(message.text),))

    def _answer(self, answer: Answer) -> Turn:
        pieces, notes = footnoted(answer)
        shown = cards(self._site.shop, answer.products, "chat")
        return Turn("assistant", tuple(pieces), tuple(notes), shown, answer)


def _conversation(who: Visitor) -> ConversationId:
    """One conversation a session and shopper: signing in or out begins a new one, so nobody reads another's orders."""
    return ConversationId(f"web:{who.session}:{who.shopper}" if who.shopper else f"web:{who.session}")

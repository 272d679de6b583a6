"""The shopping assistant: understand, keep state, act, say, verify. It needs no language model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from daogou.assistant import asking, finding, serving
from daogou.assistant.drafts import Desk, Draft
from daogou.assistant.intents import Intent, Turn, read
from daogou.assistant.phrasing import Refused, accept
from daogou.assistant.records import Records
from daogou.assistant.references import titled
from daogou.assistant.say import Said, every, say
from daogou.assistant.state import State, state_of
from daogou.assistant.topics import page_about
from daogou.assistant.verify import verified
from daogou.domain.conversation import Answer, Message
from daogou.domain.errors import BadRequest
from daogou.domain.text import language_of

if TYPE_CHECKING:
    from daogou.assistant.phrasing import Phraser
    from daogou.assistant.tools import Toolbox, Tools
    from daogou.domain.ids import ConversationId, Instant, ShopperId
    from daogou.domain.text import Language
    from daogou.ports.stores import Dialogue

LONGEST_MESSAGE = 2000
"""Characters of one message; a longer one is a paste, and is refused."""

ACTS: Mapping[Intent, Callable[[Desk], Draft]] = {
    "find": finding.find,
    "refine": finding.refine,
    "cheaper": finding.cheaper,
    "pricier": finding.pricier,
    "another": finding.another,
    "similar": finding.similar,
    "details": asking.details,
    "price": asking.price,
    "price_history": asking.price_history,
    "stock": asking.stock,
    "trait": asking.trait,
    "reviews": asking.reviews,
    "compare": asking.compare,
    "basket": asking.basket,
    "promotions": asking.promotions,
    "delivery": serving.policy,
    "returns": serving.policy,
    "payment": serving.policy,
    "warranty": serving.policy,
    "question": serving.question,
    "order_status": serving.order_status,
    "hand_over": serving.hand_over,
    "greet": serving.manners,
    "thanks": serving.manners,
    "help": serving.manners,
    "out_of_scope": serving.manners,
    "unsure": serving.manners,
}


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers messages, one turn at a time; every fact it states is a verified claim."""

    tools: Toolbox
    conversations: Dialogue
    clock: Callable[[], Instant]
    deadline_s: float = 5.0
    """An answer is given within this time; what is not ready by then is left out and the answer marked degraded."""
    phraser: Phraser | None = None
    """None: the composed sentences as they are."""

    async def answer(
        self, text: str, *, conversation: ConversationId, shopper: ShopperId | None, language: Language | None = None
    ) -> Answer:
        """Answer a message, and keep both in the conversation.

        `shopper` is whoever the session has authenticated; nothing in `text` can change it. Raises BadRequest for an
        empty or overlong message.
        """
        if not text.strip() or len(text) > LONGEST_MESSAGE:
            raise BadRequest(f"a message has 1 to {LONGEST_MESSAGE} characters, this one {len(text)}", where="text")
        loop = asyncio.get_running_loop()
        end = loop.time() + self.deadline_s
        tools = self.tools.for_shopper(shopper, at=self.clock())
        try:
            composed = await asyncio.wait_for(
                asyncio.to_thread(self._compose, text, conversation, tools, language), self.deadline_s
            )
            answer = await self._phrased(composed, text=text, tools=tools, within=end - loop.time())
        except TimeoutError:
            answer = _too_slow(text, tools, language)
        await asyncio.to_thread(self._keep, text, answer, conversation, tools)
        return answer

    def _compose(self, text: str, conversation: ConversationId, tools: Tools, language: Language | None) -> _Composed:
        state = state_of(self.conversations.of(conversation), tools.shopper)
        spoken = language or _language(text, state)
        understood = tools.understand(text)
        turn = read(
            text,
            language=spoken,
            understood=understood,
            state=state,
            titled=lambda plain: titled(plain, state, understood, tools),
            about=lambda asked: page_about(asked, spoken, tools.pages(), self.tools.encode()),
            lexicon=tools.lexicon(),
            topics=self.tools.topics,
        )
        records = Records(tools, spoken)
        draft = ACTS[turn.intent](Desk(turn, state, tools, records))
        said = verified(draft.said, records, shopper_text=text)
        if not said:
            said = every(say(records, "unverified"))
        return _Composed(turn, draft, said)

    async def _phrased(self, composed: _Composed, *, text: str, tools: Tools, within: float) -> Answer:
        plain = composed.answer()
        if self.phraser is None:
            return plain
        language = composed.turn.language
        try:
            facts = [said.text for said in composed.said]
            phrase = self.phraser.phrase(facts, question=text, language=language)
            phrased = await asyncio.wait_for(phrase, max(0.0, within))
            return replace(plain, text=accept(phrased, composed.said, language=language, tools=tools))
        except Refused as refusal:
            return replace(plain, degraded=f"phrasing refused: {refusal}")
        except Exception as error:  # the model is not ours: whatever it raises, the shopper gets the composed answer
            return replace(plain, degraded=f"phrasing failed: {type(error).__name__}")

    def _keep(self, text: str, answer: Answer, conversation: ConversationId, tools: Tools) -> None:
        said = Message(conversation, tools.at, "shopper", text, tools.shopper)
        self.conversations.append(said)
        self.conversations.append(replace(said, role="assistant", text=answer.text, answer=answer))


@dataclass(frozen=True, slots=True)
class _Composed:
    turn: Turn
    draft: Draft
    said: list[Said]

    def answer(self) -> Answer:
        """The sentences one below the other; a hit is shown only if its line was verified."""
        claims = tuple(dict.fromkeys(claim for said in self.said for claim in said.claims))
        proved = {claim.source for claim in claims}
        hits = tuple(hit for hit in self.draft.hits if f"product:{hit.product}#title" in proved)
        slots = self.draft.state.as_slots()
        if self.turn.refers.products:
            slots["refers"] = list(self.turn.refers.products)
        return Answer(
            text="\n".join(said.text for said in self.said),
            language=self.turn.language,
            intent=self.turn.intent,
            slots=slots,
            products=hits,
            claims=claims,
            actions=self.draft.actions,
            degraded=self.draft.degraded,
        )


def _language(text: str, state: State) -> Language:
    """The language of the message; one without letters is in the language of the conversation."""
    if state.language is not None and not any(char.isalpha() for char in text):
        return state.language
    return language_of(text)


def _too_slow(text: str, tools: Tools, language: Language | None) -> Answer:
    spoken = language or language_of(text)
    said = every(say(Records(tools, spoken), "slow"))
    return Answer(said[0].text, spoken, "unsure", degraded="deadline passed")

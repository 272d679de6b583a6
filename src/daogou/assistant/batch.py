"""`daogou ask`: files of conversations in, one line per turn out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from daogou.domain.errors import BadRequest
from daogou.domain.ids import ConversationId, ShopperId

if TYPE_CHECKING:
    from daogou.assistant.assistant import Assistant
    from daogou.domain.conversation import Answer, Message


class Transcript:
    """A conversation that is kept for the run only, so that a batch leaves no trace in the shop."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def append(self, message: Message) -> None:
        self.messages.append(message)

    def of(self, id: ConversationId, *, limit: int = 40) -> list[Message]:
        return [message for message in self.messages if message.conversation == id][-limit:]


def answer_lines(assistant: Assistant, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Answer each line {"id", "shopper"?, "turns": [...]}: one record per turn, in order.

    Every line is a conversation of its own, even where an id comes twice. Raises BadRequest naming the line.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield from _conversation(assistant, _decode(line, number))


def _conversation(assistant: Assistant, record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    alone = replace(assistant, conversations=Transcript())
    shopper = record.get("shopper")
    for turn, text in enumerate(record["turns"]):
        answer = asyncio.run(
            alone.answer(
                text,
                conversation=ConversationId(str(record["id"])),
                shopper=None if shopper is None else ShopperId(str(shopper)),
            )
        )
        yield {"id": record["id"], "turn": turn} | answer_as_data(answer)


def answer_as_data(answer: Answer) -> dict[str, Any]:
    """An answer with the keys of the batch file and of the HTTP route."""
    data: dict[str, Any] = {
        "language": answer.language,
        "intent": answer.intent,
        "slots": dict(answer.slots),
        "text": answer.text,
        "products": [
            {
                "product": hit.product,
                "score": hit.score,
                "because": [
                    {"kind": reason.kind, "text": reason.text.show(answer.language), "share": reason.share}
                    for reason in hit.because
                ],
            }
            for hit in answer.products
        ],
        "claims": [
            {"text": claim.text, "kind": claim.kind, "value": claim.value, "source": claim.source}
            for claim in answer.claims
        ],
        "actions": [
            {"kind": action.kind, "label": action.label, "arguments": dict(action.arguments)}
            for action in answer.actions
        ],
    }
    return data if answer.degraded is None else data | {"degraded": answer.degraded}


def _decode(line: str, number: int) -> Mapping[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadRequest(f"line {number} is not JSON: {error.msg}", where=f"line {number}") from None
    turns = record.get("turns") if isinstance(record, dict) else None
    if not isinstance(turns, list) or "id" not in record or not all(isinstance(t, str) and t.strip() for t in turns):
        raise BadRequest(
            f'line {number}: expected {{"id", "shopper"?, "turns": ["…", …]}} with turns that say something',
            where=f"line {number}",
        )
    found: Mapping[str, Any] = record
    return found

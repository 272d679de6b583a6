"""What was said between a shopper and the assistant, and the facts each answer rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from daogou.domain.hit import Hit
from daogou.domain.ids import ConversationId, Instant, ShopperId
from daogou.domain.text import Language

ClaimKind = Literal[
    "price", "stock", "rating", "date", "attribute", "promotion", "order", "policy", "count", "title", "review"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact stated in an answer, with the record that proves it."""

    text: str
    """The words of the answer that state it."""
    kind: ClaimKind
    value: str
    """The value as recorded, e.g. "39900 CNY"."""
    source: str
    """The record: "product:p1#price", "order:o7#status", "article:returns"."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something the surface may do next: open a product, confirm a draft."""

    kind: str
    label: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One turn of the assistant."""

    text: str
    language: Language
    intent: str
    slots: Mapping[str, Any] = field(default_factory=dict)
    products: tuple[Hit, ...] = ()
    claims: tuple[Claim, ...] = ()
    actions: tuple[Action, ...] = ()
    degraded: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a conversation as it is kept."""

    conversation: ConversationId
    at: Instant
    role: Literal["shopper", "assistant"]
    text: str
    shopper: ShopperId | None = None
    answer: Answer | None = None
    """What the assistant's line rests on."""

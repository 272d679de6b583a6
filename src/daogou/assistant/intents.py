"""What a turn asks for, from the phrase table, the shop's vocabulary and where the conversation stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from daogou.assistant.phrases import normalised, phrases
from daogou.assistant.references import References, references

if TYPE_CHECKING:
    from daogou.assistant.state import State
    from daogou.domain.query import Understood
    from daogou.domain.text import Language

Intent = Literal[
    "find", "refine", "cheaper", "pricier", "another", "similar", "details", "price", "price_history", "stock",
    "reviews", "compare", "basket", "delivery", "returns", "payment", "warranty", "order_status", "promotions",
    "hand_over", "greet", "thanks", "help", "out_of_scope", "unsure",
]  # fmt: skip

_POLICIES: tuple[Intent, ...] = ("returns", "payment", "warranty", "delivery")
_QUESTIONS: tuple[Intent, ...] = ("reviews", "price_history", "stock", "similar", "price", "details")
_CHANGES: tuple[Intent, ...] = ("cheaper", "pricier", "another")
_MANNERS: tuple[Intent, ...] = ("greet", "thanks", "help")
_CONTENT = {"category", "brand", "attribute"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One message, understood."""

    text: str
    language: Language
    intent: Intent
    understood: Understood
    refers: References
    cues: frozenset[str] = frozenset()
    """Every entry of the phrase table that matched."""

    @property
    def has_content(self) -> bool:
        return has_content(self.understood)


def read(text: str, *, language: Language, understood: Understood, state: State) -> Turn:
    """Find the intent of a message."""
    table = phrases(language)
    plain = normalised(text)
    cues = frozenset(name for name, pattern in table.intents.items() if pattern.search(plain))
    refers = references(plain, table, state)
    intent = _service(cues, understood) or _shopping(cues, understood, refers, state)
    return Turn(text, language, intent, understood, refers, cues)


def has_content(understood: Understood) -> bool:
    """True if the message names something the shop's vocabulary knows."""
    return any(slot.kind in _CONTENT and not slot.negated for slot in understood.slots)


def _service(cues: frozenset[str], understood: Understood) -> Intent | None:
    """Questions about the shop and the shopper's orders, which go before questions about products."""
    if "hand_over" in cues:
        return "hand_over"
    if "out_of_scope" in cues and not has_content(understood):
        return "out_of_scope"
    if "order" in cues and cues & {"status", "delivery"}:
        return "order_status"
    if "status" in cues and not cues & {*_POLICIES, "stock"}:
        return "order_status"
    for policy in _POLICIES:
        if policy in cues:
            return policy
    return "order_status" if "order" in cues else None


def _shopping(cues: frozenset[str], understood: Understood, refers: References, state: State) -> Intent:
    content = has_content(understood)
    if "promotions" in cues and not (content and "find" in cues):
        return "promotions"
    if "basket" in cues and (refers or state.shown):
        return "basket"
    if "compare" in cues and (len(refers.products) > 1 or len(state.shown) > 1):
        return "compare"
    for question in _QUESTIONS:
        if question in cues and (refers or not content):
            return question
    if _goes_on(understood, state):
        for change in _CHANGES:
            if change in cues:
                return change
        if state.searching and _narrows(cues, understood):
            return "refine"
    if content or ("find" in cues and understood.words):
        return "find"
    if refers:
        return "details"
    for manner in _MANNERS:
        if manner in cues:
            return manner
    return _by_words(cues, understood)


def _goes_on(understood: Understood, state: State) -> bool:
    """True unless the message names a category other than the one that is being looked at."""
    if not (state.searching or state.shown):
        return False
    category = understood.where.category
    return category is None or category == state.where.category


def _narrows(cues: frozenset[str], understood: Understood) -> bool:
    conditions = any(slot.kind not in {"category", "product"} for slot in understood.slots)
    return conditions or ("refine" in cues and bool(understood.words) and "find" not in cues)


def _by_words(cues: frozenset[str], understood: Understood) -> Intent:
    known = [word for word in understood.words if word not in understood.unknown]
    if known or "find" in cues or understood.slots:
        return "find"
    return "out_of_scope" if understood.words else "unsure"

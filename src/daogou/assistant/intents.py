"""What a turn asks for, from the phrase table, the shop's vocabulary and where the conversation stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from daogou.assistant.phrases import normalised, phrases
from daogou.assistant.references import References, references
from daogou.opinions.topics import is_question

if TYPE_CHECKING:
    from daogou.assistant.state import State
    from daogou.assistant.topics import Page
    from daogou.domain.ids import ProductId
    from daogou.domain.query import Understood
    from daogou.domain.text import Language
    from daogou.opinions.aspects import Lexicon
    from daogou.opinions.topics import Topic

Intent = Literal[
    "find", "refine", "cheaper", "pricier", "another", "similar", "details", "price", "price_history", "stock", "trait",
    "reviews", "compare", "basket", "delivery", "returns", "payment", "warranty", "order_status", "promotions",
    "question", "hand_over", "greet", "thanks", "help", "out_of_scope", "unsure",
]  # fmt: skip

FindPage = Callable[[str], "Page | None"]
FindTitles = Callable[[str], tuple["ProductId", ...]]
_POLICIES: tuple[Intent, ...] = ("returns", "payment", "warranty", "delivery")
_QUESTIONS: tuple[Intent, ...] = ("reviews", "price_history", "stock", "similar", "price", "details")
_PLAIN_FACTS = {"price", "price_history", "stock"}
"""Questions that a record answers, whatever reviewers say."""
_CHANGES: tuple[Intent, ...] = ("cheaper", "pricier", "another")
_MANNERS: tuple[Intent, ...] = ("greet", "thanks", "help")
_CONTENT = {"category", "brand", "attribute", "recipient", "occasion"}
_NAMES = {"category", "brand"}


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
    page: Page | None = None
    """What about the shop is asked, where the phrase table does not say."""
    sides: tuple[str, ...] = ()
    """The sides of a product that the message names: comfort, battery."""
    topics: tuple[Topic, ...] = ()
    """What of a product is asked: washing, what is included."""

    @property
    def has_content(self) -> bool:
        return has_content(self.understood)


def read(
    text: str,
    *,
    language: Language,
    understood: Understood,
    state: State,
    titled: FindTitles,
    about: FindPage,
    lexicon: Lexicon,
    topics: Callable[[str], Sequence[Topic]],
) -> Turn:
    """Find the intent of a message.

    `titled` finds the products whose titles stand in it, `about` the shop's page that it asks for, `lexicon` the sides
    of a product that it names, `topics` what else of a product it asks about.
    """
    table = phrases(language)
    plain = normalised(text)
    cues = frozenset(name for name, pattern in table.intents.items() if pattern.search(plain))
    sides = lexicon.sides(plain)
    if sides and "opinion" in cues and not cues & _PLAIN_FACTS:
        cues |= {"reviews"}
    refers = references(plain, table, state)
    if asks_about_a_product(cues):
        refers = refers.or_titled(titled(plain))
    asked = tuple(topics(plain)) if "trait" in cues or is_question(plain) else ()
    intent = (
        _service(cues, understood)
        or _on_the_table(cues, understood, refers, state, asked)
        or _going_on(cues, understood, refers, state)
    )
    page = about(text) if intent is None and not has_content(understood) else None
    if intent is None:
        intent = "question" if page else _looking(cues, understood, refers, state) or _by_words(cues, understood)
    return Turn(text, language, intent, understood, refers, cues, page, sides, asked)


def has_content(understood: Understood) -> bool:
    """True if the message names something the shop's vocabulary knows."""
    return any(slot.kind in _CONTENT and not slot.negated for slot in understood.slots)


def names_goods(understood: Understood) -> bool:
    """True if the message names a category or a brand, so that it is not about what was shown before."""
    return any(slot.kind in _NAMES and not slot.negated for slot in understood.slots)


def asks_about_a_product(cues: frozenset[str]) -> bool:
    """True if some product must be meant, so that a title in the message is worth looking up."""
    return bool(cues & {*_QUESTIONS, "compare", "basket", "promotions"})


def _service(cues: frozenset[str], understood: Understood) -> Intent | None:
    """Questions about the shop and the shopper's orders, which go before questions about products."""
    if "hand_over" in cues:
        return "hand_over"
    if "out_of_scope" in cues and (understood.corrected or not has_content(understood)):
        return "out_of_scope"  # a corrected word is no proof of interest: "weather" is a typing slip from "leather"
    if "order" in cues and cues & {"status", "delivery"}:
        return "order_status"
    if "status" in cues and not cues & {*_POLICIES, "stock"}:
        return "order_status"
    for policy in _POLICIES:
        if policy in cues:
            return policy
    return "order_status" if "order" in cues else None


def _on_the_table(
    cues: frozenset[str], understood: Understood, refers: References, state: State, topics: Sequence[Topic]
) -> Intent | None:
    """Questions about a product that was shown or is named."""
    if "promotions" in cues and not (has_content(understood) and "find" in cues):
        return "promotions"
    if "basket" in cues and (refers or state.shown):
        return "basket"
    if "compare" in cues and (len(refers.products) > 1 or len(state.shown) > 1):
        return "compare"
    elsewhere = refers.superlative and names_goods(understood) and not understood.corrected
    meant = (refers and not elsewhere) or not has_content(understood) or (state.shown and not names_goods(understood))
    asked = next((question for question in _QUESTIONS if question in cues), None)
    if asked and meant:
        return asked
    if _asks_a_trait(cues, understood, refers, state, topics):
        return "trait"
    return "details" if refers.superlative and not names_goods(understood) else None


def _asks_a_trait(
    cues: frozenset[str], understood: Understood, refers: References, state: State, topics: Sequence[Topic]
) -> bool:
    """A question on what a product on the table is or has: “这个防水吗”, "is the first one machine washable?"."""
    if topics and refers.products:
        return True  # whatever its words are elsewhere: “can I wash it” is no wish for a body wash
    about = refers.products or (state.focus and not cues & {"find", "another", "refine"})
    traits = "trait" in cues and any(s.kind == "attribute" and s.name != "words" for s in understood.slots)
    return bool(about) and (traits or bool(topics)) and not names_goods(understood)


def _going_on(cues: frozenset[str], understood: Understood, _: References, state: State) -> Intent | None:
    """Turns of the search that is under way."""
    if not _goes_on(understood, state):
        return None
    change = next((change for change in _CHANGES if change in cues), None)
    if change:
        return change
    return "refine" if state.searching and _narrows(cues, understood) else None


def _looking(cues: frozenset[str], understood: Understood, refers: References, _: State) -> Intent | None:
    if has_content(understood) or ("find" in cues and understood.words):
        return "find"
    if refers:
        return "details"
    return next((manner for manner in _MANNERS if manner in cues), None)


def _goes_on(understood: Understood, state: State) -> bool:
    """True unless the message names a category other than the one that is being looked at."""
    if not (state.searching or state.shown):
        return False
    category = understood.where.category
    return category is None or category == state.where.category


def _narrows(cues: frozenset[str], understood: Understood) -> bool:
    conditions = {slot.kind for slot in understood.slots} - {"category", "product", "quantity"}
    if "find" in cues and conditions <= {"recipient", "occasion"}:
        return False
    return bool(conditions) or ("refine" in cues and bool(understood.words) and "find" not in cues)


def _by_words(cues: frozenset[str], understood: Understood) -> Intent:
    known = [word for word in understood.words if word not in understood.unknown]
    if known or "find" in cues or understood.slots:
        return "find"
    return "out_of_scope" if understood.words else "unsure"

"""What was understood of a query, as chips that can be taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.money import Money
from daogou.language.names import display_name

if TYPE_CHECKING:
    from daogou.domain.query import Slot, Understood
    from daogou.domain.text import Language
    from daogou.opinions.aspects import Lexicon
    from daogou.retrieval.shelf import Shelf
    from daogou.server.pages.words import Words
    from daogou.server.storefront.asked import Asked


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition, and the address of the search without it."""

    heading: str
    """What the condition is about: the kind, the colour, the price."""
    label: str
    without: str
    negated: bool = False


def chips(
    asked: Asked, understood: Understood | None, *, shelf: Shelf, lexicon: Lexicon, t: Words, currency: str
) -> list[Chip]:
    """Chips for what was understood in the words, then for what was chosen beside them."""
    slots = understood.slots if understood else ()
    found = [_understood(asked, slot, shelf=shelf, lexicon=lexicon, t=t) for slot in slots]
    for facet, value in asked.chosen:
        label = shelf.label(facet.removeprefix("a."), value).show(t.language)
        heading = attribute_heading(facet[2:], t) if facet.startswith("a.") else t(f"chip.{facet}")
        found.append(Chip(heading, label, asked.without(facet, value)))
    if asked.price_min:
        price = Money.of(asked.price_min, currency)
        found.append(Chip(t("chip.price"), t("search.from_price", price=price), asked.bare(price_min="")))
    if asked.price_max:
        price = Money.of(asked.price_max, currency)
        found.append(Chip(t("chip.price"), t("search.to_price", price=price), asked.bare(price_max="")))
    if asked.rating:
        found.append(Chip(t("chip.rating"), t("search.rated", n=asked.rating), asked.bare(rating=0)))
    if asked.on_sale:
        found.append(Chip(t("chip.sale"), t("search.on_sale"), asked.bare(on_sale=False)))
    return found


def attribute_heading(name: str, t: Words) -> str:
    """What an attribute is called above its values."""
    return t.known(f"attribute.{name}", display_name(name).show(t.language))


def _understood(asked: Asked, slot: Slot, *, shelf: Shelf, lexicon: Lexicon, t: Words) -> Chip:
    """A condition found in the words goes when the words that stated it go."""
    shortened = f"{asked.text[: slot.start].rstrip()} {asked.text[slot.end :].lstrip()}".strip()
    label = _label(asked.text, slot, shelf=shelf, lexicon=lexicon, language=t.language)
    named = slot.kind in {"attribute", "size"} and slot.name not in {"words", "size"}
    heading = attribute_heading(slot.name, t) if named else t(f"chip.{slot.kind}")
    return Chip(heading, label, asked.with_text(shortened), slot.negated)


def _label(text: str, slot: Slot, *, shelf: Shelf, lexicon: Lexicon, language: Language) -> str:
    """The catalogue's own words for what it knows, the shopper's words for the rest."""
    if slot.kind in {"category", "brand"}:
        return shelf.label(slot.kind, slot.value).show(language)
    if slot.kind == "attribute":
        return shelf.label(slot.name, slot.value).show(language)
    if slot.kind == "aspect" and slot.name in lexicon.aspects:
        return lexicon.aspects[slot.name].label.show(language)
    return text[slot.start : slot.end].strip() or slot.value

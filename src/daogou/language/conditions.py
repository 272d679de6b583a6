"""What products must be and must not, from what was read of a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from daogou.domain.query import Where
from daogou.language.heads import thing_in
from daogou.language.vocabulary import Term

if TYPE_CHECKING:
    from daogou.domain.money import Money
    from daogou.language.lexicon import Lexicon
    from daogou.language.quantities import PriceWish
    from daogou.language.reading import Reading
    from daogou.language.vocabulary import Vocabulary

FAIR = 0.5
"""An attribute filters where at least this share of the products (of the category) fills it in; else it only ranks."""


class Conditions:
    """Joins slots that are sure into a filter."""

    def __init__(self, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        self._vocabulary = vocabulary
        self._lexicon = lexicon

    def of(self, reading: Reading, typed: str) -> Where:
        """What was read, as a filter."""
        wanted: dict[str, set[str]] = {}
        unwanted: dict[str, set[str]] = {}
        for slot in reading.slots:
            if slot.kind in ("category", "brand", "attribute", "size") and slot.name != "words":
                values = reading.limits.get((slot.name, slot.value)) or {slot.value}
                if slot.negated:
                    unwanted.setdefault(slot.name, set()).update(values)
                elif slot.confidence >= 1:
                    wanted.setdefault(slot.name, set()).update(values)
        categories = wanted.pop("category", set())
        unwanted.pop("category", None)
        low, high = _bounds(reading.prices)
        for name, values in self._suiting(reading):
            wanted.setdefault(name, values)
        for name, values in self._unsuitable(reading):
            if name not in wanted:
                unwanted.setdefault(name, set()).update(values)
        return Where(
            category=self._narrowest(categories if len(categories) < 2 else _things(reading, typed) or categories),
            brands=frozenset(wanted.pop("brand", ())),
            not_brands=frozenset(unwanted.pop("brand", ())),
            price_min=low,
            price_max=high,
            attributes={name: frozenset(values) for name, values in wanted.items()},
            not_attributes={name: frozenset(values) for name, values in unwanted.items()},
            on_sale=reading.on_sale,
        )

    def _suiting(self, reading: Reading) -> Iterator[tuple[str, set[str]]]:
        """Whose products suit the person: perfume for a girlfriend is women's, where all of the category say whose."""
        audience = self._audience(reading)
        if audience is None or reading.category is None:
            return
        for term in self._vocabulary.meanings(audience):
            if term.kind == "attribute" and self._vocabulary.coverage(term.name, reading.category) >= FAIR:
                either = (t.value for t in self._vocabulary.meanings("unisex") if t.name == term.name)
                yield term.name, {term.value, *either}

    def _unsuitable(self, reading: Reading) -> Iterator[tuple[str, set[str]]]:
        """Where no kind of goods is named: what is made for others than the person."""
        audience = self._audience(reading)
        if audience is None or reading.category is not None:
            return
        others = self._lexicon.others(audience)
        if categories := {key for whom in others for key in self._vocabulary.made_for.get(whom, ())}:
            yield "category", categories
        said = [term for whom in others for term in self._vocabulary.meanings(whom)]
        for own in self._vocabulary.meanings(audience):
            if own.kind == "attribute" and (values := {term.value for term in said if term.name == own.name}):
                yield own.name, values

    def _audience(self, reading: Reading) -> str | None:
        """Whose products suit the person that is named; None for several that differ."""
        people = [slot.value for slot in reading.slots if slot.kind == "recipient" and not slot.negated]
        said = {self._lexicon.audiences.get(person) for person in people}
        return said.pop() if len(said) == 1 else None

    def _narrowest(self, categories: set[str]) -> str | None:
        """Of several categories the smallest: “shoes, running shoes” means running shoes."""
        uses = self._vocabulary.uses
        return min(categories, key=lambda key: (uses[Term("category", "category", key)], key), default=None)


def _things(reading: Reading, typed: str) -> set[str]:
    """The categories of what is asked for, not of what it has or is for."""
    start, end = thing_in(typed)
    named = (slot for slot in reading.slots if slot.kind == "category" and not slot.negated and slot.confidence >= 1)
    return {slot.value for slot in named if start <= slot.start < end}


def _bounds(prices: Sequence[PriceWish]) -> tuple[Money | None, Money | None]:
    low, high = None, None
    for wish in prices:
        low, high = wish.low or low, wish.high or high
    return low, high

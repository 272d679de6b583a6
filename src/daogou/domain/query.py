"""What a shopper asks for: words, what they were understood to mean, and the filter that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from daogou.domain.ids import ProductId
from daogou.domain.money import Money
from daogou.domain.text import Language

Sort = Literal["relevance", "price_asc", "price_desc", "newest", "rating", "popularity", "value"]


@dataclass(frozen=True, slots=True)
class Where:
    """A filter over products; empty fields let everything through. Names and values are `Text.key`s."""

    category: str | None = None
    """A step of the category path."""
    brands: frozenset[str] = frozenset()
    not_brands: frozenset[str] = frozenset()
    price_min: Money | None = None
    price_max: Money | None = None
    """A product of unknown price passes no price bound."""
    attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Every name must match one of its values."""
    not_attributes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    products: frozenset[ProductId] | None = None
    """If given, only these."""
    exclude: frozenset[ProductId] = frozenset()
    rating_min: float | None = None
    on_sale: bool = False
    include_unavailable: bool = False
    """False: hidden and sold-out products are left out."""
    sold_out: bool = False
    """True: sold-out products stay, hidden ones do not."""


SlotKind = Literal[
    "category",
    "brand",
    "attribute",
    "price",
    "sort",
    "recipient",
    "occasion",
    "size",
    "quantity",
    "product",
    "comparative",
    "aspect",
]


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the query that was understood."""

    kind: SlotKind
    name: str
    """The attribute's name for attributes ("color"), the side of a product that shall be liked ("battery") for aspects,
    else the kind."""
    value: str
    """The `Text.key` it was matched to, or the number as text."""
    start: int
    end: int
    """Characters `start` to `end` of the text as typed."""
    negated: bool = False
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text, which are in one language."""

    start: int
    end: int
    language: Language


@dataclass(frozen=True, slots=True)
class Meant:
    """What a word that the shop does not use may stand for."""

    phrase: str
    """In words of the shop."""
    share: float
    """How sure it is beside the first meaning, which has 1."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A query taken apart; shown to the shopper as chips that can be removed."""

    text: str
    language: Language
    words: tuple[str, ...]
    """What remains to be matched as words, normalised."""
    where: Where = Where()
    sort: Sort = "relevance"
    slots: tuple[Slot, ...] = ()
    corrected: str | None = None
    """The text after spelling correction, where that changed it."""
    unknown: tuple[str, ...] = ()
    """Words the shop's vocabulary does not contain, as they stand in `words`."""
    missing: tuple[str, ...] = ()
    """The same for people: as they were typed, with words that stand beside one another together."""
    spans: tuple[Span, ...] = ()
    """Which part of the text is in which language."""
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Words of the text for which the shop has synonyms, with these, which are searched as well."""
    meant: Mapping[str, tuple[Meant, ...]] = field(default_factory=dict)
    """Words of the text that the shop does not use, as typed, with what a dictionary says of them in words of the shop:
    the first was read in their place, the others may be meant as well."""

    def worded(self, start: int = 0, end: int | None = None) -> str:
        """Characters `start` to `end` of the text, in words that the shop uses."""
        said = self.text[start:end]
        for typed, meanings in self.meant.items():
            said = said.replace(typed, f" {meanings[0].phrase} ")
        return " ".join(said.split()) if self.meant else said

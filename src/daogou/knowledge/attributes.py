"""Reads attributes out of titles and descriptions, with the confidence the shop's own products give.

What a value is called, and how far a text that mentions it can be believed, is learnt from the products whose attribute
is filled in: of those whose title says "red", how many are red? Numbers with a unit ("500 ml") are learnt by their
unit. Nothing is written: what is found is a suggestion.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from daogou.domain.ids import ProductId
from daogou.domain.text import Text

if TYPE_CHECKING:
    from daogou.domain.product import Product

Place = Literal["title", "description"]
CONFIDENT = 0.8
"""Below this share a suggestion is not worth an operator's time."""
COMMON = 0.2
"""An attribute is suggested where at least this share of the products of the category fill it in."""
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_MEASURE = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s?([a-z%″]{1,4}|毫升|升|克|千克|公斤|厘米|毫米|米|瓦|寸|英寸|小时)(?![a-z])"
)
_NOT_WORDS = frozenset({"yes", "no", "true", "false", "none", "other", "是", "否", "有", "无", "其他", "y", "n"})
_SHORTEST = 2
"""Characters of a value; one letter or character stands in too many words."""

_Key = tuple[str, str, Place]
"""Attribute, value (or unit), where it was mentioned."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that a product seems to have."""

    product: ProductId
    name: str
    value: Text
    confidence: float
    """Of the shop's products that fill the attribute in and mention the value there, how many have it."""
    place: Place
    context: str
    """The words in which it is mentioned, as written."""


@dataclass
class Extractor:
    """What the shop's products have taught. Build it with `learn`."""

    right: Counter[_Key] = field(default_factory=Counter)
    mentioned: Counter[_Key] = field(default_factory=Counter)
    values: dict[tuple[str, str], Text] = field(default_factory=dict)
    """Attribute and `Text.key` → how the value is written."""
    units: dict[str, set[str]] = field(default_factory=dict)
    """Unit → attributes whose values carry it."""
    fills: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(attribute, category) → products that fill it in; the attribute "" counts all."""
    _called: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    _finder: re.Pattern[str] | None = None

    @classmethod
    def learn(cls, products: Iterable[Product]) -> Extractor:
        """Read the products twice: what values there are, then how often a mention is right."""
        read, made = list(products), cls()
        for product in read:
            made._note(product)
        words = sorted(made._called, key=lambda word: (-len(word), word))
        made._finder = re.compile("|".join(map(_pattern, words))) if words else None
        for product in read:
            for name, key, place in {mention[:3] for mention in made._mentions(product)}:
                if name in product.attributes:
                    said = _said(key)
                    made.mentioned[name, said, place] += 1
                    made.right[name, said, place] += _bare(key) in {_bare(v.key) for v in product.attributes[name]}
        return made

    def suggestions(self, product: Product, *, least: float = CONFIDENT) -> list[Suggestion]:
        """The values that the product's texts mention for attributes it lacks, the surest first; one an attribute."""
        best: dict[str, Suggestion] = {}
        for name, key, place, (text, start, end) in self._mentions(product):
            if name in product.attributes or not self._usual(name, product):
                continue
            said = (name, _said(key), place)
            confidence = round((self.right[said] + 1) / (self.mentioned[said] + 2), 3)
            value = self.values.get((name, key), Text.of(text[start:end]))
            found = Suggestion(product.id, name, value, confidence, place, _context(text, start, end))
            if confidence >= least and (name not in best or confidence > best[name].confidence):
                best[name] = found
        return sorted(best.values(), key=lambda found: (-found.confidence, found.name))

    def _note(self, product: Product) -> None:
        for category in {step.key for step in product.category} | {""}:
            self.fills.update((name, category) for name in ("", *product.attributes))
        for name, values in product.attributes.items():
            for value in values:
                if value.key in _NOT_WORDS:
                    continue
                if measure := _MEASURE.fullmatch(value.key):
                    self.units.setdefault(measure[2].casefold(), set()).add(name)
                    continue
                self.values.setdefault((name, value.key), value)
                for called in (value.zh.casefold(), value.en.casefold()):
                    if len(called) >= _SHORTEST:
                        self._called.setdefault(called, set()).add((name, value.key))

    def _mentions(self, product: Product) -> Iterator[tuple[str, str, Place, tuple[str, int, int]]]:
        """Attribute, value's key, place, and where in which text it stands."""
        places: tuple[tuple[Place, Text], ...] = (("title", product.title), ("description", product.description))
        for place, texts in places:
            for text in (texts.zh, texts.en):
                small = text.casefold()
                if not small or len(small) != len(text):
                    continue
                for match in self._finder.finditer(small) if self._finder else ():
                    for name, key in sorted(self._called[match.group()]):
                        yield name, key, place, (text, match.start(), match.end())
                for match in _MEASURE.finditer(small):
                    for name in sorted(self.units.get(match[2], ())):
                        yield name, match.group(), place, (text, match.start(), match.end())

    def _usual(self, name: str, product: Product) -> bool:
        """Do products of its narrowest category fill the attribute in?"""
        category = product.category[-1].key if product.category else ""
        return self.fills[name, category] >= COMMON * self.fills["", category] > 0


def _pattern(word: str) -> str:
    return re.escape(word) if _HAN.match(word) else rf"(?<![a-z]){re.escape(word)}(?![a-z])"


def _said(key: str) -> str:
    """The value, or the unit for a number with one."""
    measure = _MEASURE.fullmatch(key)
    return f"# {measure[2].casefold()}" if measure else key


def _bare(key: str) -> str:
    """Without spaces: 500 ml is 500ml."""
    return key.replace(" ", "")


def _context(text: str, start: int, end: int) -> str:
    """The words around a mention."""
    low, high = max(0, start - 30), min(len(text), end + 30)
    return f"{'…' if low else ''}{text[low:high].strip()}{'…' if high < len(text) else ''}"

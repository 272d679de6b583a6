"""What is searched for: the understood query joined with the filters the shopper set, and how it may be relaxed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from daogou.domain.money import Money
from daogou.domain.query import Slot, Understood, Where
from daogou.domain.text import Language, Text
from daogou.language.heads import thing_in
from daogou.language.names import GOODS, display_name
from daogou.language.segment import fold
from daogou.language.shopping import audience_words, audiences
from daogou.language.units import measure_of

_WORDS = Text(zh="关键词", en="words")


@dataclass(frozen=True, slots=True)
class Wish:
    """A search to carry out: `words` must match, `where` must hold."""

    words: tuple[str, ...]
    where: Where
    relaxed: tuple[str, ...] = ()
    literally: bool = False
    """Products must have every word."""

    @property
    def is_bounded(self) -> bool:
        """Does anything besides stock, and what is not wanted, narrow the search?"""
        unwanted = replace(self.where, not_brands=frozenset(), not_attributes={}, exclude=frozenset())
        return bool(self.words) or replace(unwanted, include_unavailable=False, sold_out=False) != Where()

    def in_part(self, understood: Understood, language: Language) -> Wish:
        """The same, where no product has all of the words; the query is said as typed, for words may be mended."""
        typed = " ".join(understood.text.split())
        said = Text(zh=f"“{typed}”中的一部分", en=f"part of “{typed}”").show(language)
        return replace(self, relaxed=(*self.relaxed, said))

    @property
    def names_something(self) -> bool:
        """Is there more to it than a price, the shopper's words having been given up?"""
        where = self.where
        return bool(self.words or where.category or where.brands or where.attributes or where.products)


def merged(given: Where, understood: Where) -> Where:
    """Both filters at once. What the shopper set by hand stands; the text's wish adds to it where it says nothing."""
    return replace(
        given,
        category=given.category or understood.category,
        brands=given.brands or understood.brands,
        not_brands=given.not_brands | understood.not_brands,
        price_min=given.price_min or understood.price_min,
        price_max=given.price_max or understood.price_max,
        attributes={**understood.attributes, **given.attributes},
        not_attributes=_union(given.not_attributes, understood.not_attributes),
        on_sale=given.on_sale or understood.on_sale,
    )


Label = Callable[[str, str], Text]
"""What the value of a facet is called."""


def relaxations(understood: Understood, given: Where, language: Language, label: Label) -> Iterator[Wish]:
    """The search, then ever looser ones, each saying what it gave up.

    Words nobody knows go first; then one attribute; then, where a brand or a kind of goods is named, the other words:
    who names a price shall not be shown dearer things for the sake of an adjective. Then go a tag that names the goods,
    the price alone, all of these with the words kept, all with the words, and brands before the category. What the
    shopper does not want, and filters set by hand, are never given up; neither is the last condition, because
    everything is no answer.
    """
    words, wanted = understood.words, understood.where
    yield Wish(words, merged(given, wanted))
    dropped: tuple[str, ...] = ()
    known = tuple(word for word in words if word not in understood.unknown)
    if not any(is_a_word(word) for word in known) and known != words:
        known = ()  # of “iphone 15” the 15 alone says nothing
    if known != words:
        dropped = tuple(_not_here(understood, known, language) or (f"“{word}”" for word in words if word not in known))
        words = known
        yield Wish(words, merged(given, wanted), dropped)
    if words and (name := _named(understood)):
        # What was taken for a kind of goods may be a part of what is called so: “kitchen knife” where knives are tools.
        yield Wish((*words, name), merged(given, replace(wanted, category=None)), dropped, literally=True)
    goods, attributes = _attributes(understood, language, label)
    others = list(_others(wanted, language))
    for said, looser in attributes:
        yield Wish(words, merged(given, looser(wanted)), (*dropped, said))
    named = bool(wanted.brands or wanted.category or goods)
    given_up = f"{_WORDS.show(language)}: {' '.join(words)}"
    if words and named:
        yield Wish((), merged(given, wanted), (*dropped, given_up))
    attributes += goods
    for said, looser in (*goods, *others):
        yield Wish(words, merged(given, looser(wanted)), (*dropped, said))
    for said, looser in (*attributes, *others):
        wanted, dropped = looser(wanted), (*dropped, said)
    if len(attributes) + len(others) > 1:
        yield Wish(words, merged(given, wanted), dropped)
    if words and named:
        words, dropped = (), (*dropped, given_up)
        yield Wish(words, merged(given, wanted), dropped)
    if wanted.brands and wanted.category:
        brands = ", ".join(label("brand", brand).show(language) for brand in sorted(wanted.brands))
        dropped = (*dropped, f"{display_name('brand').show(language)}: {brands}")
        yield Wish(words, merged(given, replace(wanted, brands=frozenset())), dropped)


_Condition = tuple[str, Callable[[Where], Where]]
"""What to say when a condition is given up, and how to drop it."""


def _not_here(understood: Understood, known: Sequence[str], language: Language) -> list[str]:
    """What is called by words that nobody knows here, and what the others say, where these name no goods."""
    kinds = {slot.name for slot in understood.slots if not slot.negated}
    if not understood.missing or kinds & {"category", "brand", *GOODS}:
        return []
    said = [(slot.start, understood.text[slot.start : slot.end].strip()) for slot in understood.slots if _says(slot)]
    inside = {fold(word) for _, words in said for word in words.casefold().split()}
    inside |= {word for slot in understood.slots for word in slot.value.split()}  # as it was meant, where mistyped
    said += [(understood.text.find(word), word) for word in known if word not in inside]
    things = "”, “".join(understood.missing)
    rest = " ".join(dict.fromkeys(words for _, words in sorted(said)))
    if not rest:
        return []
    only = Text(
        zh=f"“{things}”（本店没有叫这个名字的，以下只是与“{rest}”相符）",
        en=f"“{things}” (nothing here is called so; shown is what goes with “{rest}”)",
    )
    return [only.show(language)]


def _says(slot: Slot) -> bool:
    """Does it say something of what is shown?"""
    return not slot.negated and slot.confidence > 0 and slot.kind not in ("price", "sort", "quantity", "comparative")


def _attributes(understood: Understood, language: Language, label: Label) -> tuple[list[_Condition], list[_Condition]]:
    """The attributes, which may be given up one at a time: what names the goods, the others. A limit is said as it was
    typed."""
    limits = {slot.name: slot.value for slot in understood.slots if slot.value[:1] in "<>" or ".." in slot.value}
    ends = {slot.name: slot.end for slot in understood.slots if slot.kind == "attribute" and not slot.negated}
    goods: list[_Condition] = []
    others: list[_Condition] = []
    for name, values in understood.where.attributes.items():
        called = dict.fromkeys(label(name, value).show(language) for value in sorted(values))
        said = limits.get(name, ", ".join(called))
        condition = f"{display_name(name).show(language)}: {said}", partial(_without_attribute, name=name)
        names_it = name.casefold() in GOODS and ends.get(name) == thing_in(understood.text)[1]
        (goods if names_it else others).append(condition)
    return goods, others


def _others(wanted: Where, language: Language) -> Iterator[_Condition]:
    if wanted.price_min or wanted.price_max:
        yield price_text(wanted.price_min, wanted.price_max), lambda w: replace(w, price_min=None, price_max=None)
    if wanted.on_sale:
        yield display_name("on_sale").show(language), lambda w: replace(w, on_sale=False)


def _named(understood: Understood) -> str:
    """The words of the category that filters, as typed."""
    return next(
        (
            understood.text[slot.start : slot.end]
            for slot in understood.slots
            if slot.kind == "category" and not slot.negated and slot.value == understood.where.category
        ),
        "",
    )


def is_a_word(word: str) -> bool:
    """Is it more than a letter, a figure or a measure?"""
    return any(map(str.isalpha, word)) and not (len(word) == 1 and word.isascii()) and measure_of(word) is None


def _without_attribute(where: Where, name: str) -> Where:
    return replace(where, attributes={other: values for other, values in where.attributes.items() if other != name})


def price_text(low: Money | None, high: Money | None) -> str:
    """A price range in figures."""
    if low and high:
        return f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}"


def unwanted_words(understood: Understood) -> list[str]:
    """Words the shopper does not want and that name no attribute of the shop."""
    return [slot.value for slot in understood.slots if slot.negated and slot.name == "words"]


def ranking(understood: Understood) -> list[Slot]:
    """Wishes that raise a product without ruling others out: attributes too few products fill in to filter by."""
    return [s for s in understood.slots if s.kind == "attribute" and not s.negated and 0 < s.confidence < 1]


def _union(given: Mapping[str, frozenset[str]], said: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    return {name: given.get(name, frozenset()) | said.get(name, frozenset()) for name in (*given, *said)}


def purposes(understood: Understood) -> tuple[str, ...]:
    """The persons and occasions that something is wanted for."""
    return tuple(
        dict.fromkeys(s.value for s in understood.slots if s.kind in ("recipient", "occasion") and not s.negated)
    )


def audience_of(understood: Understood) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How titles say that something is for a woman or a man as the one who is named, and for the other; nothing where
    nobody or several are named."""
    people = {s.value for s in understood.slots if s.kind == "recipient" and not s.negated}
    said = {audiences().get(person) for person in people}
    grown = {words[0]: words for words in audience_words() if words[0] in _GROWN}
    if len(said) != 1 or (own := said.pop()) not in grown:
        return (), ()
    return grown[own], tuple(word for name, words in grown.items() if name != own for word in words)


_GROWN = ("woman", "man")


def is_for_another(understood: Understood) -> bool:
    """Is it for somebody else, so that the shopper's own taste says nothing?"""
    return any(slot.kind == "recipient" and not slot.negated for slot in understood.slots)


def says_only_what_for(understood: Understood, wish: Wish) -> bool:
    """Does the search name a person or an occasion, and no kind of goods?"""
    named = [slot for slot in understood.slots if slot.kind in ("occasion", "recipient") and not slot.negated]
    said = " ".join(understood.worded(slot.start, slot.end).lower() for slot in named)
    return wish.where.category is None and all(word in said for word in wish.words) and bool(named)

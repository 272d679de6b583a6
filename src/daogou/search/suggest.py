"""Completes what is being typed, in both languages and in pinyin, from the shop's own names and past queries."""

from __future__ import annotations

import bisect
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.text import Language, language_of
from daogou.language.normalise import plain
from daogou.language.pinyin import LONGEST, sounds
from daogou.search.beginnings import Beginnings
from daogou.search.names import Name, Names, Phrases, SuggestionKind

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.language.vocabulary import Vocabulary
    from daogou.retrieval.shelf import Shelf
    from daogou.search.exact import ExactNames

_WORTH: Mapping[SuggestionKind, float] = {"category": 4.0, "brand": 3.0, "query": 2.0, "product": 1.0}
LONGEST_PREFIX = 60
_LETTERS = 3
"""From so many letters on, names that sound so follow those that are written so."""
_LOOKED_AT = 400
"""Completions that are ranked; a shorter prefix than any shopper stops at has more."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One completion."""

    text: str
    kind: SuggestionKind
    language: Language
    n: int
    """Products of the category or brand, or times the query was typed; 1 for a product."""


class Suggester:
    """Prefix completion over phrases that begin at any word, so that “shoes” completes “running shoes” as well."""

    def __init__(
        self,
        shelf: Shelf,
        vocabulary: Vocabulary,
        *,
        queries: Mapping[str, int],
        exact: ExactNames,
        phrases: Phrases | None = None,
    ) -> None:
        """`exact` knows the products by their titles as they are now. `phrases` are those of the shelf as it was;
        without them it is read."""
        self._shelf = shelf
        self._exact = exact
        self._vocabulary = vocabulary
        self._beginnings = Beginnings()
        self._begun = 0
        """Words of the vocabulary that the beginnings know."""
        if phrases is None:
            phrases = phrases_of(product for product in shelf.products if product is not None)
        self._names = Names(phrases)
        self._number = np.frombuffer(phrases.numbers, np.int32)
        self._place = np.frombuffer(phrases.places, np.uint8)
        self._sounds = sorted(_sounding(enumerate(self._names)))
        self._learn([(text, "query", n) for text, n in queries.items()])
        brands = vocabulary.chinese_brands()
        self._learn([(name, "brand", len(shelf.rows_having("brand", brand))) for brand, name in brands])

    def put(self, products: Iterable[Product]) -> None:
        """Add what these products are called, their categories and brands."""
        self._learn(names_of(products))

    def suggest(self, prefix: str, limit: int = 8) -> list[Suggestion]:
        """The best completions, then names that sound as the letters do.

        Where there are none, those of what was probably meant: Chinese that sounds the same, words as they are
        spelt, and of the last word, which may not be finished, what a letter makes the beginning of a word.
        """
        typed = " ".join(plain(prefix[:LONGEST_PREFIX]).split())
        if not typed:
            return []
        found = self._complete(typed, limit)
        letters = typed.replace(" ", "").replace("'", "")
        if len(found) < limit and letters.isascii() and (len(letters) >= _LETTERS or not found):
            more = self._best(self._sounding(letters), limit)
            found += [each for each in more if each not in found][: limit - len(found)]
        return found or next(filter(None, (self._complete(each, limit) for each in self._meant(typed))), [])

    def _meant(self, typed: str) -> Iterator[str]:
        """What may have been meant, likeliest first."""
        yield from self._vocabulary.sounds.like(typed)
        *head, last = typed.split(" ")
        nearest = self._vocabulary.spelling.nearest
        head = [nearest(word) or word for word in head]
        lasts = [last, nearest(last) or last, *self._near(last)]
        yield from (" ".join([*head, each]) for each in dict.fromkeys(lasts))

    def _near(self, typed: str) -> list[str]:
        words = self._vocabulary.words
        if len(words) > self._begun:
            new = list(islice(words, self._begun, None))
            self._begun += len(new)
            self._beginnings.add(new)
        return self._beginnings.near(typed)

    def _complete(self, typed: str, limit: int) -> list[Suggestion]:
        return self._best(self._written(typed), limit)

    def _written(self, typed: str) -> Iterator[tuple[int, bool]]:
        """Numbers of the names of which a part begins so, and whether it is their beginning."""
        first = bisect.bisect_left(range(len(self._number)), typed, key=self._key)
        for number, place in zip(
            self._number[first : first + _LOOKED_AT].tolist(),
            self._place[first : first + _LOOKED_AT].tolist(),
            strict=True,
        ):
            folded = self._names.folded(number)
            if not folded.startswith(typed, place):
                return
            yield number, folded.startswith(typed)

    def _sounding(self, letters: str) -> Iterator[tuple[int, bool]]:
        """The same of names that sound so."""
        first = bisect.bisect_left(self._sounds, (letters,))
        for sound, place, number in self._sounds[first : first + _LOOKED_AT]:
            if not sound.startswith(letters):
                return
            yield number, place == 0

    def _best(self, numbers: Iterable[tuple[int, bool]], limit: int) -> list[Suggestion]:
        found: dict[str, tuple[float, Name]] = {}
        for number, from_start in numbers:
            name = self._names[number]
            folded, worth = self._names.folded(number), _worth(name, from_start=from_start)
            if folded not in found or found[folded][0] < worth:
                found[folded] = (worth, name)
        best = sorted(found.values(), key=lambda pair: (-pair[0], len(pair[1][0]), pair[1][0]))
        suggestions = (Suggestion(text, kind, language_of(text), n) for _, (text, kind, n) in best)
        return list(islice(filter(self._leads_somewhere, suggestions), limit))

    def _leads_somewhere(self, suggestion: Suggestion) -> bool:
        """Neither products that are sold out, hidden or called otherwise by now are offered, nor categories and brands
        that have only such."""
        if suggestion.kind == "query":
            return True
        if suggestion.kind == "product":
            return bool(self._shelf.available[self._exact.find(suggestion.text)].any())
        terms = self._vocabulary.meanings(self._vocabulary.phrase(suggestion.text))
        return any((self._shelf.having(term.name, term.value) & self._shelf.available).any() for term in terms)

    def _learn(self, names: Iterable[Name]) -> None:
        found = _merged(names)
        if not found:
            return
        new: list[tuple[str, int, int]] = []
        before = len(self._names)
        for folded, name in found:
            places = list(_beginnings(folded, name[1]))
            number = self._number_of(folded, name[1], places)
            if number is not None:
                self._names.count(number, name[2])
            elif places:
                number = self._names.add(name, folded)
                new += [(folded[place:LONGEST_PREFIX], number, place) for place in places]
        new.sort()
        entries = range(len(self._number))
        where = [bisect.bisect_right(entries, key, key=self._key) for key, _, _ in new]
        self._number = np.insert(self._number, where, [number for _, number, _ in new])
        self._place = np.insert(self._place, where, [place for _, _, place in new])
        self._sounds = sorted([*self._sounds, *_sounding((n, self._names[n]) for n in range(before, len(self._names)))])

    def _number_of(self, folded: str, kind: SuggestionKind, places: Sequence[int]) -> int | None:
        """The number of a name that is known, looked up where it begins: a table of a million names would take seconds
        to make when the first product is put."""
        if not places:
            return None
        typed = folded[places[0] : LONGEST_PREFIX]
        first = bisect.bisect_left(range(len(self._number)), typed, key=self._key)
        for at in range(first, len(self._number)):
            number = int(self._number[at])
            if self._key(at) != typed:
                return None
            if self._names.kind(number) == kind and self._names.folded(number) == folded:
                return number
        return None

    def _key(self, at: int) -> str:
        """What the entry at this place of the order is found by."""
        return self._names.folded(int(self._number[at]))[int(self._place[at]) : LONGEST_PREFIX]


def _worth(name: Name, *, from_start: bool) -> float:
    _, kind, n = name
    return _WORTH[kind] + n / (n + 20) + (2.5 if from_start else 0.0)


def phrases_of(products: Iterable[Product]) -> Phrases:
    """What these products, their categories and brands are called.

    Put in order one first letter after the other: the keys of a million products would be gigabytes at once.
    """
    found = _merged(names_of(products))
    letters, numbers, places = array("i"), array("i"), array("B")
    for number, (folded, (_, kind, _)) in enumerate(found):
        for place in _beginnings(folded, kind):
            letters.append(ord(folded[place]))
            numbers.append(number)
            places.append(place)
    order = np.argsort(letters, kind="stable")
    for alike in np.split(order, np.flatnonzero(np.diff(np.array(letters, np.int32)[order])) + 1):
        keys = [found[numbers[entry]][0][places[entry] : LONGEST_PREFIX] for entry in alike.tolist()]
        alike[:] = alike[sorted(range(len(keys)), key=keys.__getitem__)]
    return Phrases.of(found, np.array(numbers, np.int32)[order], np.array(places, np.uint8)[order])


def _merged(names: Iterable[Name]) -> list[tuple[str, Name]]:
    """The names with how they are folded; those alike but for that are one, written as the first of them."""
    merged: dict[tuple[str, str], Name] = {}
    for said, kind, n in names:
        text = " ".join(said.split())
        key = (kind, plain(text))
        if key in merged:
            first, _, times = merged[key]
            merged[key] = (first, kind, times + n)
        elif text:
            merged[key] = (text, kind, n)
    return [(folded, name) for (_, folded), name in merged.items()]


def names_of(products: Iterable[Product]) -> list[Name]:
    """What these products, their categories and brands are called, each name once with how often it is met."""
    found: Counter[tuple[str, SuggestionKind]] = Counter()
    for product in products:
        found.update((text, "product") for text in (product.title.zh, product.title.en))
        found.update((text, "category") for step in product.category for text in (step.zh, step.en))
        found[product.brand or "", "brand"] += 1
    return [(text, kind, n) for (text, kind), n in found.items() if text]


def _sounding(names: Iterable[tuple[int, Name]]) -> Iterator[tuple[str, int, int]]:
    """How Chinese categories and brands sound from each of their characters on, queries from their first: the sound,
    the character, and the number of the name."""
    for number, (text, kind, _) in names:
        if kind != "product" and not text.isascii():
            folded = plain(text).replace(" ", "")
            for place in range(len(folded) - 1 if kind != "query" else 1):
                yield from ((sound, place, number) for sound in sounds(folded[place : place + LONGEST]))


def _beginnings(text: str, kind: SuggestionKind) -> Iterator[int]:
    """Where the first words of the folded text begin; of Chinese, its first characters.

    Titles are many and long, so they are found by fewer of their words than categories, brands and queries are.
    """
    folded = text[:LONGEST_PREFIX]
    places = (
        place
        for place in range(len(folded))
        if folded[place] > "\u2fff" or (folded[place].isalnum() and (place == 0 or not folded[place - 1].isalnum()))
    )
    return islice(places, 4 if kind == "product" else 12)

"""What goods are called in general, in both languages: for models that are to know words which a shop does not use."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from daogou.language.glossary import LONGEST
from daogou.language.glossing import phrases
from daogou.language.things import things

if TYPE_CHECKING:
    from daogou.ports.dictionary import Dictionary

_MEANINGS = 3
"""A word that names a thing only in a later meaning is hardly used for it."""


def goods(dictionary: Dictionary) -> list[str]:
    """English names of things, without names of their own such as Zamboni, and Chinese words that mean one of them."""
    english = {name for thing in things() for name, _ in thing.names if name.islower()}
    chinese = {
        word
        for word, meanings in dictionary.entries()
        if len(word) <= LONGEST and not word.isascii() and not english.isdisjoint(_first(meanings))
    }
    return [*sorted(english), *sorted(chinese)]


def _first(meanings: tuple[str, ...]) -> list[str]:
    every = (phrase.casefold() for meaning in meanings for phrase in phrases(meaning))
    return list(islice(every, _MEANINGS))

"""What else kinds of goods are called, from a dictionary and WordNet: words of shoppers that a shop does not use."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from daogou.language.glossary import LONGEST
from daogou.language.glossing import phrases
from daogou.language.segment import fold
from daogou.language.things import things

if TYPE_CHECKING:
    from daogou.domain.text import Text
    from daogou.ports.dictionary import Dictionary

_MEANINGS = 3
"""A word that names a thing only in a later meaning is hardly used for it."""
_ENGLISH = re.compile(r"[a-z]{2,}(?:[ '-][a-z]{2,})*")


def also_called(kinds: Iterable[Text], dictionary: Dictionary) -> Mapping[str, Sequence[str]]:
    """Other names in both languages for each name of a kind, as it is written in lower case.

    What is meant by a kind is what its English name and the dictionary's words for its Chinese name both say, or the
    latter, if they differ: 平板电脑, "Tablet", is a tablet computer, and no slate. Kinds of it count as well: a blazer
    is a jacket.
    """
    meanings, words = _read(dictionary)
    others = _things()
    found: dict[str, Sequence[str]] = {}
    for kind in dict.fromkeys(kinds):
        said, own = meanings.get(kind.zh, []), _folded(kind.en)
        meant = dict.fromkeys([own] if own and (own in said or not said) else said)
        names: dict[str, None] = {**meant, **{name: None for each in meant for name in others.get(each, ())}}
        chinese = {word: None for each in meant for word in words.get(each, ())}
        also = [name for name in (*names, *chinese) if name not in (own, kind.zh)]
        found |= {name.casefold(): also for name in (kind.zh, kind.en) if name and also}
    return found


def _read(dictionary: Dictionary) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]:
    """What Chinese words mean, and the words that mean something, by their first meanings."""
    meanings: defaultdict[str, list[str]] = defaultdict(list)
    words: defaultdict[str, list[str]] = defaultdict(list)
    for entry in dictionary.entries():
        if entry.word.isascii() or not 1 < len(entry.word) <= LONGEST:
            continue
        for phrase in islice(_phrases(entry.meanings), _MEANINGS):
            meanings[entry.word].append(phrase)
            words[phrase].append(entry.word)
    return meanings, words


def _phrases(meanings: Iterable[str]) -> Iterator[str]:
    """English phrases, of letters alone and no names of their own."""
    every = (phrase for meaning in meanings if not meaning.startswith("to ") for phrase in phrases(meaning))
    return (_folded(phrase) for phrase in every if _ENGLISH.fullmatch(phrase))


def _things() -> Mapping[str, Sequence[str]]:
    """Other names of what a name means more often than anything else, and of kinds of that."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for thing in things():
        own = {_folded(name): None for name, rank in thing.names if rank <= 1 and name.islower()}
        for name, rank in thing.names:
            if not rank:
                found[_folded(name)].update(own)
        for names in thing.kinds:
            for name, rank in names:
                if not rank:
                    found[_folded(name)].update(own)
    return {name: [other for other in others if other != name] for name, others in found.items()}


def _folded(phrase: str) -> str:
    """In lower case, each word without its ending for many."""
    return " ".join(fold(word) for word in phrase.casefold().split())

"""The sides of a product that people judge, and the words in which they do: read from words.toml, in both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from daogou.domain.text import Text

_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_NEGATING_HAN = 3
"""Characters before a Chinese word in which a negation turns it."""
_NEGATING_FAR_HAN = 8
"""Characters before it in which one that reaches far does, unless something between begins anew."""
_NEGATING_WORDS = 3
"""Words before an English one in which a negation turns it."""
_WORD = re.compile(r"[a-z']+")
_LISTS = ("words", "good", "bad", "asked")


@dataclass(frozen=True, slots=True)
class Found:
    """A word of opinion or of an aspect in a text."""

    word: str
    negated: bool
    start: int = 0
    end: int = 0


class Words:
    """Finds a set of words: the longest first, Chinese ones anywhere, English ones as whole words, in small letters."""

    def __init__(self, words: Iterable[str]) -> None:
        ordered = sorted(set(words), key=lambda word: (-len(word), word))
        parts = (re.escape(word) if _HAN.match(word) else rf"(?<![a-z']){re.escape(word)}(?![a-z])" for word in ordered)
        self._pattern = re.compile("|".join(parts))

    def find(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Word, start and end of each, from left to right, without overlaps."""
        for match in self._pattern.finditer(text):
            yield match.group(), match.start(), match.end()


@dataclass(frozen=True, slots=True)
class Aspect:
    """One side of a product."""

    id: str
    label: Text
    words: frozenset[str]
    good: frozenset[str]
    bad: frozenset[str]
    asked: frozenset[str] = frozenset()
    """Words in which a shopper wishes for it without naming it."""


@dataclass(frozen=True)
class Lexicon:
    """All words at once."""

    aspects: Mapping[str, Aspect]
    good: frozenset[str]
    bad: frozenset[str]
    naming: Mapping[str, tuple[str, ...]]
    """Each word that names aspects, with their ids."""
    every: Words
    """Words of opinion and of aspects, found together so that the longest wins: 不错 is not 错."""
    negations: frozenset[str]
    harmless: Words
    """What begins like a negation and is none."""
    far: frozenset[str] = frozenset()
    """Negations that turn what comes later in the clause: 没有任何异味,"""
    anew: Words | None = None
    """unless one of these stands between: 没有试就很失望."""
    unreal: Words | None = None
    """What makes the rest of a clause a wish, a fear or a question."""

    @cached_property
    def all_good(self) -> frozenset[str]:
        """Those of every aspect too."""
        return self.good.union(*(aspect.good for aspect in self.aspects.values()))

    @cached_property
    def all_bad(self) -> frozenset[str]:
        """Those of every aspect too."""
        return self.bad.union(*(aspect.bad for aspect in self.aspects.values()))

    @cached_property
    def all_words(self) -> frozenset[str]:
        """Every word that names a side."""
        return frozenset().union(*(aspect.words for aspect in self.aspects.values()))

    def sign(self, found: Found) -> int:
        """1 for a word that speaks well of whatever it is about, -1 for one that speaks ill, 0 for another."""
        said = (found.word in self.all_good) - (found.word in self.all_bad)
        return -said if found.negated else said

    @cached_property
    def asked(self) -> Mapping[str, str]:
        """Each word in which a side is wished for without being named, with the side."""
        return {word: aspect.id for aspect in self.aspects.values() for word in aspect.asked}

    @cached_property
    def asking(self) -> Words:
        """Finds these words."""
        return Words(self.asked)

    def sides(self, text: str) -> tuple[str, ...]:
        """The aspects that a text names by a word for them, in the order in which it does; praise alone names none."""
        words = (word for word, _, _ in self.every.find(text.casefold()))
        named = (id for word in words for id in self.naming.get(word, ()) if word in self.aspects[id].words)
        return tuple(dict.fromkeys(named))

    def find(self, text: str) -> list[Found]:
        """Every word of the lexicon in a clause, with whether it is negated."""
        small = text.casefold().replace("’", "'")
        if len(small) != len(text):
            return []
        unreal = next((start for _, start, _ in self.unreal.find(small)), len(small)) if self.unreal else len(small)
        found: list[Found] = []
        last = 0
        for word, start, end in self.every.find(small):
            if start < unreal:
                found.append(Found(word, self._negated(small, last, start, word), start, end))
            if word in self.all_good or word in self.all_bad:
                last = end
        return found

    def _negated(self, text: str, last: int, start: int, word: str) -> bool:
        """Whether the word that starts there is; the word of opinion before it ends at `last`."""
        if _HAN.match(word):
            for _, low, high in self.harmless.find(text[:start]):
                text = text[:low] + " " * (high - low) + text[high:]
            before = text[max(last, start - _NEGATING_HAN) : start]
            if any(negation in before for negation in self.negations if _HAN.match(negation)):
                return True
            far = text[max(last, start - _NEGATING_FAR_HAN) : start]
            since = max((far.rfind(negation) for negation in self.far), default=-1)
            return since >= 0 and not (self.anew and any(self.anew.find(far[since:])))
        words = _WORD.findall(text[:start])[-_NEGATING_WORDS:]
        return any(said in self.negations or said.endswith("n't") for said in words)


@cache
def lexicon() -> Lexicon:
    """The words that ship with Daogou."""
    return lexicon_of(shipped_words())


@cache
def shipped_words() -> Mapping[str, Any]:
    """The tables of the words.toml that ships with Daogou."""
    return tomllib.loads((files("daogou.opinions") / "words.toml").read_text("utf-8"))


def lexicon_of(tree: Mapping[str, Any]) -> Lexicon:
    """Make a lexicon of the tables of words.toml."""
    tree = dict(tree)
    good, bad, negations, harmless = (frozenset(tree.pop(name)) for name in ("good", "bad", "not", "not_really"))
    far, anew, neither, unreal = (
        frozenset(tree.pop(name, ())) for name in ("not_far", "not_so_far", "neither", "unreal")
    )
    aspects = {
        id: Aspect(id, Text(**each["label"]), *(frozenset(each.get(name, ())) for name in _LISTS))
        for id, each in tree.items()
    }
    naming: dict[str, tuple[str, ...]] = {}
    for aspect in aspects.values():
        for word in sorted(aspect.words | aspect.good | aspect.bad):
            naming[word] = (*naming.get(word, ()), aspect.id)
    every = Words([*good, *bad, *naming, *(neither - good - bad - naming.keys())])
    return Lexicon(aspects, good, bad, naming, every, negations, Words(harmless), far, Words(anew), Words(unreal))

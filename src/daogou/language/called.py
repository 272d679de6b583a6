"""What goods are called below the shop's categories, learnt from titles: a soft furnishing is called a carpet.

Chinese and English titles both end in what the thing is: 手工羊毛地毯 and “wool carpet” are carpets.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import pairwise
from typing import TYPE_CHECKING

from daogou.language.pinyin import Sounds
from daogou.language.segment import HAN, names_something
from daogou.language.spelling import Spelling, is_small
from daogou.language.vocabulary import Found, join

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.language.vocabulary import Vocabulary

LONGEST = 3
"""Words of the longest name."""


class Called:
    """What goods are called in a shop, and what else shoppers call them. Never changes."""

    def __init__(self, categories: Mapping[str, str] | None = None, others: Mapping[str, str] | None = None) -> None:
        """`categories`: names, folded, with the `Text.key` of the category of what is called so.

        `others`: words that the shop does not use with the name that they are another of; "" for none, whatever they
        end in: an 冰箱 is no 箱.
        """
        self.categories = categories or {}
        self.others = others or {}
        self._sounds, self._spelling = Sounds(), Spelling()
        self._others_sound = Sounds()
        for word in self.categories:
            self._sounds.add(word)
        for word in self.words():
            self._others_sound.add(word)
        self._spelling.add({word: 1 for word in self.words() if len(word) >= _SPELT})
        self._not: frozenset[tuple[str, str]] = frozenset()

    def without(self, pairs: Iterable[tuple[str, str]]) -> Called:
        """The same, where the first of a pair is never another name of the second."""
        less = copy(self)
        less._not = frozenset(pairs)
        return less

    def words(self) -> Iterator[str]:
        """Every name, and every other."""
        yield from self.categories
        yield from (phrase for phrase, name in self.others.items() if name)

    def knows(self, phrase: str) -> bool:
        """Is the phrase a name, or another word for one?"""
        return phrase in self.categories or bool(self.others.get(phrase))

    def other(self, phrase: str) -> str | None:
        """The name of goods that a word which the shop does not use is another of."""
        return self.name(phrase) if self.others.get(phrase) else None

    def name(self, phrase: str) -> str | None:
        """The name of goods that the phrase is, is another of, or ends in: 荞麦枕 and 枕头 are 枕; None for no name."""
        other = self.others.get(phrase)
        for name in (phrase, other) if other is not None else (phrase, *_ends(phrase)):
            if name in self.categories and not {(phrase, name), (phrase, self.categories[name])} & self._not:
                return name
        return None

    def meant(self, word: str) -> str | None:
        """The name, or other word for one, that a word is mistyped: 窗廉 is 窗帘, “curtans” are curtains."""
        if not word.isascii():
            return next(iter(self._sounds.like(word)), None)
        near = self._spelling.nearest(word) if len(word) >= _SPELT else None
        return near if near is not None and near[0] == word[0] else None

    def spelt(self, letters: str) -> str | None:
        """The name, or other word for one, that letters spell: zhentou → 枕头; short ones only names."""
        found = self._sounds.spelt(letters) or (self._others_sound.spelt(letters) if len(letters) >= _SPELT else ())
        return next(iter(found), None)

    def begins(self, words: Sequence[str], first: int) -> Found | None:
        """The longest name of several words from the first."""
        for last in range(min(len(words), first + LONGEST), first + 1, -1):
            phrase = join(words[first:last])
            if self.knows(phrase):
                name = self.name(phrase)
                if name is not None:
                    return Found(name, first, last)
        return None

    def find(self, words: Sequence[str], first: int, last: int) -> Found | None:
        """The longest name that ends before the last word and does not begin before the first."""
        for place in range(max(first, last - LONGEST), last):
            phrase = join(words[place:last])
            if place == last - 1 or self.knows(phrase):
                name = self.name(phrase)
                if name is not None:
                    return Found(name, place, last)
        return None


def _ends(phrase: str) -> Iterator[str]:
    """What a Chinese word may be a kind of: without 子 and 头, and its last character."""
    if len(phrase) > 1 and not phrase.isascii():
        bare = phrase.rstrip(SUFFIXES)
        yield from (bare, bare[-1:], phrase[-1])


def called(products: Iterable[Product], vocabulary: Vocabulary) -> dict[str, str]:
    """The endings of titles that tell the category: the deepest that holds nearly all products with that ending.

    A single character is a name where compounds of several kinds end in it, as 锅 ends 炒锅, 汤锅 and 奶锅.
    """
    titled = [(product, _runs(product.title.zh)) for product in products]
    common = Counter(run[-1] for _, runs in titled for run in runs)
    under: defaultdict[str, Counter[str]] = defaultdict(Counter)
    uses: Counter[str] = Counter()
    total: Counter[str] = Counter()
    depth: dict[str, int] = {}
    deeper: set[str] = set()
    """First steps below which there are others: departments, which say too little."""
    compounds: defaultdict[str, set[str]] = defaultdict(set)
    within: dict[str, str] = {}
    """Endings without their first word."""
    for product, runs in titled:
        steps = {step.key: place for place, step in enumerate(product.category)}
        total.update(steps.keys())
        depth |= steps
        deeper.update(list(steps)[:1] if len(steps) > 1 else ())
        endings = list(_english(product, vocabulary))
        within |= dict(pairwise(endings))
        run = _MIXED.sub("", max(runs, key=lambda run: common[run[-1]], default=""))
        if run:
            words = vocabulary.segmenter.words(run)
            chinese = list(_chinese(words))
            within |= dict(pairwise(chinese))
            last = words[-1]
            endings += dict.fromkeys((*chinese, *(last[start:] for start in range(1, len(last)))))
            compounds[words[-1][-1]].add("".join(words[-2:]) if len(words[-1]) == 1 else words[-1])
        uses.update(endings)
        for ending in endings:
            under[ending].update(steps.keys())

    def is_longer(ending: str, step: str) -> bool:
        """Does a shorter name say the same?"""
        while ending := within.get(ending, ""):
            if found.get(ending) == step or ending in vocabulary.terms:
                return True
        return False

    lone = {step for step in depth if not depth[step]} - deeper
    found = {}
    for ending, n in uses.items():
        if ending in vocabulary.terms or not _is_name(ending, n, len(compounds[ending])):
            continue
        told = [step for step, m in under[ending].items() if m >= _NEARLY * n and (depth[step] or step in lone)]
        if told:
            found[ending] = max(told, key=lambda step: (depth[step], -total[step], step))
    return {ending: step for ending, step in found.items() if not is_longer(ending, step)}


def _runs(title: str) -> list[str]:
    """Chinese words without a break, but for those that count: 200克."""
    return [run for figure, run in _RUN.findall(_ASIDE.sub(" ", title)) if not figure or len(run) > _COUNTED]


def _chinese(words: Sequence[str]) -> Iterator[str]:
    for first in range(max(0, len(words) - LONGEST), len(words)):
        yield "".join(words[first:])


def _english(product: Product, vocabulary: Vocabulary) -> Iterator[str]:
    """What the first part of a title ends in; of “On Tea – History Book” the part that names the category."""
    parts = [vocabulary.segmenter.words(part) for part in FURTHER.split(product.title.en)]
    names = [vocabulary.segmenter.words(step.en) for step in product.category if step.en]
    words = next((said for said in parts if any(said[-len(name) :] == name for name in names)), parts[0])
    while words and not _LETTERS.fullmatch(words[-1]):
        words.pop()
    for first in range(max(0, len(words) - LONGEST), len(words)):
        if all(map(_LETTERS.fullmatch, words[first:])):
            yield join(words[first:])


def _is_name(ending: str, n: int, compounds: int) -> bool:
    if len(ending) == 1:
        return compounds >= _SEVERAL and ending > "\u2fff" and ending not in _ANYTHING
    if ending.isascii():
        return n > 1 and len(ending) > 2 and not is_small(ending.rpartition(" ")[2])
    return names_something(ending)


_ASIDE = re.compile(r"[(（【\[][^)）】\]]*[)）】\]]|《[^》]*》")
_RUN = re.compile(rf"(\d?)([a-zA-Z]*[{HAN}]+)")
_MIXED = re.compile(rf"^.*[a-zA-Z](?:[{HAN}]{{,2}}$)?")
"""What stands before the last Chinese of a run, with that of one or two characters: the T恤 of 纯棉T恤."""
_COUNTED = 2
"""Characters that follow a figure and only count."""
FURTHER = re.compile(r"\s[-–—|]\s|[,;(/]|\s(?:with|for|by|in|of|and|from)\s", re.IGNORECASE)
_LETTERS = re.compile("[a-z]+(?:[-'][a-z]+)*")
SUFFIXES = "子头儿"
"""What makes a word of a character: 椅子, 枕头."""
_ANYTHING = frozenset("器机具品套件物款")
"""What names of all kinds of things end in."""
_SPELT = 6
"""Letters of the shortest name that a word is taken for where it is misspelt, and of another word in pinyin."""
_SEVERAL = 2
"""Compounds that must end in a character."""
_NEARLY = 0.7
"""The share of the products with an ending that are of its category."""

"""Learns what else shoppers call the goods of a shop, from a dictionary and WordNet: a rug is its 地毯, a carpet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from daogou.language.called import FURTHER, SUFFIXES, called
from daogou.language.glossing import phrases, sure_at
from daogou.language.segment import fold, names_something
from daogou.language.spelling import is_small
from daogou.language.things import first_names, things

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daogou.domain.product import Product
    from daogou.language.vocabulary import Vocabulary
    from daogou.ports.dictionary import Dictionary

Entries = list[tuple[str, list[str]]]
"""Chinese words with their English, the usual first."""
Votes = dict[str, float]
"""Names of goods, and how sure it is that a word is another one of each."""


def learn_names(
    dictionary: Dictionary, vocabulary: Vocabulary, products: Sequence[Product]
) -> tuple[dict[str, str], dict[str, str]]:
    """The names of goods with their categories, and other words with the name that they are another of.

    Two words are names of one thing if a dictionary has the same English for both, or WordNet has them for one thing;
    and a word is of the kind of which its thing is one. What may as well be goods of another category is left out.
    """
    categories = called(products, vocabulary) | _of_categories(vocabulary)
    if not categories:
        return {}, {}
    inner = {step.key for product in products for step in product.category[:-1]}
    goods = {name for name, category in categories.items() if category not in inner}
    entries = list(_read(dictionary))
    apart = set(_no_ends(entries, categories))
    english = _in_english(entries, goods, categories, apart, _of_categories(vocabulary))
    heads = dict(_of_compounds(entries, goods))
    votes: defaultdict[str, Votes] = defaultdict(dict)
    _count(votes, chain(english.items(), _of_things(english), heads.items()))
    _count(votes, chain(_in_chinese(entries, english), _by_agreement(entries, votes)))
    others = dict.fromkeys(sorted(apart), "")  # a release is the same byte for byte, and the order of a set is not
    said = _things_said(products, vocabulary)
    for phrase, named in votes.items():
        used = phrase in vocabulary.terms or (phrase.isalpha() and phrase.isascii() and vocabulary.has(phrase))
        if used and phrase in heads:
            used = phrase in vocabulary.terms or phrase in said
        if phrase not in categories and not used and not is_small(phrase):
            surest = _surest(named, categories)
            if surest in goods:
                others[phrase] = surest
    return categories, others


def _in_english(
    entries: Entries, goods: Collection[str], names: Collection[str], apart: Collection[str], full: Collection[str]
) -> dict[str, Votes]:
    """English for the names of goods, and less surely for what ends in one; of three words also the last two: a (toy)
    building block. The English names are their own, those of departments too, so that a book is no notebook."""
    english: defaultdict[str, Votes] = defaultdict(dict)
    for word, said in entries:
        bare = word.rstrip(SUFFIXES)
        whole = next((name for name in (word, bare) if name in goods), None)
        name = whole or (bare[-1:] if bare[-1:] in goods and word not in apart else None)
        for place, phrase in enumerate(said[:_USUAL] if name else ()):
            sure = sure_at(place) * (1.0 if whole else _LESS)
            _vote(english[phrase], name or "", sure)
            if phrase.count(" ") == 2:
                _vote(english[phrase.partition(" ")[2]], name or "", sure * _LESS)
    for phrase in names:
        if phrase.isascii():
            _vote(english[phrase], phrase, 2.0 if phrase in full else _END)
    return english


def _in_chinese(entries: Entries, english: Mapping[str, Votes]) -> Iterator[tuple[str, Votes]]:
    """What the English of Chinese words is another name of."""
    for word, said in entries:
        for place, phrase in enumerate(said[:_USUAL]):
            yield word, {name: sure * sure_at(place) for name, sure in _shares(english.get(phrase, {})).items()}


def _by_agreement(entries: Entries, english: Mapping[str, Votes]) -> Iterator[tuple[str, Votes]]:
    """What the English of Chinese words is another name of where most of it agrees: 背包, a knapsack or rucksack, is a
    backpack; 床, a bed or couch, is no sofa."""
    for word, said in entries:
        total = sum(sure_at(place) for place in range(len(said)))
        found: Votes = {}
        agreed = 0.0
        for place, phrase in enumerate(said):
            votes = _shares(english.get(phrase, {}))
            agreed += sure_at(place) / total if votes else 0.0
            for name, sure in votes.items():
                found[name] = found.get(name, 0.0) + sure * sure_at(place) / total
        if agreed >= _AGREED:
            yield word, {name: sure * _CHAINED for name, sure in found.items()}


def _of_compounds(entries: Entries, goods: Collection[str]) -> Iterator[tuple[str, Votes]]:
    """What solid English names of goods end in, where their Chinese does: a smartphone, 智能手机, is a 手机, a phone or
    cell phone; a headphone, 耳机, is none."""
    said = dict(entries)
    for word, phrases_said in entries:
        for name in (phrase for phrase in phrases_said if phrase in goods and " " not in phrase):
            for ending in (word[start:] for start in range(1, len(word) - 1)):
                for phrase in said.get(ending, ()):
                    head = phrase.rpartition(" ")[2]
                    if len(head) > 2 and len(name) > 2 + len(head) and name.endswith(head):
                        yield from ((other, {name: _KIND}) for other in (ending, phrase, head))


def _things_said(products: Iterable[Product], vocabulary: Vocabulary) -> set[str]:
    """The last words of English titles, and of values of attributes: what the shop has words for."""
    found: set[str] = set()
    for product in products:
        values = (value.en for said in product.attributes.values() for value in said)
        for said in (FURTHER.split(product.title.en, maxsplit=1)[0], *values):
            found.update(token.text for token in vocabulary.segmenter.tokens(said)[-1:])
    return found


def _no_ends(entries: Entries, categories: Mapping[str, str]) -> Iterator[str]:
    """Words that end in the character of a name and are something else: 冰箱 is a refrigerator, no box or case, as 箱
    and 箱子 are."""
    heads: defaultdict[str, set[str]] = defaultdict(set)
    for word, said in entries:
        bare = word.rstrip(SUFFIXES)
        named = word in categories and categories[word] == categories.get(word[-1])
        for name in {word[-1] if named else "", bare} & categories.keys():
            if len(name) == 1:
                heads[name].update(phrase.rpartition(" ")[2] for phrase in said)
    for word, said in entries:
        bare = word.rstrip(SUFFIXES)
        if len(bare) < 2 or bare[-1] not in categories or word in categories:
            continue
        if heads[bare[-1]].isdisjoint(phrase.rpartition(" ")[2] for phrase in said):
            yield word


def _of_categories(vocabulary: Vocabulary) -> dict[str, str]:
    found = {}
    for phrase, terms in vocabulary.terms.items():
        keys = [term.value for term in terms if term.kind == "category"]
        if len(keys) == 1:
            found[phrase] = keys[0]
    return found


def _read(dictionary: Dictionary) -> Iterator[tuple[str, list[str]]]:
    """Chinese words with their English, folded, the usual first."""
    for word, meanings in dictionary.entries():
        if not word.isascii() and names_something(word):
            nouns = (meaning.replace("(bound form) ", "") for meaning in meanings if not _NO_NOUN.match(meaning))
            said = (part for meaning in nouns for wording in _wordings(meaning) for part in phrases(wording))
            yield word.lower(), list(dict.fromkeys(" ".join(map(fold, part.lower().split())) for part in said))


def _wordings(meaning: str) -> tuple[str, ...]:
    """A meaning with and without what may be left off: a "(bed) sheet" is a sheet and a bed sheet."""
    return (meaning, _BRACKETS.sub("", meaning)) if _OPTIONAL.search(meaning) else (meaning,)


def _of_things(english: Mapping[str, Votes]) -> Iterator[tuple[str, Votes]]:
    """English names of things that are, or are of a kind, that has a name in the shop.

    A word that is first of all another thing is none, unless this one has no commoner name: a phone is a telephone,
    whatever else is called so, but a hamper may be a basket.
    """
    first = first_names()
    for thing in things():
        names = _names(thing.names)
        same = _joined(names, english)
        kinds = _names(chain(*thing.kinds))
        of_kind = {} if same else _joined([(name, rank) for name, rank in kinds if not rank], english)
        for (name, rank), (said, _) in zip(names, thing.names, strict=True):
            if rank > _RARE or (rank and said in first and said != thing.names[0][0]):
                continue
            for named, weight in ((same, _SAME), (of_kind, _KIND)):
                if named:
                    yield name, {other: sure * weight * sure_at(rank) for other, sure in named.items()}
        for kind, rank in kinds:
            if same and not rank:
                yield kind, {other: sure * _HELD for other, sure in same.items()}


def _names(said: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """What WordNet calls things, folded as words of the shop are."""
    return [(" ".join(map(fold, name.split())), rank) for name, rank in said]


def _joined(names: Sequence[tuple[str, int]], english: Mapping[str, Votes]) -> Votes:
    found: Votes = {}
    for name, rank in names:
        for other, sure in _shares(english.get(name, {})).items():
            _vote(found, other, sure * sure_at(rank))
    return found


def _shares(votes: Votes) -> Votes:
    total = sum(votes.values())
    return {name: sure * min(1.0, sure) / total for name, sure in votes.items()}


def _surest(votes: Votes, categories: Mapping[str, str]) -> str | None:
    """The surest name of the category that is surely meant."""
    of_category: defaultdict[str, float] = defaultdict(float)
    for name, sure in votes.items():
        of_category[categories[name]] += sure
    best = max(of_category, key=lambda key: (of_category[key], key))
    if of_category[best] < _SURE or of_category[best] < _CLEAR * sum(of_category.values()):
        return None
    return max((name for name in votes if categories[name] == best), key=lambda name: (votes[name], name))


def _count(votes: defaultdict[str, Votes], more: Iterable[tuple[str, Votes]]) -> None:
    for phrase, named in more:
        for name, sure in named.items():
            _vote(votes[phrase], name, sure)


def _vote(votes: Votes, name: str, sure: float) -> None:
    votes[name] = max(votes.get(name, 0.0), sure)


_NO_NOUN = re.compile(r"\s*(?:\([^)]*\)\s*)?(?:to |also pr|CL:|Kangxi|\(verb)", re.IGNORECASE)
_OPTIONAL = re.compile(r"\([a-z]+\)")
_BRACKETS = re.compile(r"[()]")
_USUAL = 3
"""Meanings of a word that are thought of."""
_LESS = 0.6
_END = 1.0
"""How sure what names of categories only end in is to mean them, beside 2 for the whole name."""
_CHAINED, _AGREED = 0.8, 0.6
"""How sure what a dictionary's English is another name of is to be meant, and how much of the English must agree."""
_RARE = 1
"""Things that a name may mean more often."""
_SAME, _KIND, _HELD = 0.9, 0.6, 0.5
_SURE, _CLEAR = 0.35, 0.6

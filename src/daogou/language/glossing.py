"""Learns a shop's glossary from a dictionary: only meanings that the shop has a word for are kept."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, combinations, pairwise
from typing import TYPE_CHECKING

from daogou.language.glossary import LONGEST, Glosses, Meaning, beside, pack, together
from daogou.language.segment import fold
from daogou.language.speech import FILLERS
from daogou.language.things import things

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.language.vocabulary import Vocabulary
    from daogou.ports.dictionary import Dictionary

Senses = dict[str, float]
"""Phrases of the shop, and how sure each is: 1 for the first meaning of a word."""


def learn(dictionary: Dictionary, vocabulary: Vocabulary, products: Iterable[Product]) -> Glosses:
    """Keep what general words that the shop does not use mean, in words that it does.

    Chinese words through the dictionary's English; English ones through what WordNet calls the same thing or the kind
    of thing it is, and through the dictionary's Chinese. A meaning is the likelier the earlier it stands and the more
    titles say it. A single character also means what the compounds that end in it are called: 卡 is a card, for 信用卡
    and 存储卡 are cards.
    """
    products = list(products)
    titles = (f"{product.title.zh} {product.title.en}" for product in products)
    words = {word for word in vocabulary.words if word.isascii()}
    english = _english(vocabulary)
    read, heads, chinese = _read(dictionary, vocabulary, words)
    uses, pairs = _counted(titles, vocabulary, {phrase for senses in read.values() for phrase in senses})
    found = {}
    for word in read:
        if not vocabulary.has(word):
            senses = _joined(read[word], heads.get(word, {}))
            sure = {phrase: n * _used(phrase, uses, vocabulary.terms) for phrase, n in senses.items()}
            found[word] = _likeliest(sure, _MOST if len(word) > 1 else _MOST_OF_ONE)
    elsewhere = [word for word, meanings in found.items() if not meanings and 1 < len(word) < _MANY]
    for word in english.keys() | chinese.keys():
        found[word] = _likeliest(english.get(word, {}) | chinese.get(word, {}), _MOST)
    return pack(found, pairs, elsewhere)


def _likeliest(senses: Senses, most: int) -> list[Meaning]:
    meanings = [Meaning(phrase, min(weight, 1.0)) for phrase, weight in senses.items() if weight >= _SMALLEST]
    return sorted(meanings, key=lambda meaning: (-meaning.weight, meaning.phrase))[:most]


def _english(vocabulary: Vocabulary) -> dict[str, Senses]:
    """English names of things that the shop does not use, as what it calls the same thing, or else as the category of
    which the thing is a kind; the end of a category's name for a word that ends so, too: a stockpot is a soup pot."""
    found: dict[str, Senses] = {}
    for thing in things():
        same = _named(thing.names, vocabulary)
        kinds = {} if same else _named(chain.from_iterable(thing.kinds), vocabulary)
        for name, rank in thing.names if same or kinds else ():
            phrase = " ".join(_folded(name))
            if phrase and not _has(phrase, vocabulary):
                meant = found.setdefault(phrase, {})
                of_kind = {
                    kind: n * _KIND
                    for kind, n in kinds.items()
                    if _is_category(kind, vocabulary) or (phrase.endswith(kind) and vocabulary.ending(kind) is not None)
                }
                for other, n in (*same.items(), *of_kind.items()):
                    meant[other] = max(meant.get(other, 0.0), n * _first(rank))
    return found


def _named(names: Iterable[tuple[str, int]], vocabulary: Vocabulary) -> Senses:
    """Those of the names that the shop uses: surer where they name a kind of goods, or the end of one's name, and where
    they seldom mean another thing."""
    found: Senses = {}
    for name, rank in names:
        phrase, n = " ".join(_folded(name)), 0
        if _is_category(phrase, vocabulary):
            sure = 1.0
        elif phrase and vocabulary.ending(phrase) is not None:
            sure = _ENDING
        elif phrase in vocabulary.terms:
            sure = _UNNAMED
        elif n := vocabulary.words[phrase]:
            sure = _SAID * n / (n + _FEW)
        else:
            continue
        found[phrase] = max(found.get(phrase, 0.0), _first(rank) * sure)
    return found


def _first(place: int) -> float:
    """How sure a meaning is that stands after so many others."""
    return float((1 + place) ** -0.5)


def _is_category(phrase: str, vocabulary: Vocabulary) -> bool:
    return any(term.kind == "category" for term in vocabulary.terms.get(phrase, ()))


def _has(phrase: str, vocabulary: Vocabulary) -> bool:
    return phrase in vocabulary.terms or (" " not in phrase and vocabulary.has(phrase))


def phrases(meaning: str) -> Iterator[str]:
    """What one meaning says, plainly: "a tablet computer (iPad etc)" is a tablet computer; a note on usage is nothing.

    "CD or DVD drive" is a CD drive as well, "solid-state drive (SSD)" an SSD.
    """
    if _NOTE.match(meaning):
        return
    for part in _APART.split(_ASIDE.sub(" ", meaning)):
        said = _LEAD.sub("", part.strip())
        if said:
            yield said
    if either := _EITHER.search(meaning):
        yield f"{either[1]} {either[2]}"
    yield from _SHORT.findall(meaning)


def _read(
    dictionary: Dictionary, vocabulary: Vocabulary, words: Collection[str]
) -> tuple[dict[str, Senses], dict[str, Senses], dict[str, Senses]]:
    """Chinese words with the meanings that the shop can say; for single characters what compounds end in, as shares;
    and English phrases that the shop does not use as Chinese words that it does."""
    read: dict[str, Senses] = {}
    heads: defaultdict[str, Counter[str]] = defaultdict(Counter)
    turned: defaultdict[str, Senses] = defaultdict(dict)
    firsts: set[tuple[str, str]] = set()
    total: defaultdict[str, float] = defaultdict(float)
    for word, meanings in dictionary.entries():
        if len(word) > LONGEST or word.isascii():
            continue
        senses = read.setdefault(word, {})
        own = _owned(word, vocabulary)
        said = [(part, folded) for meaning in meanings for part in phrases(meaning) if (folded := _folded(part))]
        for place, (as_written, parts) in enumerate(said):
            sure, phrase = _first(place), " ".join(parts)
            if not FILLERS.issuperset(parts) and all(part in words for part in parts):
                for other, n in _ways(parts, vocabulary.terms) if as_written.islower() else [(phrase, 1.0)]:
                    senses.setdefault(other, sure * n)
            total[phrase] += sure
            if own:
                turned[phrase].setdefault(word, own * sure)
                firsts.update({(phrase, word)} if place == 0 else ())
            if len(word) > 1:
                heads[word[-1]][parts[-1]] += 1
    chinese = {
        phrase: {word: n if (phrase, word) in firsts else n / total[phrase] for word, n in senses.items()}
        for phrase, senses in turned.items()
        if not _has(phrase, vocabulary) and not FILLERS.issuperset(phrase.split())
    }
    return read, {character: _shares(counts, words) for character, counts in heads.items()}, chinese


def _shares(counts: Counter[str], words: Collection[str]) -> Senses:
    total = counts.total()
    return {word: n / total for word, n in counts.items() if n > 1 and n > _RARE * total and word in words}


def _ways(phrase: tuple[str, ...], terms: Collection[str]) -> Iterator[tuple[str, float]]:
    """How a shop may call the thing: in full; a keyboard for a game a gaming keyboard; a desktop computer a desktop."""
    yield " ".join(phrase), 1.0
    if len(phrase) == 1:
        stem = phrase[0].removesuffix("e")
        yield f"{stem}ing", _DERIVED
        yield f"{stem}{stem[-1:]}ing", _DERIVED
    elif len(phrase) == 2:
        yield phrase[1], _HEAD
        if phrase[0] in terms:
            yield phrase[0], _FIRST


def _joined(senses: Mapping[str, float], heads: Mapping[str, float]) -> Senses:
    """A character's own meanings with those it has at the end of compounds, where the commonest is as sure as its own
    first, and surer where most compounds are that."""
    joined = dict(senses)
    best = max(heads.values(), default=1.0)
    for head, share in heads.items():
        joined[head] = max(joined.get(head, 0.0), share / best) + share
    return joined


def _owned(word: str, vocabulary: Vocabulary) -> float:
    """How sure a Chinese word is to be what the shop calls a thing, from 0 to 1."""
    if _is_category(word, vocabulary):
        return 1.0
    n = vocabulary.words.get(word, 0)
    return _UNNAMED if word in vocabulary.terms else n / (n + _FEW) * _SAID


def _used(phrase: str, uses: Mapping[str, int], terms: Collection[str]) -> float:
    """How much of a word of the shop the phrase is, from 0 to 1."""
    n = uses.get(phrase, 0)
    return n / (n + _FEW) * (1.0 if phrase in terms else _UNNAMED)


def _counted(
    titles: Iterable[str], vocabulary: Vocabulary, phrases: Collection[str]
) -> tuple[Mapping[str, int], Mapping[int, int]]:
    """How many titles say each phrase, and how many have two words of them: beside one another, and anywhere."""
    words = {word for phrase in phrases for word in phrase.split()}
    words |= {other for word in words for other, _ in _ways((word,), ())}
    uses: Counter[str] = Counter()
    pairs: Counter[int] = Counter()
    for title in titles:
        said = [token.text for token in vocabulary.segmenter.tokens(title)]
        runs = {" ".join(said[start : start + n]) for start in range(len(said)) for n in range(1, _LONGEST + 1)}
        known = sorted({word for word in said if word in words})[:_LONGEST_TITLE]
        uses.update(runs)
        pairs.update({beside(a, b) for a, b in pairwise(said) if b in words})
        pairs.update(together(a, b) for a, b in combinations(known, 2))
    for phrase in phrases:
        first, _, last = phrase.partition(" ")
        if last and " " not in last:
            uses[phrase] = max(uses[phrase], pairs[together(first, last)] // 2)
    return uses, {hash: n for hash, n in pairs.items() if n >= _OFTEN}


@lru_cache(maxsize=1 << 16)
def _folded(said: str) -> tuple[str, ...]:
    words = tuple(fold(word) for word in _WORD.findall(said.lower()))
    return words if len(words) <= _LONGEST else ()


_ASIDE = re.compile(r"\([^)]*(?:\)|$)|\[[^\]]*\]")
_APART = re.compile(r"[;,]| or ")
_NOTE = re.compile(
    r"\s*(?:CL:|\(?(?:old |erhua |japanese |popular )?variant|see |abbr|used |surname |\(?archaic|also written"
    r"|\(?classifier|\(?bound form|\(?suffix|\(?particle)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^(?:to|a|an|the|type of|kind of)\s+", re.IGNORECASE)
_EITHER = re.compile(r"\b(\w+) or \w+ (\w+)")
_SHORT = re.compile(r"\(([A-Z]{2,6})\)")
_WORD = re.compile(r"[a-z0-9&'+]+")
_LONGEST = 3
"""Words of the longest phrase that is kept."""
_MANY = 5
"""Characters of the shortest word that cannot be taken for a compound of others."""
_LONGEST_TITLE = 24
"""Words of a title that are counted with one another."""
_OFTEN = 3
"""Titles that must have two words before that tells anything."""
_FEW = 5
"""Titles with which a phrase is half a word of the shop."""
_UNNAMED = 0.7
"""How much less sure a phrase is that names no category, brand or value of an attribute."""
_SAID = 0.4
"""How sure what titles only mention is to be the thing, beside what names a category."""
_DERIVED, _HEAD, _FIRST = 0.8, 0.3, 0.4
"""How much less sure it is to say gaming for game, computer for desktop computer, desktop for desktop computer."""
_KIND = 0.65
"""How much less sure it is that a cardigan is a sweater of the shop than that a couch is its sofa,"""
_ENDING = 0.9
"""and that a backpack is the hiking backpack, its only one."""
_RARE = 0.005
"""The share of compounds below which what they end in is chance."""
_SMALLEST = 0.02
_MOST, _MOST_OF_ONE = 8, 16
"""Meanings of a word, and of a single character, that are kept."""

"""Learns a shop's glossary from a dictionary: only meanings that the shop has a word for are kept."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from daogou.language.aligning import align
from daogou.language.called import SUFFIXES
from daogou.language.glossary import LONGEST, Glosses, Meaning, pack
from daogou.language.segment import HEADS, fold
from daogou.language.speech import FILLERS
from daogou.language.things import first_names, things
from daogou.language.usage import LONGEST as LONGEST_PHRASE
from daogou.language.usage import count

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.domain.text import Text
    from daogou.language.vocabulary import Vocabulary
    from daogou.ports.dictionary import Dictionary, Entry

Senses = dict[str, float]
"""Phrases of the shop, and how sure each is: 1 for the first meaning of a word."""
Parts = tuple[str, ...]
"""A phrase as folded words."""


def learn(
    dictionary: Dictionary, vocabulary: Vocabulary, products: Iterable[Product], taxonomy: Iterable[Text] = ()
) -> Glosses:
    """Keep what general words that the shop does not use mean, in words that it does.

    Chinese words through the dictionary's English; English ones through what WordNet calls the same thing or the kind
    of thing it is, and through the dictionary's Chinese. A meaning is the likelier the earlier it stands and the more
    titles say it; one that no title says is said in less words, or as WordNet calls the thing otherwise, and other
    names of the thing that is surely meant are as sure. Names in a `taxonomy` say which meanings goods have: 支架 is a
    stand rather than a support. A single character also means what the compounds that end in it are called, those first
    that the shop has: 线 is a cable, for 网线 are network cables. A Chinese word that no English of the shop says means
    the shop's Chinese words for the same thing: 衣服 is its 服装, both clothes; and 杯子 is first of all its 杯.
    """
    english = _english(vocabulary)
    read, compounds, chinese = _read(dictionary.entries(), vocabulary)
    for word, said in align(taxonomy, vocabulary.segmenter).items():
        if senses := _of_goods(read.get(word, {}), said):
            read[word] = senses
    usage = count(products, vocabulary.segmenter, _phrases(chain(*read.values(), *compounds.values()), vocabulary))
    used = _used(usage.phrases, vocabulary.terms)
    others = _other_names(used, lambda phrase: _is_category(phrase, vocabulary))
    named = _things_named()
    ends = _ends(vocabulary)
    found = {}
    for word, senses in read.items():
        if not vocabulary.has(word):
            sure = _sayable(senses, used, others, named)
            for head, n in _heads(compounds[word], used).items() if word in compounds else ():
                sure[head] = max(sure.get(head, 0.0), n)
            meanings = _with_synonyms(_sure(sure, _MOST if len(word) > 1 else _MOST_OF_ONE), named)
            if not meanings and len(word) > 1:
                meanings = _sure(_same_thing(senses, chinese, named), _MOST)
            bare = word.rstrip(SUFFIXES)
            if bare != word and bare in ends and not senses.keys().isdisjoint(read.get(bare, ())):
                meanings = [Meaning(bare, 1.0), *(meaning for meaning in meanings if meaning.phrase != bare)][:_MOST]
            found[word] = meanings
    elsewhere = {word for word, meanings in found.items() if not meanings and 1 < len(word) < _MANY}
    for word in english.keys() | chinese.keys():
        found[word] = _likeliest(english.get(word, {}) | chinese.get(word, {}), _MOST)
    others_named = _plain_words(dictionary.entries()).union(named)
    elsewhere.update(name for name in others_named if not found.get(name) and not _has(name, vocabulary))
    return pack(found, usage.pairs, elsewhere)


def _plain_words(entries: Iterable[Entry]) -> set[str]:
    """The English words that the dictionary explains Chinese ones with, names left out."""
    said = (word for _, meanings in entries for meaning in meanings for word in _PLAIN.findall(meaning))
    return set(map(fold, said))


def _phrases(said: Iterable[Parts], vocabulary: Vocabulary) -> set[str]:
    """What the shop may say of what is said, and of what WordNet names: phrases all of whose words it uses."""
    words = {word for word in vocabulary.words if word.isascii()}
    every = {less for parts in set(said) for less in (parts, *(less for less, _ in _reduced(parts)))}
    every |= {_folded(name) for thing in things() for name, _ in thing.names}
    return {" ".join(parts) for parts in every if parts and all(_is_said(word, words) for word in parts)}


def _likeliest(senses: Senses, most: int) -> list[Meaning]:
    meanings = [Meaning(phrase, min(weight, 1.0)) for phrase, weight in senses.items() if weight >= _SMALLEST]
    return sorted(meanings, key=lambda meaning: (-meaning.weight, meaning.phrase))[:most]


def _sure(senses: Senses, most: int) -> list[Meaning]:
    """The likeliest; none unless the first is sure enough."""
    meanings = _likeliest(senses, most)
    return meanings if meanings and meanings[0].weight >= _LEAST else []


def _same_thing(senses: Mapping[Parts, float], chinese: Mapping[str, Senses], named: Collection[str]) -> Senses:
    """The shop's Chinese words for what the senses name, where it is a thing: not 服务 for 服, both service."""
    found: Senses = {}
    for parts, sure in senses.items():
        phrase = " ".join(parts)
        for other, n in chinese.get(phrase, {}).items() if phrase in named else ():
            found[other] = max(found.get(other, 0.0), sure * n)
    return found


def _with_synonyms(meanings: list[Meaning], named: Mapping[str, Mapping[int, int]]) -> list[Meaning]:
    """The meanings, where other names of the thing that is surely meant are nearly as sure: earphones for 耳机, not
    headphones alone."""
    if len(meanings) < 2:
        return meanings
    first, *rest = meanings
    ranks = named.get(first.phrase, {})
    found = [first]
    for meaning in rest:
        others = named.get(meaning.phrase, {})
        alike = max((sure_at(ranks[n]) * sure_at(others[n]) for n in ranks.keys() & others), default=0.0)
        found.append(meaning._replace(weight=max(meaning.weight, first.weight * alike * _SAME)))
    return sorted(found, key=lambda meaning: (-meaning.weight, meaning.phrase))


def _ends(vocabulary: Vocabulary) -> set[str]:
    """Single characters that the shop's compounds end in, and that its titles have."""
    words = (word for word in vocabulary.words if len(word) > 1 and word > "\u2fff")
    several = {end for end, n in Counter(word[-1] for word in words).items() if n >= _SEVERAL}
    return {end for end in several | HEADS if vocabulary.words[end]}


def _things_named() -> dict[str, dict[int, int]]:
    """For each name of things which they are, by number, and how many things it means more often."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for n, thing in enumerate(things()):
        for name, rank in thing.names:
            found[" ".join(_folded(name))].setdefault(n, rank)
    return found


def _english(vocabulary: Vocabulary) -> dict[str, Senses]:
    """English names of things that the shop does not use, as what it calls the same thing, or else as the category of
    which the thing is a kind; the end of a category's name for a word that ends so, too: a stockpot is a soup pot.

    A word that is first of all another thing is none: a phone is a telephone, whatever else is called so.
    """
    found: dict[str, Senses] = {}
    first = first_names()
    for thing in things():
        same = _named(thing.names, vocabulary)
        kinds = {} if same else _named(chain.from_iterable(thing.kinds), vocabulary)
        for name, rank in thing.names if same or kinds else ():
            phrase = " ".join(_folded(name))
            if phrase and not (rank and name in first) and not _has(phrase, vocabulary):
                meant = found.setdefault(phrase, {})
                of_kind = {
                    kind: n * _KIND
                    for kind, n in kinds.items()
                    if _is_category(kind, vocabulary) or (phrase.endswith(kind) and vocabulary.ending(kind) is not None)
                }
                for other, n in (*same.items(), *of_kind.items()):
                    meant[other] = max(meant.get(other, 0.0), n * sure_at(rank))
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
        found[phrase] = max(found.get(phrase, 0.0), sure_at(rank) * sure)
    return found


def sure_at(place: int) -> float:
    """How sure a meaning is that stands after so many others."""
    return float((1 + place) ** -0.5)


def _is_category(phrase: str, vocabulary: Vocabulary) -> bool:
    return any(term.kind == "category" for term in vocabulary.terms.get(phrase, ()))


def _has(phrase: str, vocabulary: Vocabulary) -> bool:
    return phrase in vocabulary.terms or (" " not in phrase and vocabulary.has(phrase))


def phrases(meaning: str) -> Iterator[str]:
    """What one meaning says, plainly: "a tablet computer (iPad etc)" is a tablet computer; a note on usage is nothing.

    "CD or DVD drive" is a CD drive and a DVD drive, "solid-state drive (SSD)" an SSD.
    """
    if _NOTE.match(meaning):
        return
    said = _ASIDE.sub(" ", meaning) if "(" in meaning or "[" in meaning else meaning
    if " or " in said and (either := _EITHER.search(said)):
        yield f"{either[1]} {either[2]}"
        said = said.replace(f"{either[1]} or ", "")
    for part in _APART.split(said):
        plain = _LEAD.sub("", part.strip())
        if plain:
            yield plain
    if "(" in meaning:
        yield from _SHORT.findall(meaning)


def _read(
    entries: Iterable[Entry], vocabulary: Vocabulary
) -> tuple[dict[str, dict[Parts, float]], dict[str, Counter[Parts]], dict[str, Senses]]:
    """What Chinese words mean, but for what is done to what ("to drive a vehicle"); for single characters how many
    compounds that end in them mean what; and English phrases that the shop does not use as Chinese words that it
    does."""
    read: dict[str, dict[Parts, float]] = {}
    compounds: defaultdict[str, Counter[Parts]] = defaultdict(Counter)
    turned: defaultdict[str, Senses] = defaultdict(dict)
    firsts: set[tuple[str, str]] = set()
    total: defaultdict[str, float] = defaultdict(float)
    for written, meanings in entries:
        if len(written) > LONGEST or written.isascii():
            continue
        word = written.lower()  # T恤
        senses = read.setdefault(word, {})
        own = owned(word, vocabulary)
        said = [
            (parts, part, meaning[:1].islower(), meaning.startswith("to "))
            for meaning in meanings
            for part in phrases(meaning)
            if (parts := _folded(part)) and (len(parts) == 1 or not meaning.startswith("to "))
        ]
        for place, (parts, part, is_common, is_done) in enumerate(said):
            sure, phrase = sure_at(place), " ".join(parts)
            if not FILLERS.issuperset(parts):
                for wording in (parts, *_joined(part, vocabulary)):
                    senses.setdefault(wording, sure)
            total[phrase] += sure
            if own and not is_done:
                turned[phrase].setdefault(word, own * sure)
                firsts.update({(phrase, word)} if place == 0 else ())
            if len(word) > 1 and is_common:
                compounds[word[-1]][parts] += 1
    chinese = {
        phrase: {word: n if (phrase, word) in firsts else n / total[phrase] for word, n in senses.items()}
        for phrase, senses in turned.items()
        if not _has(phrase, vocabulary) and not FILLERS.issuperset(phrase.split())
    }
    return read, compounds, chinese


def _of_goods(senses: Mapping[Parts, float], said: Mapping[Parts, int]) -> dict[Parts, float]:
    """What a word means as dictionaries have it and as names of goods do: the surer of the latter the more these are.

    What a single name has is chance, unless the dictionary has it too.
    """
    counts = {parts: n for parts, n in said.items() if n > 1 or parts in senses}
    total, most = sum(counts.values()), max(counts.values(), default=0)
    of_goods = total / (total + _NAMES)
    found = {parts: sure * (1 - of_goods) for parts, sure in senses.items()}
    for parts, n in counts.items():
        if n >= _SELDOM * total:
            found[parts] = found.get(parts, 0.0) + of_goods * n / most
    return found


def _sayable(
    senses: Mapping[Parts, float], used: Senses, others: Mapping[str, Senses], named: Collection[str]
) -> Senses:
    """The senses as the shop says them: in full, or as far as it does not, in less words or by other names.

    The first word stands for the whole where it names a thing, red wine is nothing red; and, unless the shop says the
    whole too, only behind the last: fruit juice is first of all juice, or nothing.
    """
    found: Senses = {}

    def add(phrase: str, sure: float) -> None:
        found[phrase] = max(found.get(phrase, 0.0), sure)

    for parts, sure in senses.items():
        phrase = " ".join(parts)
        whole = used.get(phrase, 0.0)
        if whole:
            add(phrase, sure * whole)
        for other, n in others[phrase].items() if phrase in others else ():
            add(other, sure * n * _OTHERWISE)
        left = sure * (1.0 if len(parts) == 1 else 1 - whole)  # what no longer phrase of the shop says
        last = 0.0
        for less, n in _reduced(parts):
            other = " ".join(less)
            said = left * n * used.get(other, 0.0)
            if less == parts[:1]:
                may_be = sure >= 1 and other in named
                said = min(said, math.inf if whole else last * _FRUIT) if may_be else 0.0
            if said:
                add(other, said)
            if len(less) == 1:
                last = said
            else:
                left *= 1 - used.get(other, 0.0)
    return found


def _reduced(parts: Parts) -> tuple[tuple[Parts, float], ...]:
    """How else a shop may call the thing: a keyboard for a game a gaming keyboard; an electric fan a fan."""
    match parts:
        case (word,):
            stem = word.removesuffix("e")
            return ((f"{stem}ing",), _DERIVED), ((f"{stem}{stem[-1:]}ing",), _DERIVED)
        case (first, last):
            return ((last,), _HEAD), ((first,), _FIRST)
        case _:
            return (parts[1:], _TAIL), (parts[-1:], _HEAD)


def _heads(compounds: Mapping[Parts, int], used: Senses) -> Senses:
    """What the compounds of a character end in; such as the shop has count as much as twenty that it has not."""
    counts: defaultdict[str, float] = defaultdict(float)
    for parts, n in compounds.items():
        counts[parts[-1]] += n * (_ELSEWHERE + (used.get(" ".join(parts), 0.0) if len(parts) > 1 else 0.0))
    most, rare = max(counts.values(), default=0.0) + 1, _RARE * sum(counts.values())
    return {word: n / most for word, n in counts.items() if n > rare and word in used}


def _other_names(used: Senses, is_category: Callable[[str], bool]) -> dict[str, Senses]:
    """What WordNet calls things that the shop does not name so, in names that it uses: a wristwatch is a watch.

    Not the names of categories, by which products would be left out: 钱包, a purse, is no handbag.
    """
    found: dict[str, Senses] = {}
    for thing in things():
        for name, rank in thing.names:
            phrase = " ".join(_folded(name))
            if not phrase or phrase in used:
                continue
            meant = found.setdefault(phrase, {})
            for sure, names in ((1.0, thing.names), *((_BROADER, kind) for kind in thing.kinds)):
                for other, later in names:
                    said = " ".join(_folded(other))
                    if said in used and not is_category(said):
                        meant[said] = max(meant.get(said, 0.0), sure * sure_at(rank) * sure_at(later) * used[said])
    return found


def owned(word: str, vocabulary: Vocabulary) -> float:
    """How sure a Chinese word is to be what the shop calls a thing, from 0 to 1."""
    if _is_category(word, vocabulary):
        return 1.0
    n = vocabulary.words.get(word, 0)
    return _UNNAMED if word in vocabulary.terms else n / (n + _FEW) * _SAID


def _used(uses: Mapping[str, int], terms: Collection[str]) -> Senses:
    """How much of a word of the shop each phrase is that it says, up to 1."""
    return {
        phrase: n / (n + _FEW) * (1.0 if phrase in terms else _UNNAMED)
        for phrase, n in uses.items()
        if n and phrase not in FILLERS
    }


@lru_cache(maxsize=1 << 16)
def _folded(said: str) -> tuple[str, ...]:
    words = tuple(fold(word) for word in _WORD.findall(said.lower()))
    return words if len(words) <= LONGEST_PHRASE else ()


def _joined(said: str, vocabulary: Vocabulary) -> Iterator[Parts]:
    """A phrase with its hyphens or solid, where the shop has one of its words so: T-shirt is its t-shirt or tshirt."""
    words = _HYPHENED.findall(said.lower()) if "-" in said else []
    if any("-" in word and _is_said(word, vocabulary.words) for word in words) and len(words) <= LONGEST_PHRASE:
        for joint in ("-", ""):
            yield tuple(fold(word.replace("-", joint)) for word in words)


def _is_said(word: str, words: Collection[str]) -> bool:
    """Is the word one of a shop's, which are cut at their hyphens and kept solid as well?"""
    return word in words or word.replace("-", "") in words


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
_HYPHENED = re.compile(r"[a-z0-9&'+]+(?:-[a-z0-9&'+]+)*")
_PLAIN = re.compile(r"(?<![\w.-])[a-z]{3,}(?![\w.-])")
_SEVERAL = 3
"""Compounds that make what they end in a name."""
_MANY = 5
"""Characters of the shortest word that cannot be taken for a compound of others."""
_FEW = 5
"""Titles with which a phrase is half a word of the shop."""
_UNNAMED = 0.7
"""How much less sure a phrase is that names no category, brand or value of an attribute."""
_SAID = 0.4
"""How sure what titles only mention is to be the thing, beside what names a category."""
_DERIVED, _TAIL, _HEAD, _FIRST = 0.8, 0.6, 0.5, 0.3
"""How much less sure it is to say gaming for game; and where the shop does not say it in full: power source for
electric power source, source for that, desktop for what is first of all a desktop computer."""
_FRUIT = 0.9
"""How much less sure it is that fruit juice is fruit than that it is juice, where the shop has any."""
_OTHERWISE, _BROADER = 0.5, 0.5
"""How much less sure another name of the same thing is than the one that the dictionary has, and that of its kind."""
_NAMES = 10
"""Names in a taxonomy that say as much of a word as the dictionary,"""
_SELDOM = 0.05
"""and the share of them below which what they say of it is chance."""
_SAME = 0.95
"""How much less sure another name of the thing is that is surely meant."""
_KIND = 0.65
"""How much less sure it is that a cardigan is a sweater of the shop than that a couch is its sofa,"""
_ENDING = 0.9
"""and that a backpack is the hiking backpack, its only one."""
_ELSEWHERE = 0.05
"""What a compound counts that the shop does not have, beside one that it has."""
_RARE = 0.005
"""The share of compounds below which what they end in is chance."""
_LEAST = 0.05
"""How sure the first meaning of a word must at least be,"""
_SMALLEST = 0.02
"""and any."""
_MOST, _MOST_OF_ONE = 8, 16
"""Meanings of a word, and of a single character, that are kept."""

"""What words mean in the language of goods, from names that a taxonomy gives in both languages: 支架 is a stand.

IBM's first model (Brown et al., The Mathematics of Statistical Machine Translation, 1993), taken both ways, says which
words of two names go together; what is taken from it are phrases that go together as a whole (Och & Ney, The
Alignment Template Approach to Statistical Machine Translation, 2004).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from daogou.language.glossary import LONGEST
from daogou.language.usage import LONGEST as LONGEST_PHRASE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.text import Text
    from daogou.language.segment import Segmenter

Aligned = Mapping[str, Mapping[tuple[str, ...], int]]
"""Chinese words, with the English phrases beside which names have them, and in how many names; names that are the
word and the phrase and nothing else count twice."""
_Pair = tuple[list[str], list[str]]
_Chances = Mapping[tuple[str, str], float]


def align(names: Iterable[Text], segmenter: Segmenter) -> Aligned:
    """Which words, and runs of words, go together in names of the same kinds in both languages."""
    pairs = [pair for name in dict.fromkeys(names) for pair in _pairs(name, segmenter)]
    if not pairs:
        return {}
    plain = [(zh, [word for word in en if word != _BREAK]) for zh, en in pairs]
    there, back = _chances(plain), _chances([(en, zh) for zh, en in plain])
    found: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for zh, en in pairs:
        together = {
            (zh_word, en_word): (there.get((zh_word, en_word), 0.0) + _LITTLE)
            * (back.get((en_word, zh_word), 0.0) + _LITTLE)
            for zh_word in zh
            for en_word in en
        }
        for word, phrase, is_whole in _phrases(zh, en, list(_links(zh, en, together))):
            found[word][phrase] += 1 + is_whole
    return found


def _pairs(name: Text, segmenter: Segmenter) -> Iterator[_Pair]:
    """The name as words of both languages; one for each of several Chinese names of what English calls by one."""
    en = [words for part in _BETWEEN.split(_ASIDE.sub("", name.en)) if (words := _words(part, segmenter))]
    zh = [words for part in _APART.split(_ASIDE.sub("", name.zh)) if (words := _words(part, segmenter))]
    english = list(chain.from_iterable([*part, _BREAK] for part in en))[:-1]
    for chinese in zh if len(en) == 1 else [list(chain.from_iterable(zh))]:
        if 0 < len(chinese) <= _LONGEST_NAME and 0 < len(english) <= _LONGEST_NAME:
            yield chinese, english


def _words(text: str, segmenter: Segmenter) -> list[str]:
    return [word for word in segmenter.words(text) if word not in _SMALL]


def _chances(pairs: Sequence[_Pair]) -> _Chances:
    """How likely each word of a name is to be said as each of the name in the other language, learnt by expectation
    and maximisation; a word may also come from nowhere."""
    numbers: dict[str, int] = {"": 0}
    others: dict[str, int] = {}
    left, right, place, n_places = [], [], [], 0
    for said, meant in pairs:
        from_ = [0, *(numbers.setdefault(word, len(numbers)) for word in said)]
        for word in meant:
            left += from_
            right += [others.setdefault(word, len(others))] * len(from_)
            place += [n_places] * len(from_)
            n_places += 1
    pair, each = np.unique(np.array(left, np.int64) * len(others) + np.array(right, np.int64), return_inverse=True)
    first, places = pair // max(1, len(others)), np.array(place, np.int64)
    chance: NDArray[np.float64] = np.ones(len(pair))
    for _ in range(_ROUNDS):
        share = chance[each] / np.bincount(places, chance[each], n_places)[places]
        counted = np.bincount(each, share, len(pair)).astype(np.float64)
        chance = counted / (np.bincount(first, counted, len(numbers))[first] + _SELDOM)
    words, meanings = list(numbers), list(others)
    return {
        (words[n // len(others)], meanings[n % len(others)]): sure
        for n, sure in zip(pair.tolist(), chance.tolist(), strict=True)
        if sure > _LEAST
    }


def _links(zh: Sequence[str], en: Sequence[str], together: _Chances) -> Iterator[tuple[int, int]]:
    """Places in both names that go together: every English word, and Chinese ones left over that are likely enough."""
    linked = set()
    english = [place for place, word in enumerate(en) if word != _BREAK]
    for place in english:
        best = max(range(len(zh)), key=lambda other: together[zh[other], en[place]])
        linked.add(best)
        yield best, place
    for place in set(range(len(zh))) - linked:
        best = max(english, key=lambda other: together[zh[place], en[other]])
        if together[zh[place], en[best]] > _LINKED:
            yield place, best


def _phrases(
    zh: Sequence[str], en: Sequence[str], links: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Runs of Chinese words with the run of English words that goes with them and with nothing else."""
    linked = {place for place, _ in links}
    for start in range(len(zh)):
        for end in range(start + 1, min(len(zh), start + _MOST_WORDS) + 1):
            inside = [other for place, other in links if start <= place < end]
            if not {start, end - 1} <= linked:
                continue
            first, last = min(inside), max(inside) + 1
            crossed = any(first <= other < last and not start <= place < end for place, other in links)
            word, phrase = "".join(zh[start:end]), tuple(en[first:last])
            if crossed or word.isascii() or len(word) > LONGEST or len(phrase) > LONGEST_PHRASE or _BREAK in phrase:
                continue
            yield word, phrase, len(phrase) == len(en) and end - start == len(zh)


_BETWEEN = re.compile(r"\s*[&,/]\s*|\s+(?:and|or)\s+", re.IGNORECASE)
_APART = re.compile("[/、，,]")
_ASIDE = re.compile(r"[(（][^)）]*[)）]")
_BREAK = "&"
"""What stands between two English names."""
_SMALL = frozenset(["for", "with", "of", "the", "to", "in", "a", "an", "on", "by", "的", "和", "与", "及", "用", "或"])
"""Words that say nothing alone."""
_LONGEST_NAME = 12
"""Words of the longest name that is read,"""
_MOST_WORDS = 4
"""and of the longest run within one."""
_ROUNDS = 8
_SELDOM = 0.5
"""What is taken for said otherwise, so that words of one name are not sure."""
_LEAST = 0.002
_LITTLE = 0.003
"""What a chance counts that is next to none."""
_LINKED = 1e-4
"""How likely two words must go together where that is not the likeliest for both."""

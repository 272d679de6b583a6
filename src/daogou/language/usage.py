"""How a catalogue speaks: how many products say a phrase, and how many say two words."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.language.glossary import beside, together

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.language.segment import Segmenter

LONGEST = 3
"""Words of the longest phrase that is counted."""
_OFTEN = 3
"""Products that must say two words before that tells anything."""
_MOST_WORDS = 60
"""Words of a product that are counted with one another,"""
_LONGEST_VALUE = 40
"""and characters of the longest value of an attribute that is read."""


class Usage(NamedTuple):
    """What was counted."""

    phrases: Mapping[str, int]
    """How many products say the phrase, or for two words, half of those that say both if these are more."""
    pairs: Mapping[int, int]
    """How many titles have two words beside one another, and how many products say both, by the hash of the two."""


def count(products: Iterable[Product], segmenter: Segmenter, phrases: Collection[str]) -> Usage:
    """Count the phrases, and pairs of their words, in titles and in what the products are and have."""
    words = {word for phrase in phrases for word in phrase.split()}
    names = sorted(words)
    number = {word: n for n, word in enumerate(names)}

    def counted(said: Sequence[str]) -> set[str]:
        return {run for run in _runs(said) if run in phrases}

    @cache
    def value_says(value: str) -> tuple[set[str], set[int]]:
        """The phrases and the numbers of the words of a value: many products have the same."""
        said = segmenter.words(value)
        return counted(said), {number[word] for word in said if word in number}

    uses: Counter[str] = Counter()
    pairs: Counter[int] = Counter()
    columns, ends = array("i"), array("q", [0])
    for product in products:
        title = segmenter.words(f"{product.title.zh} {product.title.en}")
        values = [value_says(value) for value in _values(product)]
        uses.update(counted(title).union(*(said for said, _ in values)))
        pairs.update({beside(a, b) for a, b in pairwise(title) if b in words})
        here = {number[word] for word in title if word in number}.union(*(has for _, has in values))
        columns.extend(sorted(here)[:_MOST_WORDS])
        ends.append(len(columns))
    for a, b, n in _both(columns, ends, len(names)):
        pairs[together(names[a], names[b])] = n
    for phrase in phrases:
        first, _, last = phrase.partition(" ")
        if last and " " not in last:
            uses[phrase] = max(uses[phrase], pairs[together(first, last)] // 2)
    return Usage(uses, {hash: n for hash, n in pairs.items() if n >= _OFTEN})


def _runs(words: Sequence[str]) -> Iterator[str]:
    return (" ".join(words[start : start + n]) for start in range(len(words)) for n in range(1, LONGEST + 1))


def _values(product: Product) -> set[str]:
    """What the product is and has, briefly said."""
    texts = (text for _, value in product.facets() for text in (value.zh, value.en))
    return {text for text in texts if 0 < len(text) <= _LONGEST_VALUE}


def _both(columns: Sequence[int], ends: Sequence[int], n_words: int) -> Iterator[tuple[int, int, int]]:
    """Two words, by number, and how many products say both, where enough do.

    `columns` are the words of each product, one after the other, `ends` where those of each product end.
    """
    from scipy import sparse

    ones = np.ones(len(columns), np.int32)
    said = sparse.csr_array((ones, np.array(columns, np.int32), np.array(ends)), (len(ends) - 1, n_words))
    both = sparse.triu(said.T @ said, 1, format="coo")
    often = both.data >= _OFTEN
    return zip(both.row[often].tolist(), both.col[often].tolist(), both.data[often].tolist(), strict=True)

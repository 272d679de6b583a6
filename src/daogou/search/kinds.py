"""What each product is: a phone, or a case for one. Whoever types “phone” wants phones first.

Names of kinds end in what the thing is, in Chinese and in English alike: 手机壳 and “phone case” are cases. So a
product is what was asked for if the name of its kind ends with the words of the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from daogou.language.names import TYPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.domain.text import Text
    from daogou.language.segment import Segmenter
    from daogou.retrieval.shelf import Shelf

_BEHIND = re.compile(r"[,，(（|｜/]| - | with | for ", re.IGNORECASE)
"""What the end of a thing's name stands before, in a title."""
_UNKNOWN = -1


class Kinds:
    """The kind of every row of a shelf, and which rows are of the kind some words name."""

    def __init__(self, shelf: Shelf, segmenter: Segmenter) -> None:
        self._shelf = shelf
        self._cut = segmenter.tokens
        self._number: dict[str, int] = {}
        self._names: list[tuple[str, ...]] = []
        """What each kind is called, in every language it has a name in."""
        self._of = np.full(0, _UNKNOWN, np.int32)
        self.put(range(len(shelf)))

    def put(self, rows: Iterable[int]) -> None:
        """Take in products that came or changed."""
        short = len(self._shelf) - len(self._of)
        if short > 0:
            self._of = np.concatenate([self._of, np.full(short, _UNKNOWN, np.int32)])
        for row in rows:
            product = self._shelf.products[row]
            self._of[row] = self._kind(product) if product is not None else _UNKNOWN

    def named(self, words: Iterable[str], *, whole: bool = True) -> NDArray[np.bool_] | None:
        """The rows whose kind's name ends with these words; None where no kind's does.

        Not `whole`: with as many of the last words as any kind's does, since what is said before a thing describes it.
        """
        said = ["".join(token.text for token in self._cut(word)) for word in words]
        for start in range(1 if whole else len(said)):
            ending = "".join(said[start:])
            found = [n for n, names in enumerate(self._names) if any(name.endswith(ending) for name in names)]
            if ending and found:
                wanted = np.zeros(len(self._names) + 1, bool)  # the last stands for rows of no known kind
                wanted[found] = True
                rows = np.zeros(len(self._shelf), bool)  # what came to the shelf alone is of no known kind yet
                rows[: len(self._of)] = wanted[self._of]
                return rows
        return None

    def titled(self, word: str, rows: Iterable[int]) -> NDArray[np.bool_]:
        """Those of the rows whose titles end in the word, before what is said of it: a dress in a red dress, not in a
        dress shirt."""
        ending = "".join(token.text for token in self._cut(word))
        found = np.zeros(len(self._shelf), bool)
        for row in rows:
            title = self._shelf.title(row)
            tokens = [list(self._cut(_BEHIND.split(text, 1)[0])) for text in (title.zh, title.en) if text]
            found[row] = any(said and _ends(said[-1].text, ending) for said in tokens)
        return found

    def is_wide(self, category: str) -> bool:
        """Is the category, by its key, never the last step of a product's path?"""
        return category not in self._number

    def _kind(self, product: Product) -> int:
        text = next(_said(product), None)
        if text is None:
            return _UNKNOWN
        key = text.key
        if key not in self._number:
            self._number[key] = len(self._names)
            names = ("".join(token.text for token in self._cut(name)) for name in (text.zh, text.en) if name)
            self._names.append(tuple(name for name in names if name))
        return self._number[key]


def _ends(word: str, ending: str) -> bool:
    """Is a word, or in Chinese what it ends in, this one?"""
    return word == ending or (word[-1] > "\u2fff" and word.endswith(ending))


def _said(product: Product) -> Iterator[Text]:
    if product.category:
        yield product.category[-1]
    for name, values in product.attributes.items():
        if name.casefold() in TYPES:
            yield from values

"""What reviews say for an answer: sides that shall be liked, persons and occasions that products were bought for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from daogou.language.shopping import GIFT
from daogou.search.wish import is_for_another, purposes, says_only_what_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.query import Understood
    from daogou.domain.text import Text
    from daogou.retrieval.shelf import Shelf
    from daogou.search.praise import Praise
    from daogou.search.scoring import Weights
    from daogou.search.wish import Wish

_ANIMALS = frozenset({"pet", "dog", "cat"})
_GIVEN = 0.3
"""What a present to anybody counts for, beside what suited the person who is named."""


class Reviewed:
    """Asks what is counted of a shop's reviews, where it has some."""

    def __init__(self, praise: Praise | None, shelf: Shelf) -> None:
        self._praise = praise
        self._shelf = shelf

    def parts(self, understood: Understood, weights: Weights) -> Mapping[str, NDArray[np.float32]]:
        """What reviewers say of each side, person and occasion that is named, by part of the score and row."""
        if self._praise is None:
            return {}
        asked = (slot.name for slot in understood.slots if slot.kind == "aspect")
        return {
            **{f"aspect:{side}": self._praise.sure(side) * np.float32(weights.aspect) for side in asked},
            **{f"suits:{each}": self._praise.suits(each) * np.float32(n) for each, n in _purposes(understood, weights)},
        }

    def suited(self, understood: Understood, wish: Wish) -> NDArray[np.bool_]:
        """The rows that suited whom or what they were bought for, where the words say no more than that: a present is
        not only what is called one."""
        suited = np.zeros(len(self._shelf), bool)
        if self._praise is not None and says_only_what_for(understood, wish):
            for purpose in purposes(understood):
                found = self._praise.suits(purpose) > 0
                suited[: len(found)] |= found
        return suited

    def nothing_for(self, understood: Understood, wish: Wish, rows: NDArray[np.int32]) -> Iterator[str]:
        """The persons and occasions, as typed, that nothing is known to suit, where no more than these was said; and
        animals wherever no kind of goods is named, for people's food is no cat food."""
        only = says_only_what_for(understood, wish)
        for slot in understood.slots:
            if slot.negated or not (only or (slot.value in _ANIMALS and wish.where.category is None)):
                continue
            if any(word in understood.worded(slot.start, slot.end).lower() for word in wish.words):
                continue  # it is searched
            if slot.kind == "recipient" or (slot.kind == "occasion" and not wish.words):
                suited = np.zeros(0, np.float32) if self._praise is None else self._praise.suits(slot.value)
                if not suited[rows[rows < len(suited)]].any():
                    yield f"“{understood.text[slot.start : slot.end].strip()}”"

    def said(self, parts: Iterable[str], row: int) -> Mapping[str, Text]:
        """What is said of each side that was asked for and is liked, and of whom it suited, by part of the score."""
        if self._praise is None:
            return {}
        say = {"aspect": self._praise.said, "suits": self._praise.suited}
        return {
            part: say[kind](about, row) for part in parts for kind, _, about in [part.partition(":")] if kind in say
        }


def _purposes(understood: Understood, weights: Weights) -> Iterator[tuple[str, float]]:
    """Whom and what for, with its weight: what suited a father says more than that it was given to somebody."""
    for each in purposes(understood):
        yield each, weights.suits * (_GIVEN if each == GIFT and is_for_another(understood) else 1)

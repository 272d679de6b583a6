"""What finders see in a sentence before its words are looked up: measures, prices, sizes, comparisons, counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.domain.query import SlotKind
    from daogou.language.normalise import Normal
    from daogou.language.quantities import PriceWish
    from daogou.language.vocabulary import Term, Vocabulary


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as finders read it."""

    typed: str
    normal: Normal
    currency: str
    """The shop's."""
    vocabulary: Vocabulary

    @property
    def text(self) -> str:
        return self.normal.text


@dataclass(frozen=True, slots=True)
class Wish:
    """Something a shopper wishes: characters `start` to `end` of the normalised text."""

    start: int
    end: int
    kind: SlotKind | None
    """None: the words are read, and say nothing: “a pair of”."""
    name: str = ""
    value: str = ""
    terms: Sequence[Term] = ()
    """What it can be in this shop; the one most filled in among the category's products is meant."""
    inside: Sequence[Term] | None = None
    """Of a limit, those of the terms that keep it."""
    price: PriceWish | None = None


Finder = Callable[[Said], Iterable[Wish]]


def found(said: Said, finders: Iterable[Finder]) -> list[Wish]:
    """What the finders see, left to right, without overlaps: the earlier finder goes first."""
    wishes: list[Wish] = []
    for find in finders:
        for wish in find(said):
            if not any(wish.start < other.end and other.start < wish.end for other in wishes):
                wishes.append(wish)
    return sorted(wishes, key=lambda wish: wish.start)

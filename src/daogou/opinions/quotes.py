"""Chooses the quotes that stand for the others: near to what most say, long enough to say something, helpful."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from daogou.domain.ids import ReviewId
from daogou.opinions.judges import By
from daogou.opinions.mining import Polarity
from daogou.opinions.polarity import pieces

_COMPARED = 60
"""Quotes that each is compared with."""
_TERSE, _LONG = 6, 80
"""Characters below which a quote says little, and above which it is long to read."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A reviewer's own words."""

    review: ReviewId
    text: str
    polarity: Polarity
    verified: bool = False
    """The reviewer is known to have bought it."""
    helpful: int = 0
    """How many found the review helpful."""
    by: By = "word"
    """What it was judged by."""


def representative(quotes: Sequence[Quote], n: int) -> list[Quote]:
    """The `n` best, each wording once: central, neither terse nor long, from buyers, found helpful. Ties as given."""
    different = list({quote.text: quote for quote in reversed(quotes)}.values())[::-1]
    if len(different) <= n:
        return different
    read = [frozenset(pieces(quote.text)) for quote in different]
    others = read[:_COMPARED]
    worth = [
        _centrality(own, others) + 0.1 * quote.verified + 0.1 * math.log1p(quote.helpful) - _penalty(quote.text)
        for own, quote in zip(read, different, strict=True)
    ]
    best = sorted(range(len(different)), key=lambda place: (-worth[place], place))
    return [different[place] for place in best[:n]]


def _centrality(own: frozenset[str], others: Sequence[frozenset[str]]) -> float:
    """The mean share of pieces in common with the others (Jaccard)."""
    return sum(len(own & other) / max(1, len(own | other)) for other in others if other is not own) / len(others)


def _penalty(text: str) -> float:
    return 0.3 * (len(text) < _TERSE) + 0.3 * (len(text) > _LONG)

"""One small table in place of the whole ranker, for where the engine does not run: a mail program, an app.

The table holds what the ranker answers to each product alone, its first few answers with scores in whole numbers. A
history is answered with the sum of its steps' lines, each older step for less. Pairs, words and EASE add up over the
steps of a history by themselves, so little is lost where they speak; the transformer, ALS, the histories of others and
the trees look at a history as a whole, and of what they add little stays (docs/experiments.md has how much).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, TypeVar

import msgspec

from daogou.domain.errors import BadRequest
from daogou.domain.ids import ProductId
from daogou.recommend.request import RecommendRequest

if TYPE_CHECKING:
    from daogou.recommend.recommender import Recommender

T = TypeVar("T")
RECENCY = 0.6
"""What each older step of a history leaves of its weight; the best of .4 to .8 on validation steps of Amazon Beauty."""
STEPS = 10
"""How many of the newest steps speak."""
LEVELS = 255
"""Scores are written as 1 to this number: one byte, where it is packed."""


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    """The first line."""

    release: str
    recency: float
    steps: int


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """A product, and what is recommended to whoever looked at it alone."""

    product: str
    unit: float
    """What one level of a score is worth."""
    next: dict[str, int]


def distil(recommender: Recommender, products: Iterable[ProductId], *, k: int, levels: int = LEVELS) -> Iterator[bytes]:
    """Ask the ranker about each product alone and keep the k best: a head, then one JSON line a product.

    What is sold out now or taken out by a rule is not among them. A millisecond a product.
    """
    yield msgspec.json.encode(_Head(recommender.release, RECENCY, STEPS))
    for product in products:
        alone = RecommendRequest(history=(product,), kind="for-you", k=k, explore=False)
        hits = recommender.recommend(alone).items
        unit = max((hit.score for hit in hits), default=0.0) / levels
        if unit > 0:
            scores = {hit.product: round(hit.score / unit) for hit in hits}
            yield msgspec.json.encode(_Line(product, unit, {id: score for id, score in scores.items() if score > 0}))


@dataclass(frozen=True, slots=True)
class Distilled:
    """The table, read: everything that is needed to answer histories without the engine."""

    release: str
    recency: float
    steps: int
    lines: Mapping[str, tuple[float, Mapping[str, int]]]

    @classmethod
    def read(cls, lines: Iterable[bytes | str]) -> Distilled:
        """Read what `distil` wrote. Raises BadRequest that names the line, counted from 1, and the field."""
        numbered = enumerate(lines, 1)
        head = _decoded(next(numbered, (1, b"")), _Head)
        found = (_decoded(each, _Line) for each in numbered)
        return cls(head.release, head.recency, head.steps, {line.product: (line.unit, line.next) for line in found})

    def recommend(self, history: Sequence[str], *, k: int) -> list[tuple[str, float]]:
        """The k best products after a history (oldest first) with their scores; none of the history itself.

        A product that the table does not know says nothing; where none is known the answer is empty.
        """
        scores: dict[str, float] = {}
        for place, product in enumerate(reversed(history[-self.steps :])):
            unit, following = self.lines.get(product, (0.0, {}))
            worth = unit * self.recency**place
            for other, level in following.items():
                scores[other] = scores.get(other, 0.0) + worth * level
        for product in history:
            scores.pop(product, None)
        return nsmallest(k, scores.items(), key=lambda each: (-each[1], each[0]))


def _decoded(numbered: tuple[int, bytes | str], kind: type[T]) -> T:
    number, raw = numbered
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError as error:
        raise BadRequest.of_line(number, error) from None

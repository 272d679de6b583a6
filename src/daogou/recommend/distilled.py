"""One small table in place of the whole ranker, for where the engine does not run: a mail program, an app.

The table holds what the ranker answers to each product alone, its first few answers with scores in whole numbers. A
history is answered with the sum of its steps' lines, each older step for less; how much less is chosen so that the
table's lists are most like the ranker's for histories of the shop's own. Pairs, words and EASE add up over the steps of
a history by themselves, and trees look mostly at the newest step, so little is lost of them; of what transformers, ALS
and the histories of others see in a history as a whole little stays (docs/experiments.md has how much).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import msgspec

from daogou.domain.errors import BadRequest
from daogou.domain.ids import ProductId
from daogou.features.history import liked
from daogou.recommend.request import RecommendRequest

if TYPE_CHECKING:
    from daogou.domain.event import Recorded
    from daogou.ports.stores import Events
    from daogou.recommend.recommender import Recommender

T = TypeVar("T")
History = tuple[ProductId, ...]
"""What somebody turned to, oldest first."""
RECENCIES = (0.6, 0.5, 0.7, 0.4, 0.8, 0.3, 0.2)
"""What each older step of a history may leave of its weight; of equals the first."""
RECENCY = RECENCIES[0]
"""The same where the shop has too few histories to tell; the best on validation steps of Amazon Beauty."""
ENOUGH, HISTORIES = 20, 500
"""Histories below which it cannot be told, and how many are asked at most."""
STEPS = 10
"""How many of the newest steps speak."""
_FIRST = 10
"""How many products of two lists are compared."""
_NEWEST = 20_000
"""Events of the log in which those who did something last are looked for."""
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


def distil(
    recommender: Recommender,
    products: Iterable[ProductId],
    histories: Sequence[History],
    *,
    k: int,
    levels: int = LEVELS,
) -> Iterator[bytes]:
    """Ask the ranker about each product alone and keep the k best: a head, then one JSON line a product.

    What is sold out now or taken out by a rule is not among them. A millisecond a product, and as much for each history
    that shows how much older steps say, with its steps.
    """
    histories = histories if len(histories) >= ENOUGH else ()
    steps = dict.fromkeys(product for history in histories for product in history[-STEPS:])
    known = {product: _line(recommender, product, k, levels) for product in steps}
    recency = _recency(recommender, histories, known) if histories else RECENCY
    yield msgspec.json.encode(_Head(recommender.release, recency, STEPS))
    for product in products:
        line = known.get(product) or _line(recommender, product, k, levels)
        if line.next:
            yield msgspec.json.encode(line)


def newest_histories(events: Events) -> list[History]:
    """Of those who did something last and have turned to two products at least."""
    newest = events.since(max(0, events.head() - _NEWEST), limit=_NEWEST)
    actors = dict.fromkeys((r.event.shopper, None if r.event.shopper else r.event.session) for r in reversed(newest))
    found: list[History] = []
    for shopper, session in actors:
        if len(found) == HISTORIES:
            break
        history = turned_to(events.of(shopper=shopper, session=session))
        if len(history) > 1:
            found.append(history)
    return found


def turned_to(done: Iterable[Recorded]) -> History:
    """What somebody turned to, each product once in a row."""
    events = (recorded.event for recorded in done)
    products = (event.product for event in events if event.product is not None and liked(event.type, event.value))
    return tuple(product for product, _ in groupby(products))


def _line(recommender: Recommender, product: ProductId, k: int, levels: int) -> _Line:
    hits = recommender.recommend(_asked((product,), k)).items
    unit = max((hit.score for hit in hits), default=0.0) / levels
    scores = {hit.product: round(hit.score / unit) for hit in hits} if unit > 0 else {}
    return _Line(product, unit, {id: score for id, score in scores.items() if score > 0})


def _recency(recommender: Recommender, histories: Sequence[History], known: Mapping[ProductId, _Line]) -> float:
    """With which the table's lists hold most of what the ranker puts first. `known`: the lines of their steps."""
    lines = {line.product: (line.unit, line.next) for line in known.values()}
    firsts = [{hit.product for hit in recommender.recommend(_asked(history, _FIRST)).items} for history in histories]

    def alike(recency: float) -> int:
        table = Distilled(recommender.release, recency, STEPS, lines)
        return sum(
            len(first.intersection(product for product, _ in table.recommend(history, k=_FIRST)))
            for history, first in zip(histories, firsts, strict=True)
        )

    return max(RECENCIES, key=alike)


def _asked(history: History, k: int) -> RecommendRequest:
    return RecommendRequest(history=history, kind="for-you", k=k, exclude_seen=True, explore=False)


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

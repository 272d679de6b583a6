"""Articles for whoever asks: those that name what they looked at or bought, or its kind, then the newest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.hit import Reason
from daogou.domain.ids import ArticleId
from daogou.recommend import wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.article import Article
    from daogou.domain.ids import ProductId
    from daogou.domain.product import Product
    from daogou.recommend.situation import Situation
    from daogou.retrieval.shelf import Shelf

_NAMED, _KIND = 1.0, 0.4
"""What an article says about a product that it names, and about one of a kind that it is about."""
_RECENCY = 0.8
"""What each older step leaves of its weight."""
_REASONS = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """An article of an answer, with the reasons that produced it."""

    article: ArticleId
    score: float
    """0 for one that is only new."""
    because: tuple[Reason, ...]


def readings(articles: Iterable[Article], situation: Situation, shelf: Shelf, k: int) -> tuple[Reading, ...]:
    """The k best. Policies and answers to questions are looked up, not recommended."""
    steps = [(shelf.ids[row], _kinds(shelf.products[row])) for row in situation.trail.rows.tolist()]
    worth = np.maximum(situation.trail.faded(_RECENCY), 0)
    offered = [article for article in articles if article.kind in {"guide", "story"}]
    found = [(article, _parts(article, steps) * worth) for article in offered]
    found.sort(key=lambda pair: (-float(pair[1].sum()), -(pair[0].at or 0), pair[0].id))
    return tuple(_reading(article, parts, situation, shelf) for article, parts in found[:k])


def _kinds(product: Product | None) -> frozenset[str]:
    """What the categories of a product are called, in small letters."""
    steps = product.category if product is not None else ()
    return frozenset(name.casefold() for step in steps for name in (step.zh, step.en, step.key) if name)


def _parts(article: Article, steps: Sequence[tuple[ProductId, frozenset[str]]]) -> NDArray[np.float32]:
    """(steps,) what the article says about the product of each."""
    named, about = set(article.products), {category.casefold().strip() for category in article.categories}
    said = (_NAMED if id in named else _KIND if kinds & about else 0.0 for id, kinds in steps)
    return np.fromiter(said, np.float32, len(steps))


def _reading(article: Article, parts: NDArray[np.float32], situation: Situation, shelf: Shelf) -> Reading:
    score = float(parts.sum())
    if score == 0:
        return Reading(article.id, 0.0, (Reason("new", wording.TO_READ, 1.0, (), "fresh"),))
    by_row: dict[int, float] = {}
    for row, part in zip(situation.trail.rows.tolist(), parts.tolist(), strict=True):
        by_row[row] = by_row.get(row, 0.0) + part
    said = sorted(((part, row) for row, part in by_row.items() if part > 0), reverse=True)[:_REASONS]
    reasons = (
        Reason("history", wording.about(shelf.title(row)), part / score, (shelf.ids[row],), "articles")
        for part, row in said
    )
    return Reading(article.id, score, tuple(reasons))

"""Articles for whoever asks: those that name what they looked at or bought, or its kind, then the newest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.hit import Reason
from daogou.domain.ids import ArticleId
from daogou.recommend import wording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.article import Article
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
    """The k best. Policies are looked up, not recommended."""
    offered = [article for article in articles if article.kind != "policy"]
    found = [(article, _parts(article, situation, shelf)) for article in offered]
    found.sort(key=lambda pair: (-float(pair[1].sum()), -(pair[0].at or 0), pair[0].id))
    return tuple(_reading(article, parts, situation, shelf) for article, parts in found[:k])


def _parts(article: Article, situation: Situation, shelf: Shelf) -> NDArray[np.float32]:
    """(steps,) what each step of the trail adds."""
    rows = situation.trail.rows
    about = np.zeros(len(shelf), np.float32)
    for category in article.categories:
        about[shelf.named("category", category)] = _KIND
    about[shelf.rows(article.products)] = _NAMED
    parts: NDArray[np.float32] = about[rows] * situation.trail.faded(_RECENCY)
    return np.maximum(parts, 0)


def _reading(article: Article, parts: NDArray[np.float32], situation: Situation, shelf: Shelf) -> Reading:
    score = float(parts.sum())
    if score == 0:
        return Reading(article.id, 0.0, (Reason("new", wording.TO_READ, 1.0, (), "fresh"),))
    by_row: dict[int, float] = {}
    for row, part in zip(situation.trail.rows.tolist(), parts.tolist(), strict=True):
        by_row[row] = by_row.get(row, 0.0) + part
    said = sorted(((part, row) for row, part in by_row.items() if part > 0), reverse=True)[:_REASONS]
    return Reading(article.id, score, tuple(_reason(row, part / score, shelf) for part, row in said))


def _reason(row: int, share: float, shelf: Shelf) -> Reason:
    product, id = shelf.products[row], shelf.ids[row]
    title = product.title if product is not None else wording.untitled(id)
    return Reason("history", wording.about(title), share, (id,), "articles")

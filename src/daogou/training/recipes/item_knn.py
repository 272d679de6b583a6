"""Item kNN: from the steps alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.retrieval.item_knn import ItemKnn
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from daogou.training.lesson import Lesson


def fit(lesson: Lesson) -> ItemKnn:
    """Compare the products. Raises Skip where nobody has turned to any."""
    if not len(lesson.steps):
        raise Skip("no steps to learn from")
    return ItemKnn.fit(lesson.steps, lesson.facts.n, config=lesson.config.item_knn)

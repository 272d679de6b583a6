"""EASE over the products with most steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.retrieval.ease import Ease
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from daogou.training.lesson import Lesson


def fit(lesson: Lesson) -> Ease:
    """Solve for the weights. Raises Skip where there is nothing to learn from."""
    if not len(lesson.steps):
        raise Skip("no steps to learn from")
    return Ease.fit(lesson.steps, lesson.facts.n, config=lesson.config.ease)

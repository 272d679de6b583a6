"""Neighbours by walks: from the steps, and from what the catalogue says of products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.retrieval.walks import Walks
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from daogou.training.lesson import Lesson


def fit(lesson: Lesson) -> Walks:
    """Walk from every product. Raises Skip where nobody has turned to any."""
    if not len(lesson.steps):
        raise Skip("no steps to learn from")
    return Walks.fit(lesson.steps, lesson.facts.products, config=lesson.config.walks)

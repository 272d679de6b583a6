"""Session kNN: the histories as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.retrieval.session_knn import SessionKnn
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from daogou.training.lesson import Lesson


def fit(lesson: Lesson) -> SessionKnn:
    """Keep the histories and where each product was met last. Raises Skip where there are none."""
    if not len(lesson.steps):
        raise Skip("no steps to learn from")
    return SessionKnn.fit(lesson.steps, lesson.facts.n, config=lesson.config.session_knn)

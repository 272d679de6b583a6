"""Implicit ALS: the vectors of the `implicit` library, which serving does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.als import Als
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from daogou.training.lesson import Lesson


def fit(lesson: Lesson) -> Als:
    """Factorise who touched what. Raises Skip where there is nothing to learn from."""
    import scipy.sparse as sp
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    if not len(lesson.steps):
        raise Skip("no steps to learn from")
    config, steps = lesson.config.als, lesson.steps
    n = len(steps.offsets) - 1
    touched = sp.csr_matrix(
        (np.ones(len(steps), np.float32), steps.rows, steps.offsets), (n, lesson.facts.n), copy=True
    )
    touched.sum_duplicates()
    if n > config.histories:
        last = np.append(steps.at, 0)[np.maximum(steps.offsets[1:] - 1, 0)]
        touched = touched[np.sort(np.argsort(-last, kind="stable")[: config.histories])]
    with threadpool_limits(1, "blas"):  # its threads and those of BLAS would wait for each other, as it warns
        model = AlternatingLeastSquares(
            factors=config.factors,
            regularization=config.penalty,
            alpha=config.confidence,
            iterations=config.rounds,
            num_threads=1,
            random_state=lesson.config.seed,
        )
        model.fit(touched, show_progress=False)
    return Als.of(np.ascontiguousarray(model.item_factors, np.float32), config)

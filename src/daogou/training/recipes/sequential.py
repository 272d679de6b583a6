"""Sequential kNN: from the steps of all actors to pair counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.retrieval.sequential import SequentialKnn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.training.config import TrainingConfig


def fit(steps: Sequences, n: int, config: TrainingConfig) -> SequentialKnn:
    """Count pairs of steps."""
    return SequentialKnn.fit(steps, n, config=config.sequential)


def fit_both(
    steps: Sequences, held: NDArray[np.int64], n: int, config: TrainingConfig
) -> tuple[SequentialKnn, SequentialKnn]:
    """Count pairs of steps, without those that are held back and with them."""
    return SequentialKnn.fit_both(steps, held, n, config=config.sequential)

"""Sequential kNN: from the steps of all actors to pair counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.retrieval.sequential import SequentialKnn

if TYPE_CHECKING:
    from daogou.features.history import Sequences
    from daogou.training.config import TrainingConfig


def fit(steps: Sequences, n: int, config: TrainingConfig) -> SequentialKnn:
    """Count pairs of steps."""
    return SequentialKnn.fit(steps, n, config=config.sequential)

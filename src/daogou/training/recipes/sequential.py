"""Sequential kNN: from the steps of all actors to pair counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.retrieval.sequential import SequentialKnn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.training.config import TrainingConfig


def fits(steps: Sequences, counted: Sequence[NDArray[np.bool_]], n: int, config: TrainingConfig) -> list[SequentialKnn]:
    """Count pairs of steps, once for each mask of those that count."""
    return SequentialKnn.fits(steps, counted, n, config=config.sequential)

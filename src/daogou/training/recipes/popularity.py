"""Popularity: from weighted steps to fading counters, overall and for the labels that enough shoppers share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.popularity import Popularity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daogou.features.history import Sequences
    from daogou.training.config import TrainingConfig


def fit(steps: Sequences, n: int, labels: Mapping[str, tuple[str, ...]], config: TrainingConfig) -> Popularity:
    """Count every step with its strength."""
    actor = np.repeat(np.arange(len(steps.actors)), np.diff(steps.offsets))
    shared = Counter(label for name in steps.actors for label in labels.get(name, ()))
    wanted = [
        label
        for label, shoppers in sorted(shared.items(), key=lambda item: (-item[1], item[0]))
        if shoppers >= config.popularity.segment_shoppers
    ][: config.popularity.segments]
    segments = {
        label: np.array([label in labels.get(name, ()) for name in steps.actors], bool)[actor] for label in wanted
    }
    return Popularity.fit(steps.rows, steps.at, steps.strength, n, segments=segments, config=config.popularity)

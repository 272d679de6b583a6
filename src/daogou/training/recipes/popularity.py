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


_MOST_OF_ALL = 0.8
"""A label that more of all shoppers carry than this sets nobody apart."""


def fit(steps: Sequences, n: int, labels: Mapping[str, tuple[str, ...]], config: TrainingConfig) -> Popularity:
    """Count every step with its strength."""
    actor = np.repeat(np.arange(len(steps.actors)), np.diff(steps.offsets))
    shared = Counter(label for name in steps.actors for label in labels.get(name, ()))
    wanted = [
        label
        for label, shoppers in sorted(shared.items(), key=lambda item: (-item[1], item[0]))
        if config.popularity.segment_shoppers <= shoppers <= _MOST_OF_ALL * len(steps.actors)
    ][: config.popularity.segments]
    segments = {
        label: np.array([label in labels.get(name, ()) for name in steps.actors], bool)[actor] for label in wanted
    }
    return Popularity.fit(steps.rows, steps.at, steps.strength, n, segments=segments, config=config.popularity)

"""Popularity: from weighted steps to fading counters, overall and for the labels that enough shoppers share."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.popularity import Popularity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.training.config import TrainingConfig


_MOST_OF_ALL = 0.8
"""A label that more of all shoppers carry than this sets nobody apart."""


def fit(steps: Sequences, n: int, labels: Mapping[str, tuple[str, ...]], config: TrainingConfig) -> Popularity:
    """Count every step with its strength."""
    actor = steps.who
    members: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(steps.actors):
        for label in labels.get(name, ()):
            members[label].append(place)
    wanted = [
        label
        for label, places in sorted(members.items(), key=lambda item: (-len(item[1]), item[0]))
        if config.popularity.segment_shoppers <= len(places) <= _MOST_OF_ALL * len(steps.actors)
    ][: config.popularity.segments]

    def theirs(label: str) -> NDArray[np.bool_]:
        mask = np.zeros(len(steps.actors), bool)
        mask[members[label]] = True
        return mask[actor]

    marked = ((label, theirs(label)) for label in wanted)  # one at a time: each is as long as the log
    return Popularity.fit(steps.rows, steps.at, steps.strength, n, segments=marked, config=config.popularity)

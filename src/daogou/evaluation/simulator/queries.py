"""What simulated shoppers type: the kind in their own language, sometimes with a colour or a limit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from daogou.domain.text import language_of
from daogou.evaluation.simulator.world import Topic

LIMITS = (50, 100, 200, 300, 500, 1000)


def words_for(topic: Topic, language: str, colors: Sequence[str], rng: np.random.Generator) -> str:
    """Compose a query for `topic`; one in five is refined."""
    chinese = language == "zh"
    own = topic.names.zh if chinese else topic.names.en.lower()
    names = [own, own, *(word for word in topic.words if (language_of(word) == "zh") == chinese)]
    name = names[int(rng.integers(len(names)))]
    draw = rng.random()
    if draw < 0.1 and not chinese and colors:
        return f"{colors[int(rng.integers(len(colors)))]} {name}"
    if draw < 0.2:
        limit = LIMITS[int(rng.integers(len(LIMITS)))]
        return f"{limit}元以下的{name}" if chinese else f"{name} under {limit}"
    return name

"""One list for several people.

Each person's scores are divided by their best, so that nobody is louder for having a longer history, and the square
roots are added: a product that suits everyone a little goes before one that suits a single person much. This lies
between the average and the product of utilities (Masthoff, Group Recommender Systems, 2015), and like the first it can
be taken apart: what each person adds is an entry of its own.

What is said to be liked is said for this list, unlike a like of someone who asks for themselves, which gives way to
what they do: the first product of a like counts as much as one that suits everybody best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from daogou.retrieval.evidence import Evidence
from daogou.retrieval.fusion import Fused

SOURCE = "group"
LIKES = "likes"
SUITED = 0.3
"""Part of a person's best entry from which a product is said to suit them."""


def suiting(people: Sequence[Fused], liked: Evidence) -> Fused:
    """What suits these people, the cause of an entry the person's place; and what is liked, 1 to its first product."""
    parts = []
    for place, fused in enumerate(people):
        rows, scores = fused.totals
        best = max(float(scores.max(initial=0.0)), 1e-30)
        values = np.sqrt(np.maximum(scores, 0) / best).astype(np.float32)
        parts.append(Evidence(rows, values, np.full(len(rows), place, np.int32)))
    liked = liked.times(len(people))
    sources = np.repeat(np.array([0, 1], np.int32), [sum(map(len, parts)), len(liked)])
    return Fused.of((SOURCE, LIKES), Evidence.join([*parts, liked]), sources)


def suited(values: Iterable[float]) -> int:
    """How many people a product suits, from what each adds to its score."""
    return sum(value >= SUITED for value in values)

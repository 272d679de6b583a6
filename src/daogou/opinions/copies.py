"""Finds texts that are nearly the same: MinHash over short runs of characters, grouped by bands and then compared.

Broder, "On the resemblance and containment of documents", 1997.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALIKE = 0.8
"""Share of runs that two texts have in common (Jaccard) from which on one is taken for a copy of the other."""
SHORTEST = 30
"""Letters below which a text says too little to be anybody's own; a Chinese character counts two and a half."""
_HAN, _IN_LETTERS = "\u3400", 2.5
_RUN = 4
_BANDS, _ROWS = 8, 4
_PRIME = (1 << 31) - 1
_PLAIN = re.compile(r"[\W_]+")


def copies(texts: Sequence[str]) -> list[int]:
    """The group of each text: texts that are nearly the same share one; -1 for a text like no other."""
    runs = [_runs(text) for text in texts]
    parent = list(range(len(texts)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for bucket in _buckets(runs):
        for one, other in pairwise(bucket):
            if root(one) != root(other) and _alike(runs[one], runs[other]):
                parent[root(other)] = root(one)
    roots = [root(place) for place in range(len(texts))]
    sizes = np.bincount(np.array(roots, np.int64), minlength=len(texts))
    return [at if sizes[at] > 1 else -1 for at in roots]


def _runs(text: str) -> frozenset[int]:
    plain = _PLAIN.sub("", text.casefold())
    if sum(_IN_LETTERS if letter >= _HAN else 1 for letter in plain) < SHORTEST:
        return frozenset()
    return frozenset(zlib.crc32(plain[at : at + _RUN].encode()) for at in range(len(plain) - _RUN + 1))


def _buckets(runs: Sequence[frozenset[int]]) -> list[list[int]]:
    """Texts that agree in a band of their signatures, in order."""
    rng = np.random.default_rng(0)
    factors, shifts = rng.integers(1, _PRIME, (2, _BANDS * _ROWS, 1), np.int64)
    found: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for place, each in enumerate(runs):
        if each:
            signature = _signature(each, factors, shifts)
            for band in range(_BANDS):
                found[band, signature[band * _ROWS : (band + 1) * _ROWS].tobytes()].append(place)
    return [bucket for bucket in found.values() if len(bucket) > 1]


def _signature(runs: frozenset[int], factors: NDArray[np.int64], shifts: NDArray[np.int64]) -> NDArray[np.int64]:
    values = np.fromiter(runs, np.int64, len(runs)) % _PRIME
    smallest: NDArray[np.int64] = ((factors * values + shifts) % _PRIME).min(1)
    return smallest


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)

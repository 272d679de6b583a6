"""What search needs from a full-text index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.domain.ids import ProductId


@dataclass(frozen=True, slots=True)
class Document:
    """A product as the index sees it: text already cut into words and joined by spaces."""

    id: ProductId
    fields: Mapping[str, str]


class Row(NamedTuple):
    """Words that say one thing, all of them together, and what they are worth beside its first name."""

    words: Sequence[str]
    worth: float = 1.0


class LexicalIndex(Protocol):
    """Full-text search over cut words."""

    @property
    def ids(self) -> Sequence[ProductId]:
        """The products by the number of their document, which they keep; more may come."""

    def put(self, documents: Iterable[Document]) -> None:
        """Insert or replace; seen by `scores` after `commit`."""

    def remove(self, ids: Iterable[ProductId]) -> None: ...

    def commit(self) -> None: ...

    def scores(self, readings: Sequence[Row], *, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """BM25 of each document over the weighted fields, by number, in the reading that says most; 0 where it has none
        with all of its words."""

    def save(self, folder: Path) -> None:
        """Write a consistent state of the index into an empty folder, as an artifact of a release."""

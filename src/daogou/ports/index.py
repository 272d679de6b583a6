"""What search needs from a full-text index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from daogou.domain.ids import ProductId


@dataclass(frozen=True, slots=True)
class Document:
    """A product as the index sees it: text already cut into words and joined by spaces."""

    id: ProductId
    fields: Mapping[str, str]


class Match(NamedTuple):
    """A document that matches, with its score (BM25 over the weighted fields)."""

    id: ProductId
    score: float


class Row(NamedTuple):
    """Words that may stand, all of them, in the place of one, and how much less than it they are worth."""

    words: Sequence[str]
    worth: float = 1.0


Instead = Mapping[str, Sequence[Row]]
"""What may stand in the place of a word."""
NOTHING_INSTEAD: Instead = MappingProxyType({})


class LexicalIndex(Protocol):
    """Full-text search over cut words."""

    def put(self, documents: Iterable[Document]) -> None:
        """Insert or replace; visible to `search` after `commit`."""

    def remove(self, ids: Iterable[ProductId]) -> None: ...

    def commit(self) -> None: ...

    def search(
        self,
        words: Sequence[str],
        k: int,
        *,
        weights: Mapping[str, float],
        require_all: bool = False,
        instead: Instead = NOTHING_INSTEAD,
    ) -> list[Match]:
        """The k best documents; ties in order of id."""

    def save(self, folder: Path) -> None:
        """Copy a consistent state of the index into an empty folder, as an artifact of a release."""

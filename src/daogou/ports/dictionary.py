"""What is asked of a dictionary: Chinese words and what they mean in English."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """A word with its meanings, as the dictionary writes them, the usual ones first."""

    word: str
    """In simplified characters."""
    meanings: tuple[str, ...]
    """In English: "sofa (loanword)"."""


class Dictionary(Protocol):
    """Words of two languages; read while training, never while serving."""

    def entries(self) -> Iterator[Entry]:
        """Every entry; a word with several origins has several."""

"""A dictionary that a test writes down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from daogou.ports.dictionary import Entry


class WordList:
    """Chinese words with their English meanings, separated by a slash."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said

    def entries(self) -> Iterator[Entry]:
        for word, meanings in self._said.items():
            yield Entry(word, tuple(meanings.split("/")))

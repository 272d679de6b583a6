"""Which of the wanted words a product has where it says what it is: what “matches” in the reasons of a hit means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daogou.domain.query import Slot, Understood
    from daogou.language.vocabulary import Vocabulary
    from daogou.retrieval.shelf import Shelf
    from daogou.search.words import WordMatcher


class Matched:
    """The words of one query, as they are said back."""

    def __init__(self, understood: Understood, shelf: Shelf, vocabulary: Vocabulary, words: WordMatcher) -> None:
        self._understood = understood
        self._shelf = shelf
        self._vocabulary = vocabulary
        n = len(shelf)
        self._described = cache(lambda piece: words.described(piece, n))
        self._others = cache(self._said_otherwise)
        self._wanted = tuple(dict.fromkeys(self._words()))

    def of(self, row: int) -> list[str] | None:
        """The words that the fields of the product besides the description contain, as typed, and of those that they
        contain in part that part; None where nothing was typed."""
        if not self._understood.text.strip():
            return None
        return list(dict.fromkeys(part for word in self._wanted for part in self._part(word, row)))

    def _part(self, word: str, row: int) -> Iterable[str]:
        pieces = self._vocabulary.segmenter.cut(word)
        present = [piece for piece in pieces if self._described(piece)[row]]
        if len(present) == len(pieces) or any(self._described(other)[row] for other in self._others(word)):
            return (word,)
        return present

    def _words(self) -> Iterator[str]:
        understood = self._understood
        for slot in filter(_is_matched, understood.slots):
            if understood.corrected is None:
                yield understood.text[slot.start : slot.end]
            else:
                yield self._shelf.label(slot.name, slot.value).show(understood.language)
        typed = {word: here for here, (first, *_) in understood.meant.items() for word in first.phrase.split()}
        yield from (typed.get(word, word) for word in understood.words)

    def _said_otherwise(self, word: str) -> list[str]:
        """The pieces of what says the same as the word."""
        cut = self._vocabulary.segmenter.cut
        same = [meant.phrase for meant in self._understood.meant.get(word, ())]
        for phrase, others in self._understood.also.items():
            if word in (phrase, *cut(phrase)):
                same += others
        return cut(" , ".join((*self._vocabulary.translations(word), *same)))


def _is_matched(slot: Slot) -> bool:
    return slot.kind in ("category", "brand", "attribute") and not slot.negated

"""Which products the words of a query match, and how well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from daogou.language.speech import FILLERS
from daogou.ports.index import NOTHING_INSTEAD, Row
from daogou.search.wish import is_a_word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.query import Understood
    from daogou.language.vocabulary import Vocabulary
    from daogou.ports.index import Instead, LexicalIndex
    from daogou.retrieval.shelf import Shelf
    from daogou.search.config import SearchConfig

_TITLE = {"title": 1.0}


class WordMatcher:
    """Asks the index for words, and answers by row of the shelf."""

    def __init__(self, shelf: Shelf, index: LexicalIndex, vocabulary: Vocabulary, config: SearchConfig) -> None:
        self._shelf = shelf
        self._index = index
        self._vocabulary = vocabulary
        self.config = config
        """May be replaced at any time."""

    def said(self, understood: Understood) -> list[str]:
        """Every wanted word: those that remain, and those that were understood as a category, brand or attribute."""
        cut = self._vocabulary.segmenter.cut
        said = [piece for word in understood.words for piece in self.pieces(word, understood.unknown)]
        for slot in understood.slots:
            if slot.kind in ("category", "brand", "attribute") and not slot.negated:
                label = self._shelf.label(slot.name, slot.value)
                said += cut(
                    f"{label.zh} {label.en}" if understood.corrected else understood.worded(slot.start, slot.end)
                )
            elif slot.kind == "aspect":
                said += [word for word in cut(understood.text[slot.start : slot.end]) if word not in FILLERS]
        return list(dict.fromkeys(said))

    def pieces(self, word: str, unknown: Sequence[str]) -> list[str]:
        """What of a word may be matched; of one that the shop does not know no single character: 洗发水 is no 水."""
        pieces = self._vocabulary.segmenter.cut(word)
        if word not in unknown or len(word) == 1 or word.isascii():
            return pieces
        return [piece for piece in pieces if len(piece) > 1]

    def scores(
        self,
        words: Sequence[str],
        instead: Instead = NOTHING_INSTEAD,
        *,
        require_all: bool = False,
        fields: Mapping[str, float] | None = None,
    ) -> NDArray[np.float32]:
        """BM25 by row of the shelf; 0 where nothing matches. `fields`: those that are read, if not the usual ones."""
        scores = np.zeros(len(self._shelf), np.float32)
        if words:
            found = self._index.search(
                words, self.config.reach, weights=fields or self.config.fields, require_all=require_all, instead=instead
            )
            row_of = self._shelf.row.get
            rows = np.array([row_of(id, -1) for id, _ in found], np.int64)
            here = rows >= 0
            scores[rows[here]] = np.array([score for _, score in found], np.float32)[here]
        return scores

    def matching(
        self,
        words: Sequence[str],
        said: Sequence[str],
        scored: NDArray[np.float32],
        *,
        instead: Instead,
        unknown: Sequence[str],
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Rows with all of the words, or with some where too few have all; and those with all.

        `scored` are the scores of `said`.
        """
        pieces = list(dict.fromkeys(piece for word in words for piece in self.pieces(word, unknown)))
        one = len(pieces) == 1 and pieces == said
        every = scored if one else self.scores(pieces, instead, require_all=True)
        if len(pieces) > 1 and np.count_nonzero(every) < self.config.enough:
            worded = [piece for piece in pieces if is_a_word(piece)] or pieces  # of “iphone 15” not what has a 15 alone
            some = scored if worded == said else self.scores(worded, instead)
            return (every > 0) | (some > self.config.tail * some.max(initial=0)), every > 0
        return every > 0, every > 0

    def titled(self, words: Iterable[str]) -> NDArray[np.bool_]:
        """The rows that have all of the words in their titles."""
        pieces = [piece for word in words for piece in self._vocabulary.segmenter.cut(word)]
        return self.scores(pieces, require_all=True, fields=_TITLE) > 0

    def instead(self, understood: Understood, said: Sequence[str]) -> Instead:
        """What may stand in the place of each piece of a word that has synonyms, is said in the other language only, or
        was learnt after products were indexed.

        What stands for several pieces counts for each of them for its part.
        """
        cut = self._vocabulary.segmenter.cut
        found: dict[str, list[Row]] = {}
        for phrase, others in understood.also.items():
            for piece in cut(phrase):
                found.setdefault(piece, []).extend(row for other in others for row in self._rows(other))
        for first, *rest in understood.meant.values():
            pieces = cut(first.phrase)
            for piece in pieces:
                rows = (Row(cut(other.phrase), other.share**2 / len(pieces)) for other in rest)
                found.setdefault(piece, []).extend(rows)
        for piece in said:
            said_otherwise = [] if piece in self._vocabulary.words else self._vocabulary.translations(piece)
            more = [row for other in said_otherwise for row in self._rows(other)] + list(self._rows(piece))[1:]
            if more:
                found.setdefault(piece, []).extend(more)
        return found

    def _rows(self, phrase: str) -> Iterator[Row]:
        """The phrase as it is cut now, and then as it is where its words are not known."""
        segmenter = self._vocabulary.segmenter
        yield Row(segmenter.cut(phrase))
        words = [token.text for token in segmenter.tokens(phrase)]
        apart = [piece for word in words for piece in segmenter.generally(word)]
        if apart != words:
            yield Row(apart)

"""Which products the words of a query match, and how well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from daogou.language.speech import FILLERS
from daogou.ports.index import Row
from daogou.search.wish import is_a_word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.query import Understood
    from daogou.language.vocabulary import Vocabulary
    from daogou.ports.index import LexicalIndex
    from daogou.retrieval.shelf import Shelf
    from daogou.search.config import SearchConfig

_TITLE = {"title": 1.0}
_DESCRIBED = dict.fromkeys(("title", "brand", "category", "attributes"), 1.0)
_NOWHERE = np.iinfo(np.int64).max


class WordMatcher:
    """Asks the index for words, and answers by row of the shelf."""

    def __init__(self, shelf: Shelf, index: LexicalIndex, vocabulary: Vocabulary, config: SearchConfig) -> None:
        self._shelf = shelf
        self._index = index
        self._vocabulary = vocabulary
        self._row_of = np.zeros(0, np.int64)
        self._n_placed = 0
        self._in_order = True
        """Each document's number is its row: what a training indexed, and nothing that came otherwise since."""
        self._placed()
        self.config = config
        """May be replaced at any time."""

    def hear(self, understood: Understood) -> Heard:
        """Ask for every word of a query."""
        said = self._said(understood)
        return Heard(self, understood.unknown, said, self._instead(understood, said), len(self._shelf))

    def titled(self, words: Iterable[str], n: int) -> NDArray[np.bool_]:
        """Which of the first n rows have all of the words in their titles."""
        return all_of([self.score([Row([piece])], n, _TITLE) for piece in self.cut(words)], n)

    def titled_any(self, words: Iterable[str], n: int) -> NDArray[np.bool_]:
        """Which of the first n rows have any of the words in their titles."""
        return self.score([Row([piece]) for piece in self.cut(words)], n, _TITLE) > 0

    def described(self, piece: str, n: int) -> NDArray[np.bool_]:
        """Which of the first n rows have the piece of a word outside their descriptions."""
        return self.score(list(self._rows(piece)), n, _DESCRIBED) > 0

    def cut(self, words: Iterable[str], unknown: Sequence[str] = ()) -> list[str]:
        """The pieces of the words, each once."""
        return list(dict.fromkeys(piece for word in words for piece in self._pieces(word, unknown)))

    def plain(self, words: Iterable[str], n: int) -> list[NDArray[np.float32]]:
        """The scores of each piece of the words as it stands."""
        return [self.score([Row([piece])], n) for piece in self.cut(words)]

    def score(self, readings: Sequence[Row], n: int, fields: Mapping[str, float] | None = None) -> NDArray[np.float32]:
        """BM25 of one word for the first n rows, in the reading that says most of a product; 0 where it has none.
        `fields`: those that are read, if not the usual ones."""
        by_number = self._index.scores(readings, weights=fields or self.config.fields)
        placed = self._placed()
        if self._in_order and len(by_number) == n:
            return by_number
        scores = np.zeros(n + 1, np.float32)  # the last for products that are elsewhere
        scores[np.minimum(placed, n)[: len(by_number)]] = by_number
        return scores[:n]

    def _placed(self) -> NDArray[np.int64]:
        """The row of each document of the index."""
        ids, row, n = self._index.ids, self._shelf.row, len(self._shelf)
        if len(self._row_of) < len(ids) or self._n_placed < n:
            rows = np.append(self._row_of, np.full(len(ids) - len(self._row_of), _NOWHERE))
            lost = np.flatnonzero(rows == _NOWHERE)
            rows[lost] = [row.get(ids[number], _NOWHERE) for number in lost.tolist()]
            self._row_of, self._n_placed = rows, n
            self._in_order = bool((rows == np.arange(len(rows))).all())
        return self._row_of

    def _said(self, understood: Understood) -> list[str]:
        """Every wanted word: those that remain, and those that were understood as a category, brand or attribute."""
        cut = self._vocabulary.segmenter.cut
        said = [piece for word in understood.words for piece in self._pieces(word, understood.unknown)]
        for slot in understood.slots:
            if slot.kind in ("category", "brand", "attribute") and not slot.negated:
                label = self._shelf.label(slot.name, slot.value)
                said += cut(
                    f"{label.zh} {label.en}" if understood.corrected else understood.worded(slot.start, slot.end)
                )
            elif slot.kind == "aspect":
                said += [word for word in cut(understood.text[slot.start : slot.end]) if word not in FILLERS]
        return list(dict.fromkeys(said))

    def _pieces(self, word: str, unknown: Sequence[str]) -> list[str]:
        """What of a word may be matched; of one that the shop does not know no single character: 洗发水 is no 水."""
        pieces = self._vocabulary.segmenter.cut(word)
        if word not in unknown or len(word) == 1 or word.isascii():
            return pieces
        return [piece for piece in pieces if len(piece) > 1]

    def _instead(self, understood: Understood, said: Sequence[str]) -> Mapping[str, Sequence[Row]]:
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
        words = segmenter.words(phrase)
        apart = [piece for word in words for piece in segmenter.generally(word)]
        if apart != words:
            yield Row(apart)


class Heard:
    """The words of one query against the index, each asked once."""

    def __init__(
        self,
        matcher: WordMatcher,
        unknown: Sequence[str],
        said: Sequence[str],
        instead: Mapping[str, Sequence[Row]],
        n: int,
    ) -> None:
        """`n`: the rows of the shelf that are looked at; more may have come since."""
        self._matcher = matcher
        self._unknown = unknown
        self._instead = instead
        self.n = n
        self._asked: dict[str, NDArray[np.float32]] = {}
        self.scores = sum_of(map(self._score, said), n)
        """How well the words match, by row; 0 where none does."""

    def matching(self, words: Sequence[str]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Rows with all of the words, or with some where too few have all; and those with all."""
        pieces, config = self._matcher.cut(words, self._unknown), self._matcher.config
        every = all_of(map(self._score, pieces), self.n)
        if len(pieces) > 1 and np.count_nonzero(every) < config.enough:
            worded = [piece for piece in pieces if is_a_word(piece)] or pieces  # of “iphone 15” not what has a 15 alone
            some = sum_of(map(self._score, worded), self.n)
            return every | (some > config.tail * some.max(initial=0)), every
        return every, every

    def _score(self, word: str) -> NDArray[np.float32]:
        if word not in self._asked:
            self._asked[word] = self._matcher.score([Row([word]), *self._instead.get(word, ())], self.n)
        return self._asked[word]


def sum_of(scores: Iterable[NDArray[np.float32]], n: int) -> NDArray[np.float32]:
    """The scores of several words together."""
    return reduce(np.add, scores, np.zeros(n, np.float32))


def all_of(scores: Iterable[NDArray[np.float32]], n: int) -> NDArray[np.bool_]:
    """Where every one of several words matches; nowhere if there are none."""
    found = [each > 0 for each in scores]
    return reduce(np.logical_and, found) if found else np.zeros(n, bool)

"""Postings as arrays: which documents have a word, and how much each of their fields says it."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIELDS = ("title", "brand", "category", "attributes", "description")
"""The fields a document may have; others are refused, so that a misspelt field is noticed."""
NORM = 255
"""What stands for a word that fills a field."""
_K1, _B = 1.2, 0.75
"""How soon saying a word again counts for less, and how much long fields do; as in Lucene."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The postings of some documents, by word. Never changes."""

    words: NDArray[np.uint64]
    """The hashes of the words, sorted."""
    starts: NDArray[np.int64]
    """Where each word's postings begin; one more for the end."""
    documents: NDArray[np.int32]
    """The number of each posting's document."""
    norms: NDArray[np.uint8]
    """How much each field of it says the word, `FIELDS` by postings: from 0, not at all, to `NORM`. It is BM25
    (Robertson and Zaragoza 2009) without the rarity of the word, which changes with every document that comes."""

    def of(self, word: int) -> slice:
        """Where the postings of a word are, by its hash."""
        place = int(self.words.searchsorted(np.uint64(word)))
        if place == len(self.words) or int(self.words[place]) != word:
            return slice(0, 0)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


EMPTY = Segment(np.zeros(0, np.uint64), np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros((5, 0), np.uint8))


def hashed(word: str) -> int:
    """The word as a number, for words themselves are most of what an index weighs; among a million of them one question
    in 10 ** 13 would find another's documents."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


class Draft:
    """Words of documents as they come, before they are a segment."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._words = array("i")
        self._documents = array("i")
        self._lengths = array("i")
        """Words of each document's fields, one after the other."""

    @property
    def n_words(self) -> int:
        """How long the documents are together."""
        return len(self._words)

    def put(self, document: int, fields: Mapping[str, str]) -> None:
        """Add a document; of several with one number the last counts."""
        if unknown := fields.keys() - set(FIELDS):
            raise ValueError(f"unknown fields {sorted(unknown)}; an index document has {', '.join(FIELDS)}")
        number = self._number
        for name in FIELDS:
            words = fields.get(name, "").split()
            self._words.extend([number.setdefault(word, len(number)) for word in words])
            self._lengths.append(len(words))
        self._documents.append(document)

    def segment(self, lengths: NDArray[np.float64]) -> Segment:
        """The postings, where the fields of a shop have so many words on average."""
        documents = np.array(self._documents, np.int32)
        of_field = np.array(self._lengths, np.int32)
        hashes = np.array([hashed(word) for word in self._number], np.uint64)
        order = np.argsort(hashes)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        # a number for each word of the text: which word it is, in which document, in which field
        n = len(of_field)
        keys = rank[np.array(self._words, np.int32)] * n + np.repeat(np.arange(n), of_field)
        keys, often = np.unique(keys[self._is_last(documents)[keys % n // len(FIELDS)]], return_counts=True)
        word, place = np.divmod(keys, n)
        field = place % len(FIELDS)
        length = of_field[place] / lengths[field]
        said = often / (often + _K1 * (1 - _B + _B * length))
        begins = np.diff(keys // len(FIELDS), prepend=-1) != 0  # another word or document, n being a multiple
        norms = np.zeros((len(FIELDS), np.count_nonzero(begins)), np.uint8)
        norms[field, np.cumsum(begins) - 1] = np.maximum(1, np.rint(said * NORM))
        present, starts = np.unique(word[begins], return_index=True)
        return Segment(
            hashes[order][present],
            np.append(starts, norms.shape[1]),
            documents[place[begins] // len(FIELDS)],
            norms,
        )

    @staticmethod
    def _is_last(documents: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Does no later document have the same number?"""
        last = np.zeros(len(documents), bool)
        last[len(documents) - 1 - np.unique(documents[::-1], return_index=True)[1]] = True
        return last

    def lengths(self) -> NDArray[np.int64]:
        """How many words each of the fields has in all documents together."""
        lengths: NDArray[np.int64] = np.array(self._lengths, np.int64).reshape(-1, len(FIELDS)).sum(0)
        return lengths

    def documents(self) -> NDArray[np.int32]:
        """The numbers of the documents."""
        return np.unique(np.array(self._documents, np.int32))


def merged(segments: Sequence[tuple[Segment, NDArray[np.int32]]]) -> Segment:
    """One segment in place of several, each without the documents that stand beside it."""
    if len(segments) == 1 and not len(segments[0][1]):
        return segments[0][0]
    kept = [(segment, _without(segment, gone)) for segment, gone in segments]
    words = np.unique(np.concatenate([segment.words for segment, _ in kept]))
    ranks = np.concatenate(
        [np.repeat(np.searchsorted(words, segment.words), np.diff(segment.starts))[keep] for segment, keep in kept]
    ).astype(np.int32)
    order = np.argsort(ranks, kind="stable")
    counts = np.bincount(ranks, minlength=len(words))
    present = counts > 0
    return Segment(
        words[present],
        np.append(0, np.cumsum(counts[present])),
        np.concatenate([segment.documents[keep] for segment, keep in kept])[order],
        np.concatenate([segment.norms[:, keep] for segment, keep in kept], axis=1)[:, order],
    )


def _without(segment: Segment, gone: NDArray[np.int32]) -> NDArray[np.bool_] | slice:
    return ~np.isin(segment.documents, gone) if len(gone) else slice(None)

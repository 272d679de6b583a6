"""The full-text index as arrays: BM25 of every document for a word, in a millisecond for 100,000 of them.

What is put comes into a segment of its own, which is merged with others while these are small; searches go on.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from daogou.adapters.postings import EMPTY, FIELDS, NORM, Draft, Segment, hashed, merged
from daogou.domain.errors import CorruptRelease
from daogou.domain.ids import ProductId

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.ports.index import Document, Row

_OTHER_FIELDS = 0.15
"""How much the fields besides a word's best one count; with 1 a word in every field outweighs two different words."""
_MOST_WORDS = 4_000_000
"""Words of text that are held before they become a segment, which takes some 200 MB."""
_LARGER = 4
"""How many times as large as the next a segment is, or else they are merged."""
_KEPT, _ARRAYS = "index.json", ("words", "starts", "documents", "norms")
_NONE = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment, and the documents that are no longer as it has them."""

    segment: Segment
    gone: NDArray[np.int32]

    def without(self, documents: NDArray[np.int32]) -> _Part:
        return replace(self, gone=np.union1d(self.gone, documents))


@dataclass(frozen=True, slots=True)
class _State:
    """What searches see."""

    parts: tuple[_Part, ...] = ()
    n: int = 0
    """Documents, with those that were removed."""


class ArrayIndex:
    """A LexicalIndex in memory; opened from an artifact, it reads of that only what is asked for. Writes are seen after
    `commit`.

    Safe to use from several threads. How long a field is on average is what it was when a document was put: of a shop
    that grew from nothing, the first products score a little otherwise until it is built anew.
    """

    def __init__(self) -> None:
        self.ids: list[ProductId] = []
        self._number: dict[ProductId, int] = {}
        self._lengths = np.zeros(len(FIELDS), np.int64)
        self._n_put = 0
        self._draft = Draft()
        self._parts: tuple[_Part, ...] = (_Part(EMPTY, _NONE),)
        self._state = _State()
        self._lock = threading.RLock()

    @classmethod
    def open(cls, artifact: Path) -> ArrayIndex:
        """Open a saved index for reading and writing, leaving the artifact as it is.

        What was written after the save is put again by whoever knows what changed.
        """
        if not (artifact / _KEPT).exists():
            raise CorruptRelease(f"{artifact} holds no search index of this version; train again", where=str(artifact))
        kept = json.loads((artifact / _KEPT).read_text(encoding="utf-8"))
        index = cls()
        index.ids = [ProductId(sys.intern(id)) for id in kept["ids"]]
        index._number = {id: number for number, id in enumerate(index.ids)}
        index._lengths, index._n_put = np.array(kept["lengths"], np.int64), kept["put"]
        arrays = (np.load(artifact / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in _ARRAYS)
        index._parts = (_Part(Segment(*arrays), _NONE),)
        index.commit()
        return index

    def put(self, documents: Iterable[Document]) -> None:
        with self._lock:
            for document in documents:
                number = self._number.setdefault(document.id, len(self.ids))
                if number == len(self.ids):
                    self.ids.append(document.id)
                self._draft.put(number, document.fields)
                if self._draft.n_words > _MOST_WORDS:
                    self._write()

    def remove(self, ids: Iterable[ProductId]) -> None:
        with self._lock:
            for id in ids:
                if id in self._number:
                    self._draft.put(self._number[id], {})

    def commit(self) -> None:
        with self._lock:
            self._write()
            self._state = _State(self._parts, len(self.ids))

    def scores(self, readings: Sequence[Row], *, weights: Mapping[str, float]) -> NDArray[np.float32]:
        """A word counts with its best field, and for a fraction with its others; `weights` says which are read."""
        state = self._state
        found = np.zeros(state.n, np.float32)
        for words, worth in readings:
            if words:
                np.maximum(found, _row(words, weights, state) * np.float32(worth), out=found)
        return found

    def save(self, folder: Path) -> None:
        with self._lock:
            self.commit()
            whole = merged([(part.segment, part.gone) for part in self._parts])
            for name in _ARRAYS:
                np.save(folder / f"{name}.npy", getattr(whole, name))
            kept = {"ids": self.ids, "lengths": self._lengths.tolist(), "put": self._n_put}
            (folder / _KEPT).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")

    def _write(self) -> None:
        """Make a segment of what was put, and merge those that are small."""
        documents = self._draft.documents()
        if not len(documents):
            return
        self._lengths = self._lengths + self._draft.lengths()
        self._n_put += len(documents)
        made = self._draft.segment(np.maximum(self._lengths, 1) / self._n_put)
        self._draft = Draft()
        parts = [*(part.without(documents) for part in self._parts), _Part(made, _NONE)]
        while len(parts) > 1 and len(parts[-2].segment.documents) < _LARGER * len(parts[-1].segment.documents):
            *parts, one, other = parts
            parts.append(_Part(merged([(one.segment, one.gone), (other.segment, other.gone)]), _NONE))
        self._parts = tuple(parts)


def _row(words: Sequence[str], weights: Mapping[str, float], state: _State) -> NDArray[np.float32]:
    """The scores of several words together, where a document has all of them."""
    scores = [_word(word, weights, state) for word in words]
    total = reduce(np.add, scores)
    for each in scores[len(scores) == 1 :]:
        total[each <= 0] = 0
    return total


def _word(word: str, weights: Mapping[str, float], state: _State) -> NDArray[np.float32]:
    """BM25 of a word by document."""
    key = hashed(word)
    fields = [place for place, field in enumerate(FIELDS) if weights.get(field, 0) > 0]
    found = [(part, part.segment.of(key)) for part in state.parts]
    having = np.zeros(len(FIELDS), np.int64)
    for part, here in found:
        having[fields] += np.count_nonzero(part.segment.norms[fields, here], axis=1)
    having = np.minimum(having, state.n)  # what is gone was counted too
    worth = np.log1p((state.n - having + 0.5) / (having + 0.5)) / NORM
    worth[fields] *= [weights[FIELDS[place]] for place in fields]
    scores = np.zeros(state.n, np.float32)
    for part, here in found:
        said = [part.segment.norms[place, here] * np.float32(worth[place]) for place in fields if having[place]]
        if said:
            best, every = reduce(np.maximum, said), reduce(np.add, said)
            scores[part.segment.documents[here]] = best + np.float32(_OTHER_FIELDS) * (every - best)
        scores[part.gone] = 0
    return scores

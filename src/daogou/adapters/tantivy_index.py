"""The full-text index as a tantivy index over text that was cut before: BM25, one field per part of the product."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tantivy

from daogou.adapters.scratch import Scratch
from daogou.domain.errors import CorruptRelease
from daogou.ports.index import NOTHING_INSTEAD, Document, Instead, Match

if TYPE_CHECKING:
    from daogou.domain.ids import ProductId

FIELDS = ("title", "brand", "category", "attributes", "description")
"""The fields a document may have; others are refused, so that a misspelt field is noticed."""

_IDS = "products.json"
_HEAP_BYTES = 48_000_000
_SPARE = 16
"""Documents beyond those asked for, to see whether a tie goes on."""
_TIED = 1_000
"""Where it goes on, so many documents are looked at, and at least twice as many as are asked for."""
_OTHER_FIELDS = 0.15
"""How much the fields besides a word's best one count; with 1 a word in every field outweighs two different words."""


class TantivyIndex:
    """A LexicalIndex. Without a folder it uses a temporary one; writes are seen after `commit`.

    Safe to use from several threads; a folder belongs to one process at a time once that process writes.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open the index in `folder`, or begin an empty one there."""
        self._scratch = Scratch() if folder is None else None
        self._folder = self._scratch.folder if self._scratch is not None else Path(folder or "")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(_schema(), path=str(self._folder), reuse=True)
        self._ids: list[ProductId] = _read_ids(self._folder)
        self._writer: Any = None
        self._lock = threading.RLock()

    @classmethod
    def open(cls, artifact: Path, *, live: Path) -> TantivyIndex:
        """Open a saved index for reading and writing in `live`, leaving the artifact as it is.

        `live` is emptied first: what was written after the save is put again by whoever knows what changed.
        """
        if not artifact.is_dir() or not tantivy.Index.exists(str(artifact)):
            raise CorruptRelease(f"{artifact} holds no search index; train again", where=str(artifact))
        if live.exists():
            shutil.rmtree(live)
        shutil.copytree(artifact, live)
        return cls(live)

    def put(self, documents: Iterable[Document]) -> None:
        with self._lock:
            writer = self._open_writer()
            for document in documents:
                if unknown := document.fields.keys() - set(FIELDS):
                    raise ValueError(f"unknown fields {sorted(unknown)}; an index document has {', '.join(FIELDS)}")
                writer.delete_documents_by_term("id", document.id)
                values = {name: [text] for name, text in document.fields.items() if text}
                writer.add_document(tantivy.Document(id=document.id, number=len(self._ids), **values))
                self._ids.append(document.id)

    def remove(self, ids: Iterable[ProductId]) -> None:
        with self._lock:
            writer = self._open_writer()
            for id in ids:
                writer.delete_documents_by_term("id", id)

    def commit(self) -> None:
        with self._lock:
            if self._writer is not None:
                self._writer.commit()
                (self._folder / _IDS).write_text(json.dumps(self._ids, ensure_ascii=False), encoding="utf-8")
                self._index.reload()

    def search(
        self,
        words: Sequence[str],
        k: int,
        *,
        weights: Mapping[str, float],
        require_all: bool = False,
        instead: Instead = NOTHING_INSTEAD,
    ) -> list[Match]:
        """The k best documents; ties in order of id, unless very many are tied with the last, of which it takes any.

        A word counts with its best field, and for a fraction with its others; `weights` says which fields are read.
        """
        query = self._query(words, weights, require_all=require_all, instead=instead)
        if query is None or k < 1:
            return []
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=k + _SPARE, count=False).hits
        if len(hits) == k + _SPARE and hits[-1][0] == hits[k - 1][0]:
            hits = searcher.search(query, limit=max(2 * k, _TIED), count=False).hits
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        scores = [score for score, _ in hits]
        ids = _in_order([self._ids[int(number or 0)] for number in numbers], scores)
        return list(map(Match, ids[:k], scores[:k]))

    def save(self, folder: Path) -> None:
        with self._lock:
            self.commit()
            self.close()
            shutil.copytree(self._folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.lock"))

    def close(self) -> None:
        """Let go of the folder's write lock; uncommitted documents are dropped."""
        with self._lock:
            if self._writer is not None:
                self._writer.wait_merging_threads()
                self._writer = None

    def _query(self, words: Sequence[str], weights: Mapping[str, float], *, require_all: bool, instead: Instead) -> Any:
        query = tantivy.Query
        fields = [field for field, weight in weights.items() if weight > 0]
        if not words or not fields:
            return None
        occur = tantivy.Occur.Must if require_all else tantivy.Occur.Should
        whole = partial(self._in_fields, weights=weights, fields=fields)
        parts = []
        for word in dict.fromkeys(words):
            said = whole(word)
            others = [
                query.boost_query(
                    query.boolean_query([(tantivy.Occur.Must, whole(each)) for each in row.words]), row.worth
                )
                for row in instead.get(word, ())
                if [*row.words] != [word]  # it would count no more than the word itself
            ]
            parts.append((occur, query.disjunction_max_query([said, *others]) if others else said))
        return query.boolean_query(parts)

    def _in_fields(self, word: str, *, weights: Mapping[str, float], fields: Sequence[str]) -> Any:
        query, schema = tantivy.Query, self._index.schema
        found = [query.boost_query(query.term_query(schema, field, word, "freq"), weights[field]) for field in fields]
        return query.disjunction_max_query(found, _OTHER_FIELDS)

    def _open_writer(self) -> Any:
        if self._writer is None:
            self._writer = self._index.writer(_HEAP_BYTES, 1)
        return self._writer


def _in_order(ids: list[ProductId], scores: Sequence[float]) -> list[ProductId]:
    """The ids, best first already, with those of one score in their own order."""
    edges = [0, *(np.flatnonzero(np.diff(scores)) + 1).tolist(), len(ids)]
    for start, end in pairwise(edges):
        if end - start > 1:
            ids[start:end] = sorted(ids[start:end])
    return ids


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("number", fast=True)
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _read_ids(folder: Path) -> list[ProductId]:
    if not (folder / _IDS).exists():
        return []
    ids: list[ProductId] = json.loads((folder / _IDS).read_text(encoding="utf-8"))
    return ids

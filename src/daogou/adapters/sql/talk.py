"""What was said, what is known and what the shop notes about itself."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.adapters.sql.database import Database, Row
from daogou.adapters.sql.records import batches, encode
from daogou.domain.conversation import Message
from daogou.domain.edge import Edge
from daogou.domain.ids import ConversationId
from daogou.ports.stores import Kept

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE = 20_000
"""Edges written in one transaction, a fraction of a second: a live shop's events wait that long."""
_message = msgspec.json.Decoder(Message).decode
_facts = msgspec.json.Decoder(dict[str, object]).decode

_PUT_EDGE = (
    "INSERT INTO edge (source, head, relation, tail, weight) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (source, head, relation, tail) DO UPDATE SET weight=excluded.weight"
)
_EDGES_OF = (
    "SELECT head, relation, tail, weight, source FROM edge WHERE head = ? OR tail = ? "
    "ORDER BY weight DESC, head, relation, tail, source LIMIT ?"
)
_EDGE_PAGE = (
    "SELECT row, head, relation, tail, weight, source FROM edge WHERE source = ? AND row > ? ORDER BY row LIMIT ?"
)


class SqlConversations:
    """`ports.stores.Conversations`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, message: Message) -> None:
        with self._database.writing() as connection:
            row = (message.conversation, encode(message))
            connection.execute("INSERT INTO message (conversation, body) VALUES (?, ?)", row)

    def since(self, number: int, *, limit: int = 1000) -> list[Kept]:
        sql = "SELECT row, body FROM message WHERE row > ? ORDER BY row LIMIT ?"
        return [Kept(row, _message(body)) for row, body in self._database.rows(sql, (number, limit))]

    def of(self, id: ConversationId, *, limit: int = 40) -> list[Message]:
        sql = "SELECT body FROM message WHERE conversation = ? ORDER BY row DESC LIMIT ?"
        return [_message(body) for (body,) in reversed(self._database.rows(sql, (id, limit)))]

    def count(self) -> int:
        return int(self._database.value("SELECT count(DISTINCT conversation) FROM message"))


@dataclass(frozen=True, slots=True)
class _OnRecord:
    """The edges of a source as they are on record."""

    keys: NDArray[np.int64]
    """Hashes of what they say, ascending."""
    rows: NDArray[np.int64]
    weights: NDArray[np.float64]

    def places(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the keys are; -1 for those that are not there."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        found = np.minimum(self.keys.searchsorted(keys), len(self.keys) - 1)
        return np.where(self.keys[found] == keys, found, -1)


class SqlEdges:
    """`ports.stores.Edges`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, source: str, edges: Iterable[Edge]) -> int:
        before = self._on_record(source)
        kept = np.zeros(len(before.rows), bool)
        for batch in batches(edges, _AT_ONCE):
            each = {(edge.head, edge.relation, edge.tail): edge.weight for edge in batch}
            places = before.places(np.fromiter(map(hash, each), np.int64, len(each)))
            known = np.flatnonzero(places >= 0)
            kept[places[known]] = True
            same = np.zeros(len(each), bool)
            same[known] = before.weights[places[known]] == np.fromiter(each.values(), np.float64, len(each))[known]
            before.weights[places[known]] = np.nan  # whoever names the edge again has the last word
            self._put(
                [(source, *fact, weight) for (fact, weight), skip in zip(each.items(), same, strict=True) if not skip]
            )
        for rows in batches(before.rows[~kept].tolist(), _AT_ONCE):
            with self._database.writing() as connection:
                connection.executemany("DELETE FROM edge WHERE row = ?", ((row,) for row in rows))
        return int(self._database.value("SELECT count(*) FROM edge WHERE source = ?", (source,)))

    def _on_record(self, source: str) -> _OnRecord:
        """Most edges are as they were: to write millions of them again takes minutes."""
        keys, rows, weights = array("q"), array("q"), array("d")
        for page in self._database.pages(_EDGE_PAGE, (source,), size=10_000):
            for row, head, relation, tail, weight, _ in page:
                keys.append(hash((head, relation, tail)))
                rows.append(row)
                weights.append(weight)
        order = np.argsort(np.array(keys, np.int64))
        return _OnRecord(*(np.array(column)[order] for column in (keys, rows, weights)))

    def _put(self, rows: Sequence[Row]) -> None:
        if rows:
            with self._database.writing() as connection:
                connection.executemany(_PUT_EDGE, rows)

    def of(self, node: str, *, limit: int = 200) -> list[Edge]:
        return [Edge(*row) for row in self._database.rows(_EDGES_OF, (node, node, limit))]

    def scan(self) -> Iterator[Edge]:
        for (source,) in self._database.rows("SELECT DISTINCT source FROM edge ORDER BY source"):
            for page in self._database.pages(_EDGE_PAGE, (source,)):
                for _, *fields in page:
                    yield Edge(*fields)

    def count(self) -> int:
        return int(self._database.value("SELECT count(*) FROM edge"))


class SqlLedger:
    """`ports.stores.Ledger`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, kind: str, key: str, value: Mapping[str, object]) -> None:
        sql = (
            "INSERT INTO ledger (kind, key, body) VALUES (?, ?, ?) "
            "ON CONFLICT (kind, key) DO UPDATE SET body=excluded.body"
        )
        with self._database.writing() as connection:
            connection.execute(sql, (kind, key, encode(value)))

    def get(self, kind: str, key: str) -> Mapping[str, object] | None:
        body = self._database.value("SELECT body FROM ledger WHERE kind = ? AND key = ?", (kind, key))
        return None if body is None else _facts(body)

    def of(self, kind: str) -> list[tuple[str, Mapping[str, object]]]:
        rows = self._database.rows("SELECT key, body FROM ledger WHERE kind = ? ORDER BY key", (kind,))
        return [(key, _facts(body)) for key, body in rows]

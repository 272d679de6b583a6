"""What was said, what is known and what the shop notes about itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from daogou.adapters.sql.database import Database
from daogou.adapters.sql.records import encode
from daogou.domain.conversation import Message
from daogou.domain.edge import Edge
from daogou.domain.ids import ConversationId
from daogou.ports.stores import Kept

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


class SqlEdges:
    """`ports.stores.Edges`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, source: str, edges: Iterable[Edge]) -> int:
        rows = ((source, edge.head, edge.relation, edge.tail, edge.weight) for edge in edges)
        with self._database.writing() as connection:
            connection.execute("DELETE FROM edge WHERE source = ?", (source,))
            connection.executemany(_PUT_EDGE, rows)
            (n,) = connection.execute("SELECT count(*) FROM edge WHERE source = ?", (source,)).fetchone()
            return int(n)

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

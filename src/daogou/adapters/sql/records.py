"""Values kept by id as JSON, with the columns that are asked for beside them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

import msgspec

from daogou.adapters.sql.database import Database, Row

K = TypeVar("K", bound=str)
T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="deterministic")  # equal values give equal text, so "unchanged" is one comparison


def encode(value: object) -> str:
    """The JSON a value is kept as."""
    return _encoder.encode(value).decode()


@dataclass(frozen=True, slots=True)
class Layout(Generic[T]):
    """How a kind of value lies in its table."""

    table: str
    columns: tuple[str, ...]
    """Columns besides `row`, `id` and `body`."""
    row: Callable[[T], Row]
    """The id, then the values of `columns`."""
    decode: Callable[[str], T]
    encode: Callable[[T], str] = encode


class Records(Generic[K, T]):
    """The methods every kind of record shares."""

    def __init__(self, database: Database, layout: Layout[T]) -> None:
        self._database = database
        self._layout = layout
        table = layout.table
        columns = ("id", *layout.columns, "body")
        replaced = ", ".join(f"{name}=excluded.{name}" for name in columns[1:])
        self._upsert = (
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "  # noqa: S608
            f"ON CONFLICT (id) DO UPDATE SET {replaced} WHERE {table}.body <> excluded.body"
        )
        self._get = f"SELECT body FROM {table} WHERE id = ?"  # noqa: S608
        self._page = f"SELECT row, body FROM {table} WHERE row > ? ORDER BY row LIMIT ?"  # noqa: S608
        self._count = f"SELECT count(*) FROM {table}"  # noqa: S608

    def put(self, values: Iterable[T]) -> int:
        """Insert or replace in one transaction; returns how many changed."""
        layout = self._layout
        with self._database.writing() as connection:
            return self._write(connection, ((*layout.row(value), layout.encode(value)) for value in values))

    def get(self, id: K) -> T | None:
        body = self._database.value(self._get, (id,))
        return None if body is None else self._layout.decode(body)

    def scan(self) -> Iterator[T]:
        for page in self._database.pages(self._page):
            for _, body in page:
                yield self._layout.decode(body)

    def count(self) -> int:
        return int(self._database.value(self._count))

    def _write(self, connection: sqlite3.Connection, rows: Iterable[Row]) -> int:
        before = connection.total_changes
        connection.executemany(self._upsert, rows)
        return connection.total_changes - before

    def _select(self, tail: str, parameters: tuple[Any, ...]) -> list[T]:
        bodies = self._database.rows(f"SELECT body FROM {self._layout.table} {tail}", parameters)  # noqa: S608
        return [self._layout.decode(body) for (body,) in bodies]


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut an iterable into lists of at most `size`."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch

"""The durable event log."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from daogou.adapters.sql import columns, event_rows
from daogou.adapters.sql.database import Database
from daogou.adapters.sql.names import numbers, session_name
from daogou.domain.event import Deed, Event, EventType, PlainEvent, Recorded, plain
from daogou.domain.ids import SessionId, ShopperId
from daogou.ports.stores import Appended, EventColumns

_SELECT = (
    "SELECT e.seq, e.key, e.type, e.at, s.name, n.name, i.name, e.variant, e.quantity, e.price, e.currency, e.value, "
    "e.query, e.list, e.position, e.propensity, e.order_id FROM event e "
    "LEFT JOIN actor s ON s.id = e.shopper LEFT JOIN actor n ON n.id = e.session LEFT JOIN item i ON i.id = e.item "
)
_INSERT = (
    "INSERT INTO event (key, type, at, shopper, session, item, variant, quantity, price, currency, value, "
    "query, list, position, propensity, order_id) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
)
_SINCE = _SELECT + "WHERE e.seq > ? ORDER BY e.seq LIMIT ?"
_NUMBER = "(SELECT id FROM actor WHERE name = ?)"
_OF_EITHER = _SELECT + f"WHERE e.shopper = {_NUMBER} OR e.session = {_NUMBER} ORDER BY e.at DESC, e.seq DESC LIMIT ?"

_DEEDS = (
    "SELECT e.at, e.seq, e.type, i.name, e.value FROM ("
    "SELECT seq, type, at, item, value FROM event WHERE {} AND type IN ({}) AND item IS NOT NULL"
    " ORDER BY at DESC, seq DESC LIMIT ?"
    ") e JOIN item i ON i.id = e.item"
)
_OF_SHOPPER, _OF_SESSION = f"shopper = {_NUMBER}", f"session = {_NUMBER} AND shopper IS NULL"


class SqlEvents:
    """`ports.stores.Events`, `ports.stores.PlainEvents` and `ports.stores.Followed`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, events: Sequence[Event]) -> Appended:
        return self.append_each([events])[0]

    def append_each(self, batches: Sequence[Sequence[Event]]) -> list[Appended]:
        with self._database.writing() as connection:
            return [_insert(connection, list(map(plain, batch))) for batch in batches]

    def append_plain(self, events: Sequence[PlainEvent]) -> Appended:
        with self._database.writing() as connection:
            return _insert(connection, events)

    def since(self, seq: int, *, limit: int = 10_000) -> list[Recorded]:
        return [event_rows.recorded(row) for row in self._database.rows(_SINCE, (seq, limit))]

    def of(
        self, *, shopper: ShopperId | None = None, session: SessionId | None = None, limit: int = 200
    ) -> list[Recorded]:
        name = None if session is None else session_name(session)
        rows = self._database.rows(_OF_EITHER, (shopper, name, limit))
        return [event_rows.recorded(row) for row in reversed(rows)]

    def deeds(
        self,
        types: Sequence[EventType],
        *,
        shopper: ShopperId | None = None,
        session: SessionId | None = None,
        limit: int,
    ) -> list[Deed]:
        if shopper is not None:
            whose, name = _OF_SHOPPER, str(shopper)
        elif session is not None:
            whose, name = _OF_SESSION, session_name(session)
        else:
            return []
        sql = _DEEDS.format(whose, ",".join("?" * len(types)))
        rows = self._database.rows(sql, (name, *(event_rows.CODES[type] for type in types), limit))
        rows.sort()  # by at, then seq; what is only asked for its newest is not put in order by SQLite
        return [Deed(at, seq, event_rows.TYPES[type], product, value) for at, seq, type, product, value in rows]

    def columns(self, types: Sequence[EventType]) -> EventColumns:
        with self._database.reading() as connection:
            return columns.read(connection, types)

    def head(self) -> int:
        return self._database.value("SELECT max(seq) FROM event") or 0

    def counts(self) -> dict[str, int]:
        rows = self._database.rows("SELECT type, count(*) FROM event GROUP BY type")
        return {event_rows.TYPES[code]: n for code, n in rows}


def _insert(connection: sqlite3.Connection, events: Sequence[PlainEvent]) -> Appended:
    shoppers = numbers(connection, "actor", (event[3] for event in events))
    visits = dict.fromkeys(event[4] for event in events)  # in their order, so that the same log is numbered the same
    names = {session: session_name(session) for session in visits if session is not None}
    actors = numbers(connection, "actor", names.values())
    sessions: event_rows.Numbers = {None: None} | {session: actors[name] for session, name in names.items()}
    items = numbers(connection, "item", (event[5] for event in events))
    before = connection.total_changes
    connection.executemany(_INSERT, (event_rows.row(event, shoppers, sessions, items) for event in events))
    new = connection.total_changes - before
    return Appended(new, len(events) - new)

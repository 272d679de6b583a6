"""Small integers for the names of actors and items."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal

from daogou.adapters.sql.database import select_in

Dictionary = Literal["actor", "item"]

_INSERT = {
    "actor": "INSERT INTO actor (name) VALUES (?)",
    "item": "INSERT INTO item (name) VALUES (?)",
}
_SELECT = {
    "actor": "SELECT name, id FROM actor WHERE name IN ({})",
    "item": "SELECT name, id FROM item WHERE name IN ({})",
}


def numbers(
    connection: sqlite3.Connection, dictionary: Dictionary, names: Iterable[str | None]
) -> dict[str | None, int | None]:
    """Look up the names inside a write transaction, and number those that are new. None is None."""
    wanted = [name for name in dict.fromkeys(names) if name is not None]
    found: dict[str | None, int | None] = {None: None}
    found.update(select_in(connection, _SELECT[dictionary], wanted))
    new = [(name,) for name in wanted if name not in found]
    if new:
        connection.executemany(_INSERT[dictionary], new)
        found.update(select_in(connection, _SELECT[dictionary], (name for (name,) in new)))
    return found


def session_name(session: str) -> str:
    """How a session is called among the actors."""
    return f"session:{session}"

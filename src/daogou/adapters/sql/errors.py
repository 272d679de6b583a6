"""Says in the shop's words what SQLite's error codes mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from daogou.domain.errors import CorruptStore, DaogouError, Overloaded, StorageFull

_FULL = (StorageFull, "no room to write to {path}; reads go on, and writes will too once there is room")
_CORRUPT = (CorruptStore, "{path} is damaged ({error}); stop the shop and run: daogou restore DIR")
_BUSY = (Overloaded, "{path} is being written by another process; try again")

_ANSWERS: dict[int, tuple[type[DaogouError], str]] = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,  # the file system has no room for the index of the write-ahead log
    sqlite3.SQLITE_CORRUPT: _CORRUPT,
    sqlite3.SQLITE_NOTADB: _CORRUPT,
    sqlite3.SQLITE_BUSY: _BUSY,
}


@contextmanager
def translated(path: str) -> Iterator[None]:
    """Raise StorageFull, CorruptStore or Overloaded for what they name; let any other database error surface."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", -1)
        answer = _ANSWERS.get(code) or _ANSWERS.get(code & 0xFF)  # the low byte is the primary code
        if answer is None:
            raise
        kind, message = answer
        raise kind(message.format(path=path, error=error), where=path) from error

"""Parquet files, through DuckDB, with its memory and its reach bounded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.chunks import Tell
from daogou.ingest.reading.limits import Limits
from daogou.ingest.reading.rows import Row, Table

if TYPE_CHECKING:
    import duckdb

MAGIC = b"PAR1"
_BATCH = 8192


def parquet_columns(path: Path, limits: Limits) -> list[str]:
    """The names of the columns. Raises HostileInput for a file that is not what it says."""
    with _connect() as connection:
        return [name for name, _ in _columns(connection, path, limits)]


def parquet_rows(path: Path, limits: Limits, tell: Tell | None = None) -> Iterator[Row]:
    """Yield the rows in the order of the file; moments come as epoch milliseconds."""
    for first, names, rows in parquet_tables(path, limits, tell):
        for number, values in enumerate(rows, first):
            yield Row(number, dict(zip(names, values, strict=True)))


def parquet_tables(path: Path, limits: Limits, tell: Tell | None = None) -> Iterator[Table]:
    """Yield the rows as tuples, some thousands at a time."""
    import duckdb

    with _connect() as connection:
        columns = _columns(connection, path, limits)
        names = [name for name, _ in columns]
        picked = ", ".join(_expression(name, type) for name, type in columns)
        size, total, seen = path.stat().st_size, max(1, _rows(connection, path)), 0
        try:
            answer = connection.execute(f"SELECT {picked} FROM read_parquet(?)", [_literal(path)])  # noqa: S608
            while batch := answer.fetchmany(_BATCH):
                yield Table(seen + 1, names, batch)
                seen += len(batch)
                if tell is not None:
                    tell(size * seen // total)
        except duckdb.Error as error:
            raise HostileInput(f"{path.name} is broken Parquet: {_first_line(error)}", where=str(path)) from None


def _connect() -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET memory_limit = '256MB'")
    connection.execute("SET threads = 1")
    connection.execute("SET preserve_insertion_order = true")
    return connection


def _columns(connection: duckdb.DuckDBPyConnection, path: Path, limits: Limits) -> list[tuple[str, str]]:
    import duckdb

    try:
        rows = _rows(connection, path)
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [_literal(path)]).fetchall()
    except duckdb.Error as error:
        raise HostileInput(f"{path.name} is broken Parquet: {_first_line(error)}", where=str(path)) from None
    if rows > limits.rows_per_byte * path.stat().st_size:
        raise HostileInput(f"{path.name} claims {rows:,} rows in {path.stat().st_size:,} bytes", where=str(path))
    return [(str(row[0]), str(row[1])) for row in found]


def _rows(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    row = connection.execute("SELECT sum(num_rows) FROM parquet_file_metadata(?)", [_literal(path)]).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _literal(path: Path) -> str:
    """The path with the characters DuckDB would take for a pattern made literal."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def _expression(name: str, type: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    return f"epoch_ms({quoted})" if type.startswith(("TIMESTAMP", "DATE")) else quoted


def _first_line(error: Exception) -> Any:
    return str(error).splitlines()[0]

"""Brings a database file to the schema this version writes."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.adapters.sql.database import connect
from daogou.adapters.sql.errors import translated
from daogou.domain.errors import CorruptStore

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

HEAD = "0002"
"""The newest file in migrations/versions; a test holds them equal. Saves loading Alembic when nothing is to be done."""


def upgrade(path: Path) -> None:
    """Run the migrations that are missing, all in one transaction: killed at any point, none of them happened.

    Raises CorruptStore where the file is no database, or was written by a newer version.
    """
    with translated(str(path)):
        found = version(path)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise CorruptStore(
                f"{path} has schema {found}; this version knows {HEAD}. Install the version that wrote it.",
                where=str(path),
            )
        _migrate(path)


def version(path: Path) -> str | None:
    """The schema on record; None for a new file."""
    connection = connect(path)
    try:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
        return None
    finally:
        connection.close()


def _migrate(path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    engine = engine_for(path)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def engine_for(path: Path) -> Engine:
    """A SQLAlchemy engine over the file whose transactions hold the write lock and include changes of the schema."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine

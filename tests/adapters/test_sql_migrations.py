"""The schema on disk: made by migrations, equal to the tables, whole after a kill at any statement."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from daogou.adapters.addresses import open_stores
from daogou.adapters.sql import schema
from daogou.adapters.sql.schema import HEAD, engine_for, upgrade, version
from daogou.adapters.sql.tables import metadata
from daogou.domain.errors import CorruptStore
from daogou.testing.builders import review

# Forks a child for each n, which kills itself at its n-th statement; prints how many children died before one lived.
KILLER = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
import alembic.command
from daogou.adapters.sql import schema, tables

left = 0

@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

path, n = Path(sys.argv[1]), 0
while True:
    n += 1
    child = os.fork()
    if child == 0:
        left = n
        schema.upgrade(path)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL, status
    assert schema.version(path) is None, f"half a schema after a kill at statement {n}"
print(n - 1)
"""


def dump(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def test_migrations_make_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    upgrade(path)
    with engine_for(path).begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, metadata)
    assert differences == []


def test_migrations_and_tables_say_the_same_sql(tmp_path: Path) -> None:
    """Catches what Alembic does not compare: WITHOUT ROWID, AUTOINCREMENT, partial indexes."""
    upgrade(tmp_path / "migrated.db")
    with engine_for(tmp_path / "created.db").begin() as connection:
        metadata.create_all(connection)
    migrated = {name: sql for name, sql in dump(tmp_path / "migrated.db") if "alembic" not in name}
    created = dict(dump(tmp_path / "created.db"))
    assert {name: _words(sql) for name, sql in migrated.items()} == {name: _words(sql) for name, sql in created.items()}


def test_head_is_the_newest_migration() -> None:
    folder = Path(schema.__file__).with_name("migrations")
    assert ScriptDirectory(str(folder)).get_current_head() == HEAD


def test_upgrade_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    upgrade(path)
    before = dump(path)
    upgrade(path)
    assert dump(path) == before
    assert version(path) == HEAD


def test_killed_at_any_statement_the_schema_is_whole(tmp_path: Path) -> None:
    path, untouched = tmp_path / "shop.db", tmp_path / "untouched.db"
    killed = subprocess.run(
        [sys.executable, "-c", KILLER, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert killed.returncode == 0, killed.stderr
    assert int(killed.stdout) > 20
    upgrade(untouched)
    assert dump(path) == dump(untouched)


def test_reviews_of_the_first_schema_are_kept_and_new_ones_are_numbered_after_them(tmp_path: Path) -> None:
    path, folder = tmp_path / "shop.db", Path(schema.__file__).with_name("migrations")
    config = Config()
    config.set_main_option("script_location", str(folder))
    with engine_for(path).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        body = '{"product":"p1","rating":5.0,"at":1,"id":"r1"}'
        row = f"INSERT INTO review (id, product, rating, helpful, at, body) VALUES ('r1', 'p1', 5, 0, 1, '{body}')"
        connection.exec_driver_sql(row)
    stores = open_stores(f"sqlite:///{path}")
    assert [found.id for found in stores.reviews.scan()] == ["r1"]
    assert stores.reviews.changes(0) == (0, [])
    stores.reviews.put([review("p2")])
    assert stores.reviews.changes(0) == (1, ["p2"])
    stores.close()


def test_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(CorruptStore, match="schema 9999; this version knows"):
        upgrade(path)


def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(b"id,title\n" * 1000)
    with pytest.raises(CorruptStore, match=r"shop\.db is damaged"):
        upgrade(path)


def _words(sql: str | None) -> list[str]:
    return sorted((sql or "").replace(",", " ").replace("(", " ").replace(")", " ").split())

"""SQLite answers as memory does, whatever is asked in whatever order."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings

from daogou.adapters.memory.stores import open_memory
from daogou.adapters.sql.database import Database
from daogou.adapters.sql.schema import upgrade
from daogou.adapters.sql.stores import stores_on
from daogou.ports.stores import Stores
from daogou.testing.stores_machine import stores_machine


def open_temporary() -> Stores:
    folder = tempfile.TemporaryDirectory(prefix="daogou-test-")
    path = Path(folder.name) / "shop.db"
    upgrade(path)
    stores = stores_on(Database(path))

    def close() -> None:
        stores.close()
        folder.cleanup()

    return replace(stores, close=close)


TestSqliteEqualsMemory = stores_machine(open_memory, open_temporary).TestCase
TestSqliteEqualsMemory.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

from __future__ import annotations

import sqlite3
from pathlib import Path

from daogou.adapters.addresses import open_stores
from daogou.testing.builders import event


def test_visits_are_numbered_in_the_order_of_the_log(tmp_path: Path) -> None:
    """A set would give other numbers in every process, and whatever is split by them another split."""
    stores = open_stores(f"sqlite:///{tmp_path}/shop.db")
    stores.events.append([event("view", "p", session=f"v{n}", at=n) for n in range(40)])
    stores.close()
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM actor ORDER BY id")]
    assert len(names) == 40
    assert names == [
        name
        for (name,) in connection.execute("SELECT a.name FROM event e JOIN actor a ON a.id = e.session ORDER BY e.seq")
    ]

"""The graph's edges in SQLite: millions of them are written while a shop goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from daogou.adapters.addresses import open_stores
from daogou.adapters.sql import talk
from daogou.domain.edge import Edge
from daogou.domain.event import Event
from daogou.domain.ids import Instant, ProductId, ShopperId

pytestmark = pytest.mark.usefixtures("few_at_once")


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "_AT_ONCE", 2)


def test_others_write_while_edges_are_replaced(tmp_path: Path) -> None:
    training, shop = (open_stores(f"sqlite:///{tmp_path}/shop.db") for _ in range(2))

    def found() -> Iterator[Edge]:
        for number in range(6):
            seen = Event("view", Instant(number), shopper=ShopperId("s"), product=ProductId("p"))
            assert shop.events.append([seen]).new == 1
            yield Edge(f"p{number}", "brand", "nike")

    assert training.edges.replace("catalogue", found()) == 6
    assert shop.edges.count() == 6


@pytest.mark.parametrize(("weight", "written"), [(1.0, 0), (2.0, 1)])
def test_an_edge_that_is_as_it_was_is_not_written_again(tmp_path: Path, weight: float, written: int) -> None:
    stores = open_stores(f"sqlite:///{tmp_path}/shop.db")
    stores.edges.replace("catalogue", [Edge(f"p{n}", "brand", "nike") for n in range(5)])
    with sqlite3.connect(tmp_path / "shop.db", isolation_level=None) as watching:
        watching.execute("CREATE TABLE put (row INTEGER)")
        for act in ("INSERT", "UPDATE"):
            watching.execute(f"CREATE TRIGGER {act}s AFTER {act} ON edge BEGIN INSERT INTO put VALUES (new.row); END")
        stores.edges.replace("catalogue", [Edge(f"p{n}", "brand", "nike", weight if n == 3 else 1.0) for n in range(5)])
        assert watching.execute("SELECT count(*) FROM put").fetchone() == (written,)

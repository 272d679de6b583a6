"""What is acknowledged is on disk; what the disk refuses is said so; reads go on."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from daogou.adapters.addresses import open_stores
from daogou.adapters.group_commit import GroupCommit
from daogou.adapters.sql.database import Database
from daogou.adapters.sql.schema import upgrade
from daogou.adapters.sql.stores import stores_on
from daogou.domain.errors import CorruptStore, Overloaded, StorageFull
from daogou.domain.ids import EventId, ShopperId
from daogou.testing.builders import event

# Appends event after event from four threads, each batch sent twice, and says which were acknowledged.
WRITER = """
import sys, threading
from daogou.adapters.addresses import open_stores
from daogou.adapters.group_commit import GroupCommit
from daogou.domain.ids import EventId
from daogou.testing.builders import event

group = GroupCommit(open_stores(sys.argv[1]).events, max_waiting=1000)
out = threading.Lock()

def write(thread):
    n = 0
    while True:
        batch = [event(id=EventId(f"{sys.argv[2]}-{thread}-{n}"))]
        for _ in range(2):
            group.submit(batch).result()
        with out:
            print(batch[0].id, flush=True)
        n += 1

for thread in range(4):
    threading.Thread(target=write, args=(thread,), daemon=True).start()
threading.Event().wait()
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    upgrade(tmp_path / "shop.db")
    opened = Database(tmp_path / "shop.db")
    yield opened
    opened.close()


def test_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/shop.db"
    acknowledged: list[str] = []
    for round in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, address, str(round)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        acknowledged += [writer.stdout.readline().strip() for _ in range(30)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += writer.communicate()[0].split("\n")[:-1]  # an unfinished last line was cut by the kill
    stores = open_stores(address)
    ids = [one.event.id for one in stores.events.since(0, limit=10**6)]
    stores.close()
    assert set(acknowledged) <= set(ids)
    assert len(ids) == len(set(ids))
    assert len(acknowledged) >= 90


def test_commits_wait_for_the_disk(database: Database) -> None:
    """Guards the settings without which a power cut takes acknowledged events."""
    with database.writing() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (10_000,)


def test_full_disk_refuses_writes_keeps_reads_and_recovers(database: Database) -> None:
    stores = stores_on(database)
    stores.events.append([event(at=1)])
    with database.writing() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    database._writer.execute(f"PRAGMA max_page_count={pages}")
    group = GroupCommit(stores.events, max_waiting=10_000)
    with pytest.raises(StorageFull, match=r"no room to write to .*shop\.db"):
        group.submit([event(at=n, query="x" * 100) for n in range(2_000)]).result(10)
    assert [one.event.at for one in stores.events.of(shopper=ShopperId("s1"))] == [1]
    assert stores.events.head() == 1
    database._writer.execute("PRAGMA max_page_count=1073741823")
    assert group.submit([event(at=n, query="x" * 100) for n in range(2_000)]).result(10).new == 2_000
    group.close()


def test_failed_batch_leaves_no_names_behind(database: Database) -> None:
    stores = stores_on(database)
    with pytest.raises(OverflowError):
        stores.events.append([event(shopper="new", product="new"), event(quantity=2**80)])
    assert database.value("SELECT count(*) FROM actor") == 0
    assert stores.events.append([event(shopper="new", product="new")]).new == 1
    assert stores.events.since(0)[0].event.shopper == "new"


def test_poison_between_good_batches_fails_alone_on_disk(database: Database) -> None:
    group = GroupCommit(stores_on(database).events, max_waiting=100)
    with database.writing():  # holds the writer back, so that the three wait together
        good, bad, also = (group.submit([event(at=n, quantity=quantity)]) for n, quantity in enumerate((1, 2**80, 1)))
    assert good.result(10).new == also.result(10).new == 1
    assert isinstance(bad.exception(10), OverflowError)
    group.close()


def test_two_processes_share_the_file(tmp_path: Path) -> None:
    one, other = (open_stores(f"sqlite:///{tmp_path}/shop.db") for _ in range(2))
    one.events.append([event(at=1, id=EventId("a"))])
    assert other.events.append([event(at=1, id=EventId("a")), event(at=2)]).duplicate == 1
    assert one.events.head() == other.events.head()
    assert [found.event.at for found in one.events.since(0)] == [1, 2]
    one.close()
    other.close()


def test_write_lock_held_elsewhere_is_overload(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    database._writer.execute("PRAGMA busy_timeout=0")
    with pytest.raises(Overloaded, match="another process"):
        stores_on(database).events.append([event()])
    other.execute("ROLLBACK")
    other.close()
    assert stores_on(database).events.append([event()]).new == 1


def test_damaged_page_is_named(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/shop.db"
    stores = open_stores(address)
    stores.events.append([event(at=n) for n in range(5_000)])
    stores.close()
    file = tmp_path / "shop.db"
    content = bytearray(file.read_bytes())
    content[40 * 4096 : -4096] = b"\xff" * (len(content) - 41 * 4096)
    file.write_bytes(content)
    stores = open_stores(address)
    with pytest.raises(CorruptStore, match="daogou restore DIR"):
        stores.events.since(0, limit=10_000)
    stores.close()

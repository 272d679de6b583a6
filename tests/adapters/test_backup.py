from __future__ import annotations

import threading
from pathlib import Path

import pytest

from daogou.adapters.addresses import open_stores
from daogou.adapters.sql.backup import DATABASE, MANIFEST, backup, restore, verify
from daogou.adapters.sql.database import connect
from daogou.domain.errors import BadRequest, CorruptStore, NotFound
from daogou.testing.builders import event, product


@pytest.fixture
def shop(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/shop.db"
    stores = open_stores(address)
    stores.events.append([event(at=at) for at in range(3)])
    stores.catalogue.put([product("p1", "鞋", price=3)], at=event().at)
    stores.close()
    return address


def test_backup_comes_back_elsewhere(shop: str, tmp_path: Path) -> None:
    assert backup(shop, tmp_path / "copy").events == 3
    restore(tmp_path / "copy", f"sqlite:///{tmp_path}/elsewhere/new.db")
    before, after = open_stores(shop), open_stores(f"sqlite:///{tmp_path}/elsewhere/new.db")
    assert after.events.since(0) == before.events.since(0)
    assert list(after.catalogue.scan()) == list(before.catalogue.scan())
    before.close()
    after.close()


def test_backup_while_writing_holds_a_prefix_of_the_log(shop: str, tmp_path: Path) -> None:
    stores = open_stores(shop)
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        at = 10
        while not stop.is_set():
            stores.events.append([event(at=at), event(at=at + 1)])
            written.set()
            at += 2

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(10)
    acknowledged = stores.events.head()
    manifest = backup(shop, tmp_path / "copy")
    stop.set()
    writer.join()
    restore(tmp_path / "copy", f"sqlite:///{tmp_path}/new.db")
    restored = open_stores(f"sqlite:///{tmp_path}/new.db")
    log = restored.events.since(0, limit=10**6)
    assert manifest.events == restored.events.head() >= acknowledged
    assert log == stores.events.since(0, limit=len(log))
    assert len(log) % 2 == 1  # three, and then pairs: no transaction was cut in half
    stores.close()
    restored.close()


def test_damaged_backup_is_refused_and_the_store_stays(shop: str, tmp_path: Path) -> None:
    backup(shop, tmp_path / "copy")
    file = tmp_path / "copy" / DATABASE
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(CorruptStore, match=r"store\.db is not what its manifest says"):
        restore(tmp_path / "copy", shop, replace=True)
    stores = open_stores(shop)
    assert stores.events.head() == 3
    stores.close()


def test_unfinished_backup_is_refused(shop: str, tmp_path: Path) -> None:
    backup(shop, tmp_path / "copy")
    (tmp_path / "copy" / MANIFEST).unlink()
    with pytest.raises(NotFound, match=r"manifest\.json is missing"):
        verify(tmp_path / "copy")


def test_unreadable_manifest_is_refused(shop: str, tmp_path: Path) -> None:
    backup(shop, tmp_path / "copy")
    (tmp_path / "copy" / MANIFEST).write_text("{")
    with pytest.raises(CorruptStore, match=r"manifest\.json cannot be read"):
        verify(tmp_path / "copy")


def test_restore_replaces_only_when_told(shop: str, tmp_path: Path) -> None:
    backup(shop, tmp_path / "copy")
    stores = open_stores(shop)
    stores.events.append([event(at=99)])
    stores.close()
    with pytest.raises(BadRequest, match="exists"):
        restore(tmp_path / "copy", shop)
    restore(tmp_path / "copy", shop, replace=True)
    again = open_stores(shop)
    assert again.events.head() == 3
    again.close()


def test_damaged_store_and_its_log_give_way(shop: str, tmp_path: Path) -> None:
    backup(shop, tmp_path / "copy")
    stores = open_stores(shop)
    stores.events.append([event(at=99)])
    left = (tmp_path / "shop.db-wal").read_bytes()
    stores.close()
    (tmp_path / "shop.db").write_bytes(b"not a database" * 1000)
    (tmp_path / "shop.db-wal").write_bytes(left)
    restore(tmp_path / "copy", shop, replace=True)
    again = open_stores(shop)
    assert [one.event.at for one in again.events.since(0)] == [0, 1, 2]
    again.close()


def test_store_being_read_is_not_replaced(shop: str, tmp_path: Path) -> None:
    backup(shop, tmp_path / "copy")
    stores = open_stores(shop)
    reader = connect(tmp_path / "shop.db")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM event").fetchone()
    stores.events.append([event(at=99)])
    with pytest.raises(BadRequest, match="in use"):
        restore(tmp_path / "copy", shop, replace=True)
    reader.close()
    assert stores.events.head() == 4
    stores.close()


def test_log_left_by_a_crash_is_not_replayed_into_the_restored_store(shop: str, tmp_path: Path) -> None:
    backup(shop, tmp_path / "copy")
    stores = open_stores(shop)
    stores.events.append([event(at=99)])
    wal = tmp_path / "shop.db-wal"
    left = wal.read_bytes()
    stores.close()
    wal.write_bytes(left)
    restore(tmp_path / "copy", shop, replace=True)
    again = open_stores(shop)
    assert [one.event.at for one in again.events.since(0)] == [0, 1, 2]
    again.close()


def test_backup_needs_a_store_and_an_empty_folder(shop: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nothing to back up"):
        backup(f"sqlite:///{tmp_path}/no.db", tmp_path / "copy")
    backup(shop, tmp_path / "copy")
    with pytest.raises(BadRequest, match="not empty"):
        backup(shop, tmp_path / "copy")

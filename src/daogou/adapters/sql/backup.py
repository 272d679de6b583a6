"""A copy of the facts taken while the shop goes on, and its return, both checked against a SHA-256 manifest."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import msgspec

from daogou.adapters.sql.database import connect
from daogou.adapters.sql.errors import translated
from daogou.adapters.sql.schema import HEAD, version
from daogou.adapters.sql.stores import path_of
from daogou.domain.errors import BadRequest, CorruptStore, NotFound
from daogou.domain.ids import Instant

DATABASE, MANIFEST = "store.db", "manifest.json"
_SIDE_FILES = ("-wal", "-shm", "-journal")


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds."""

    sha256: str
    size: int
    """Bytes."""
    schema: str
    events: int
    """The newest log number: everything up to it is in the backup."""
    at: Instant


def backup(address: str, folder: Path) -> Manifest:
    """Copy the facts as they are at one moment into an empty or new folder; writers are not held up.

    Raises NotFound where there is no store, BadRequest where the folder has something in it.
    """
    source = path_of(address)
    if not source.is_file():
        raise NotFound(f"{source} does not exist; there is nothing to back up", where=address)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BadRequest(f"{folder} is not empty; give each backup a folder of its own", where=str(folder))
    target = folder / DATABASE
    _copy(source, target)
    manifest = Manifest(
        _sha256(target), target.stat().st_size, version(source) or "", _head(target), Instant(time.time_ns() // 10**6)
    )
    _write(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def verify(folder: Path) -> Manifest:
    """Check a backup against its manifest. Raises NotFound or CorruptStore, which name the file."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        digest = _sha256(folder / DATABASE)
    except FileNotFoundError as error:
        raise NotFound(f"{folder} holds no finished backup: {error.filename} is missing", where=str(folder)) from error
    except msgspec.MsgspecError as error:
        raise CorruptStore(f"{folder / MANIFEST} cannot be read: {error}", where=str(folder)) from error
    if digest != manifest.sha256:
        raise CorruptStore(
            f"{folder / DATABASE} is not what its manifest says: its SHA-256 is {digest}, expected {manifest.sha256}",
            where=str(folder),
        )
    return manifest


def restore(folder: Path, address: str, *, replace: bool = False) -> Manifest:
    """Put a verified backup in the place of the address; stop the shop first.

    A store that is already there stays, and BadRequest is raised, unless `replace` is said; then it is replaced in one
    step: killed at any point, the old store or the new one is there. Raises what `verify` raises, before any change.
    """
    manifest = verify(folder)
    if manifest.schema > HEAD:
        raise BadRequest(f"the backup has schema {manifest.schema}, this version knows {HEAD}", where=str(folder))
    target = path_of(address)
    if target.exists() and not replace:
        raise BadRequest(f"{target} exists; say so if it is to be replaced", where=address)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".restoring")
    shutil.copyfile(folder / DATABASE, fresh)
    if _sha256(fresh) != manifest.sha256:
        raise CorruptStore(f"{fresh} was not written as read; the disk may be failing", where=str(fresh))
    _sync(fresh)
    if target.exists():
        _settle(target)
    fresh.replace(target)
    _sync(target.parent)
    return manifest


def _copy(source: Path, target: Path) -> None:
    with (
        translated(str(source)),
        closing(connect(source)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        reading.backup(writing)  # all pages in one step: one moment, one read transaction
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        (answer,) = writing.execute("PRAGMA integrity_check(1)").fetchone()
        if answer != "ok":
            raise CorruptStore(f"{source} is damaged: {answer}", where=str(source))
    _sync(target)


def _settle(target: Path) -> None:
    """Fold the old store's log into it, so that no log is left that SQLite would replay into the new one."""
    try:
        with translated(str(target)), closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as old:
            (busy, *_) = old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except CorruptStore:
        busy = False  # nothing to fold; a damaged store is what backups are for
    if busy:
        raise BadRequest(f"{target} is in use; stop the shop first", where=str(target))
    for suffix in _SIDE_FILES:
        target.with_name(target.name + suffix).unlink(missing_ok=True)


def _head(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT max(seq) FROM event").fetchone()[0] or 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    _sync(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

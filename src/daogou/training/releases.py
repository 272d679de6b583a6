"""Releases: immutable directories of artifacts, each file with its SHA-256, one of them active.

A release is written beside its place, flushed to disk and renamed into it; the pointer to the active one is replaced in
one step. So a crash at any moment leaves the old release whole and active.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from daogou.domain.errors import CorruptRelease, NotFound
from daogou.domain.ids import Instant, ProductId

SCHEMA = 1
"""Raised when artifacts change so that older code cannot read them."""
MANIFEST = "manifest.json"
_DIGEST = "manifest.sha256"


@dataclass(frozen=True, slots=True)
class FileFact:
    """What the manifest says of one file."""

    sha256: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release is made of, from and by."""

    id: str
    created: Instant
    code: str
    """Version of the code that made it."""
    data_hash: str
    """SHA-256 over the columns and products it was fitted on."""
    last_seq: int
    """Newest event it contains; live readers go on from there."""
    seconds: float
    """Wall-clock time of the training."""
    config: Mapping[str, Any]
    metrics: Mapping[str, float]
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Components that are not part of it, each with the reason."""
    files: Mapping[str, FileFact] = field(default_factory=dict)
    """By path relative to the release, with forward slashes."""
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class Release:
    """An opened release whose files were found as the manifest says."""

    folder: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def last_seq(self) -> int:
        """The newest event it contains."""
        return self.manifest.last_seq

    def path(self, name: str) -> Path:
        """The folder of one artifact, such as "sequential"."""
        return self.folder / name

    def items(self) -> list[ProductId]:
        """Products by row: the order to build the shelf in."""
        found: list[ProductId] = msgspec.json.decode((self.folder / "items.json").read_bytes(), type=list[str])
        return found


@dataclass(frozen=True, slots=True)
class Draft:
    """A release being written."""

    id: str
    folder: Path


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
"""A release's name, and so a folder's: what is asked for never reaches outside the releases."""


class Releases:
    """The releases of one shop, in `folder`/releases, with `folder`/active naming the one in use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list(self) -> Sequence[Manifest]:
        """Every release, oldest first, without checking its files; unreadable manifests are left out."""
        found = []
        for path in sorted(self._home.glob(f"*/{MANIFEST}")):
            try:
                found.append(_manifest(path.parent))
            except CorruptRelease:
                continue
        return sorted(found, key=lambda manifest: (manifest.created, manifest.id))

    def names(self) -> set[str]:
        """The name of every release, also of those whose manifest cannot be read."""
        return {path.name for path in self._home.glob("[!.]*")}

    def active(self) -> Release | None:
        """The active release, checked; None before the first one. Raises CorruptRelease."""
        id = self.active_id()
        return None if id is None else self.open(id)

    def active_id(self) -> str | None:
        """The name the pointer holds. Cheap: asked to see whether another process activated a release."""
        try:
            return (self.folder / "active").read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None

    def open(self, id: str) -> Release:
        """Open a release and check every file. Raises NotFound, or CorruptRelease naming the file."""
        folder = self._home / id
        if not _NAME.fullmatch(id) or not folder.is_dir():
            known = ", ".join(manifest.id for manifest in self.list()) or "none"
            raise NotFound(f"no release {id!r}; there are: {known}", where=id)
        manifest = _manifest(folder)
        _verify(folder, manifest)
        return Release(folder, manifest)

    def activate(self, id: str) -> Release:
        """Make a release the active one. A corrupt one is refused and the old one stays."""
        release = self.open(id)
        pointer = self.folder / "active.new"
        _write_durably(pointer, id.encode())
        pointer.replace(self.folder / "active")
        _sync_folder(self.folder)
        return release

    @contextmanager
    def writer(self, id: str) -> Iterator[Draft]:
        """A folder to write artifacts into; left behind without `finish`, it is removed."""
        self._home.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{id}-", dir=self._home))
        try:
            yield Draft(id, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def finish(self, draft: Draft, manifest: Manifest) -> Release:
        """Hash and flush every file, then rename the draft into its place."""
        files = {name: _fact(draft.folder / name) for name in _files(draft.folder)}
        complete = replace(manifest, files=files)
        text = msgspec.json.format(msgspec.json.encode(complete), indent=2)
        _write_durably(draft.folder / MANIFEST, text)
        _write_durably(draft.folder / _DIGEST, hashlib.sha256(text).hexdigest().encode())
        for name in files:
            _sync(draft.folder / name)
        for folder in [draft.folder, *(path for path in draft.folder.rglob("*") if path.is_dir())]:
            _sync_folder(folder)
        draft.folder.chmod(0o755)
        draft.folder.rename(self._home / draft.id)
        _sync_folder(self._home)
        return Release(self._home / draft.id, complete)

    @property
    def _home(self) -> Path:
        return self.folder / "releases"


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        text = path.read_bytes()
        digest = (folder / _DIGEST).read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise CorruptRelease(f"{path}: unreadable manifest ({error})", where=MANIFEST) from None
    if hashlib.sha256(text).hexdigest() != digest:
        raise CorruptRelease(f"{path}: the manifest is not what {_DIGEST} says", where=MANIFEST)
    raw = msgspec.json.decode(text)
    if raw.get("schema") != SCHEMA:
        raise CorruptRelease(
            f"{path}: release schema {raw.get('schema')!r}, this code reads {SCHEMA}; train again", where="schema"
        )
    return msgspec.convert(raw, Manifest)


def _verify(folder: Path, manifest: Manifest) -> None:
    present = set(_files(folder)) - {MANIFEST, _DIGEST}
    for name in sorted(present - set(manifest.files)):
        raise CorruptRelease(f"{folder / name}: not in the manifest", where=name)
    for name, fact in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise CorruptRelease(f"{path}: missing", where=name)
        if path.stat().st_size != fact.size:
            raise CorruptRelease(f"{path}: {path.stat().st_size} bytes, the manifest says {fact.size}", where=name)
        if _fact(path).sha256 != fact.sha256:
            raise CorruptRelease(f"{path}: content is not what the manifest says", where=name)


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _fact(path: Path) -> FileFact:
    with path.open("rb") as file:
        return FileFact(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

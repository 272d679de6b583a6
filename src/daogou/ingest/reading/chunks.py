"""Bytes of a file in pieces: gunzipped within limits, and UTF-16 turned into UTF-8."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.limits import MIB, Limits

_GZIP = b"\x1f\x8b"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_OTHERS = (
    (b"PK\x03\x04", "a zip archive: unpack it and import the files in it"),
    (b"BZh", "bzip2: unpack it, or compress it with gzip"),
    (b"\xfd7zXZ", "xz: unpack it, or compress it with gzip"),
    (b"\x28\xb5\x2f\xfd", "zstandard: unpack it, or compress it with gzip"),
    (b"SQLite format 3", "a database: export its tables as CSV or JSON lines"),
    (b"%PDF", "a PDF"),
)
_PIECE = MIB

Tell = Callable[[int], None]
"""Called with how many bytes of the file, as it lies on disk, have been read."""


def is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == _GZIP


def chunks(path: Path, limits: Limits, tell: Tell | None = None) -> Iterator[bytes]:
    """Yield the file's bytes, without a byte order mark. Raises HostileInput beyond the limits."""
    raw = _expanded(path, limits, tell)
    first = next(raw, b"")
    refuse_archives(first, path)
    for mark, encoding in _BOMS:
        if first.startswith(mark):
            rest = _chain(first[len(mark) :], raw)
            yield from rest if encoding == "utf-8" else transcoded(rest, encoding, path)
            return
    bare = _bare_utf16(first)
    yield from transcoded(_chain(first, raw), bare, path) if bare else _chain(first, raw)


def refuse_archives(head: bytes, path: Path) -> None:
    """Raise HostileInput for containers an import does not open."""
    for magic, says in _OTHERS:
        if head.startswith(magic):
            raise HostileInput(f"{path.name} is {says}", where=str(path))


def byte_order_mark(head: bytes) -> str | None:
    """Which encoding the mark at the front says, or the zero bytes of UTF-16 show."""
    return next((encoding for mark, encoding in _BOMS if head.startswith(mark)), None) or _bare_utf16(head)


def _bare_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of ASCII punctuation is zero."""
    if len(head) < 4:
        return None
    if head[1] == 0 and head[3] == 0 and head[0] and head[2]:
        return "utf-16-le"
    return "utf-16-be" if head[0] == 0 and head[2] == 0 and head[1] and head[3] else None


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def transcoded(pieces: Iterator[bytes], encoding: str, path: Path) -> Iterator[bytes]:
    """The same text as UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in pieces:
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise HostileInput(
            f"{path.name} is not {encoding}, though it begins like it: {error}", where=str(path)
        ) from None


def _expanded(path: Path, limits: Limits, tell: Tell | None) -> Iterator[bytes]:
    with path.open("rb") as raw:
        zipped = raw.read(2) == _GZIP
        raw.seek(0)
        if not zipped:
            yield from _pieces(raw, raw, tell)
            return
        with gzip.GzipFile(fileobj=raw, mode="rb") as file:
            out = 0
            try:
                for piece in _pieces(cast("IO[bytes]", file), raw, tell):
                    out += len(piece)
                    if out > limits.free and out > limits.ratio * raw.tell():
                        raise HostileInput(
                            f"{path.name} expands more than {limits.ratio} times: a gzip bomb?", where=str(path)
                        )
                    if out == len(piece) and piece.startswith(_GZIP):
                        raise HostileInput(f"{path.name} is gzip within gzip: unpack it once", where=str(path))
                    yield piece
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise HostileInput(f"{path.name} is broken gzip: {error}", where=str(path)) from None


def _pieces(file: IO[bytes], raw: IO[bytes], tell: Tell | None) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        if tell is not None:
            tell(raw.tell())
        yield piece

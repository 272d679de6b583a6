"""Bytes of a file in pieces: gunzipped within limits, UTF-16 and Windows-1252 turned into UTF-8."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.limits import MIB, Limits

_GZIP = b"\x1f\x8b"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SHEET = "a spreadsheet: save its sheet as “CSV UTF-8” and import that"
_OTHERS = (
    (b"PK\x03\x04", "a zip archive: unpack it and import the files in it"),
    (b"BZh", "bzip2: unpack it, or compress it with gzip"),
    (b"\xfd7zXZ", "xz: unpack it, or compress it with gzip"),
    (b"\x28\xb5\x2f\xfd", "zstandard: unpack it, or compress it with gzip"),
    (b"SQLite format 3", "a database: export its tables as CSV or JSON lines"),
    (b"\xd0\xcf\x11\xe0", _SHEET),
    (b"%PDF", "a PDF"),
)
_PIECE = MIB
WESTERN = "windows-1252"
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")

Tell = Callable[[int], None]
"""Called with how many bytes of the file, as it lies on disk, have been read."""


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
    other = _bare_utf16(first) or (WESTERN if _is_western(first) else None)
    pieces = transcoded(_chain(first, raw), other, path) if other else _chain(first, raw)
    if b"\r" in first and b"\n" not in first:  # lines end as on the first Macs, and as Excel writes “CSV (Macintosh)”
        pieces = (piece.replace(b"\r", b"\n") for piece in pieces)
    yield from pieces


def refuse_archives(head: bytes, path: Path) -> None:
    """Raise HostileInput for containers an import does not open."""
    for magic, says in _OTHERS:
        if head.startswith(magic):
            sheet = magic.startswith(b"PK") and path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods")
            raise HostileInput(f"{path.name} is {_SHEET if sheet else says}", where=str(path))


def shown_encoding(path: Path, limits: Limits) -> str | None:
    """The encoding that the mark at the front says, or that zero bytes (UTF-16) or lone accented letters show."""
    head = next(_expanded(path, limits, None), b"")
    marked = next((encoding for mark, encoding in _BOMS if head.startswith(mark)), None)
    return marked or _bare_utf16(head) or (WESTERN if _is_western(head) else None)


def _is_western(head: bytes) -> bool:
    """Is this no UTF-8, and most of what is beyond ASCII one byte alone, such as the ü of Müller?

    In GB18030 nearly every character is two such bytes, and “Mül” would be read as M黮. XML says its encoding itself.
    """
    if head.isascii() or head.lstrip().startswith(b"<"):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        runs = [len(run) for run in _BEYOND_ASCII.findall(head)]
        return 2 * runs.count(1) > len(runs)
    return False


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
    decoder = codecs.getincrementaldecoder(encoding)("replace" if encoding == WESTERN else "strict")
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
                said = f"{path.name} is broken gzip: {error}. If it was cut short on its way, fetch it again"
                raise HostileInput(said, where=str(path)) from None


def _pieces(file: IO[bytes], raw: IO[bytes], tell: Tell | None) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        if tell is not None:
            tell(raw.tell())
        yield piece

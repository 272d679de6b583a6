"""Looks at a file's beginning and says what it is made of, before anyone decides what it means."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.chunks import chunks, refuse_archives
from daogou.ingest.reading.json_lines import json_document
from daogou.ingest.reading.limits import Limits
from daogou.ingest.reading.lines import Decoder
from daogou.ingest.reading.parquet import MAGIC, parquet_columns
from daogou.ingest.reading.rows import Unreadable
from daogou.ingest.reading.sheets import Sheet, is_workbook, sheet_of
from daogou.ingest.reading.tables import delimiter_of, header_of

Shape = Literal["jsonl", "json", "table", "xml", "parquet"]
_HEAD = 64 * 1024
_LINES = 20
"""Lines looked at for the first that is an object."""
_SEPARATOR = re.compile(r'"?sep=([,;|\t])"?', re.IGNORECASE)
# A document over several lines, or one that begins by naming its list.
_DOCUMENT = re.compile(rb'\{\s*$|\{\s*"\w+"\s*:\s*(\[\s*)?(\{\s*)?$|\{\s*"(products|items|data|results)"\s*:\s*\[\s*\{')


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is made of."""

    path: Path
    shape: Shape
    keys: frozenset[str]
    """Columns of a table, keys of the first object, or the root element of XML."""
    first: Mapping[str, Any] = field(default_factory=dict)
    """The first object of a JSON file."""
    delimiter: str = ""
    above: int = 0
    """Lines of a table that stand above its header: a title, or what Excel writes of the delimiter."""

    sheet: Sheet | None = None
    """The sheet that is the table, of an Excel workbook."""

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def made_of(self) -> str:
        """The shape as the report says it."""
        return f"sheet {self.sheet.name!r}" if self.sheet else self.shape


def look(path: Path, limits: Limits, mapping: Mapping[str, str]) -> Look | None:
    """Return what the file is made of, None for an empty one. Raises HostileInput for what is not opened at all."""
    with path.open("rb") as file:
        magic = file.read(8)
    if not magic:
        return None
    if magic.startswith(MAGIC):
        return Look(path, "parquet", _mapped(parquet_columns(path, limits), mapping))
    if is_workbook(path):
        sheet = sheet_of(path, limits)
        return Look(path, "table", _mapped([*filter(None, sheet.columns)], mapping), above=sheet.above, sheet=sheet)
    head = _head(path, limits)
    refuse_archives(head, path)
    start = head.lstrip()
    if start.startswith(b"<"):
        return Look(path, "xml", frozenset({_root(start)}))
    if start.startswith((b"{", b"[")):
        return _json(path, start, limits, mapping)
    return _table(path, head, mapping)


def _head(path: Path, limits: Limits) -> bytes:
    head = b""
    for piece in chunks(path, limits):
        head += piece
        if len(head) >= _HEAD:
            break
    return head


def _mapped(names: list[str] | Mapping[str, Any], mapping: Mapping[str, str]) -> frozenset[str]:
    return frozenset(mapping.get(name, name) for name in names)


def _root(start: bytes) -> str:
    tags = re.sub(rb"<[?!][^>]*>", b"", start)
    found = re.search(rb"<([A-Za-z_][\w.:-]*)", tags)
    return found.group(1).decode("ascii", "replace").rpartition(":")[2].lower() if found else ""


def _json(path: Path, start: bytes, limits: Limits, mapping: Mapping[str, str]) -> Look:
    line, _, after = start.partition(b"\n")
    if start.startswith(b"{") and not _DOCUMENT.match(line):
        found = (_object(line) for line in start.split(b"\n")[:_LINES])
        first = next((each for each in found if each is not None), {})
        if after.strip() or not _wraps_a_list(first):
            return Look(path, "jsonl", _mapped(first, mapping), first)
    row = next(json_document(chunks(path, limits), path, limits=limits, refuse=_pass), None)
    data = row.data if row else {}
    return Look(path, "json", _mapped(data, mapping), data)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(Decoder().text(line) or "")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _wraps_a_list(members: Mapping[str, Any]) -> bool:
    """A document such as {"products": [{…}], "total": 100}: one list of objects among plain values, and no id.

    One event of GA4, alone in its file, has a list of items too.
    """
    inner = [value for value in members.values() if isinstance(value, list | dict)]
    listed = len(inner) == 1 and isinstance(inner[0], list) and bool(inner[0]) and isinstance(inner[0][0], dict)
    return listed and not {"id", "type", "event", "event_name"} & members.keys()


def _pass(_: Unreadable) -> None:
    """What is unreadable is refused when the file is read, not when it is looked at."""


def _table(path: Path, head: bytes, mapping: Mapping[str, str]) -> Look:
    """The header is the first line with two names in it; a title above it has one, or blanks beside it."""
    said = None
    for above, line in enumerate(head.split(b"\n", _LINES)[:_LINES]):
        text = Decoder().text(line.rstrip(b"\r"))
        if text is None or "\0" in text:
            break
        if written := _SEPARATOR.fullmatch(text.strip()):
            said = written.group(1)
            continue
        delimiter = said or delimiter_of(text)
        columns = _names(text, delimiter, path) if delimiter else []
        if delimiter and len(list(filter(None, columns))) > 1:
            return Look(path, "table", _mapped(columns, mapping), delimiter=delimiter, above=above)
    first = head.partition(b"\n")[0][:60]
    raise HostileInput(f"{path.name} begins like no table, JSON, XML or Parquet: {first!r}", where=str(path))


def _names(header: str, delimiter: str, path: Path) -> list[str]:
    try:
        return header_of(header, delimiter)
    except csv.Error as error:
        raise HostileInput(f"{path.name} has a header that cannot be read: {error}", where=str(path)) from None

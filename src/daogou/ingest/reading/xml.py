"""Items of an RSS or Atom feed, one at a time, with entities refused and size and depth bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.chunks import transcoded
from daogou.ingest.reading.limits import Limits
from daogou.ingest.reading.rows import Row

ITEMS = frozenset({"item", "entry"})
_PIECE = 64 * 1024
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["']""")
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "cp936"})


def xml_rows(pieces: Iterator[bytes], path: Path, *, limits: Limits) -> Iterator[Row]:
    """Yield each item as element name → text, or → a list where it repeats; children become nested objects.

    Namespaces are dropped. `line` is the number of the item, from 1. Raises HostileInput.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError

    number = 0
    try:
        for number, item in enumerate(_items(pieces, path, limits), 1):
            yield Row(number, item)
    except DefusedXmlException:
        raise HostileInput(f"{path.name} declares a document type or entities: an XML bomb?", where=str(path)) from None
    except (ParseError, ValueError, LookupError) as error:
        raise HostileInput(f"{path.name} is broken XML after item {number}: {error}", where=str(path)) from None


def _items(pieces: Iterator[bytes], path: Path, limits: Limits) -> Iterator[dict[str, Any]]:
    from defusedxml.ElementTree import XMLParser

    first = next(pieces, b"")
    pieces = _with(first, pieces)
    declared = _DECLARED.search(first[:400])
    chinese = declared is not None and declared.group(1).decode("ascii").lower() in _CHINESE
    if chinese:  # expat knows no encoding of several bytes but UTF-8 and UTF-16
        pieces = transcoded(pieces, "gb18030", path)
    builder = _Builder(path, limits)
    parser = XMLParser(target=builder, encoding="utf-8" if chinese else None, forbid_dtd=True)
    for piece in pieces:
        for start in range(0, len(piece), _PIECE):
            builder.take_in(len(piece[start : start + _PIECE]))
            parser.feed(piece[start : start + _PIECE])
            yield from builder.done()
    parser.close()
    yield from builder.done()


def _with(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


class _Builder:
    """The parser's target: builds items as objects and refuses what is too deep or too big."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._depth = 0
        self._bytes = 0
        self._open: list[dict[str, Any]] = []
        self._text: list[list[str]] = []
        self._done: list[dict[str, Any]] = []

    def take_in(self, size: int) -> None:
        """Count bytes since the last complete item."""
        self._bytes += size
        if self._bytes > self._limits.line:
            said = f"{self._path.name} has an item of more than {self._limits.line:,} bytes"
            raise HostileInput(said, where=str(self._path))

    def done(self) -> list[dict[str, Any]]:
        """The items completed since the last call."""
        done, self._done = self._done, []
        if done:
            self._bytes = 0
        return done

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > self._limits.depth:
            said = f"{self._path.name} nests more than {self._limits.depth} elements"
            raise HostileInput(said, where=str(self._path))
        if self._open or _name(tag) in ITEMS:
            self._open.append({})
            self._text.append([attributes["href"]] if "href" in attributes else [])

    def data(self, data: str) -> None:
        if self._text:
            self._text[-1].append(data)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        members, text = self._open.pop(), "".join(self._text.pop()).strip()
        if self._open:
            _add(self._open[-1], _name(tag), members or text)
        else:
            self._done.append(members)

    def close(self) -> None:
        """The end of the document; nothing is left to hand out."""


def _add(item: dict[str, Any], name: str, value: Any) -> None:
    if name not in item:
        item[name] = value
    elif isinstance(item[name], list):
        item[name].append(value)
    else:
        item[name] = [item[name], value]


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]

"""What a format is: a way to know its files, and a way to turn their rows into our own records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.rows import Table
from daogou.ingest.reading.source import Source


class Fix(NamedTuple):
    """A repair a format makes while it converts."""

    field: str
    did: str
    rule: str = "converted"


class Found(NamedTuple):
    """One of our records, or part of one, or the reason why there is none."""

    source: Source
    line: int
    kind: str
    """A name of `KINDS`; for a refused row, what it would have been."""
    record: dict[str, Any]
    fixes: tuple[Fix, ...] = ()
    raw: Any = None
    """The row as it was read, where it differs from the record."""
    refused: tuple[str, str, str] | None = None
    """(field, reason, rule) where the row is rejected."""
    joined: bool = False
    """The row became part of another record."""
    alias: str = ""
    """Another name of the shopper that the record is of: the digest of an e-mail address."""


def refusal(source: Source, line: int, kind: str, raw: Any, *, reason: str, field: str = "",
            rule: str = "not-imported") -> Found:  # fmt: skip
    """A row that is rejected by its format."""
    return Found(source, line, kind, {}, raw=raw, refused=(field, reason, rule))


def part(source: Source, line: int, kind: str) -> Found:
    """A row that became part of another row's record."""
    return Found(source, line, kind, {}, joined=True)


class FoundEvents(NamedTuple):
    """A table whose rows are all events under our own names."""

    source: Source
    table: Table


Convert = Callable[[Sequence[Source], ImportOptions], Iterator[Found | FoundEvents]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format."""

    name: str
    """As `--format` and the report say it."""
    recognise: Callable[[Look], bool]
    convert: Convert
    phase: Callable[[Look], int]
    """Files of a lower phase are read first (as `Kind.phase`)."""
    together: bool = False
    """Its files are read together: one product is spread over several of them."""
    creates_products: bool = False
    """Its interactions may come without a catalogue: products they name are created."""


def columns(*names: str) -> Callable[[Look], bool]:
    """Recognise a table of text by columns that must all be there."""
    needed = frozenset(names)
    return lambda look: look.shape == "table" and needed <= look.keys


def keys(*names: str) -> Callable[[Look], bool]:
    """Recognise JSON objects by keys that must all be there."""
    needed = frozenset(names)
    return lambda look: look.shape in ("json", "jsonl") and needed <= look.keys


def phase(number: int) -> Callable[[Look], int]:
    """The same phase for every file of a format."""
    return lambda look: number

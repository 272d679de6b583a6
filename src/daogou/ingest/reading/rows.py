"""What every reader yields: rows with the line they stand on; and how it says a line is unreadable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One object or table row."""

    line: int
    """Line of the file it begins on, from 1; for Parquet and JSON documents the row's number."""
    data: dict[str, Any]


class Table(NamedTuple):
    """Rows of a table that are read together."""

    first: int
    """Number of the first row, from 1."""
    names: Sequence[str]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no row at all."""

    line: int
    reason: str
    raw: str
    rule: str = "unreadable"


Refuse = Callable[[Unreadable], None]


def clipped(raw: bytes | str) -> str:
    """The beginning of a line, as the list of rejects keeps it."""
    if isinstance(raw, str):
        return raw[:2000]
    return raw[:2000].decode("utf-8", "replace")

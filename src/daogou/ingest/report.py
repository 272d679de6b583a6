"""What became of every line of an import."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from daogou.ingest.reading.rows import clipped


@dataclass(slots=True)
class Count:
    """Records of one kind in one file; `read` is the sum of the others."""

    kind: str
    read: int = 0
    accepted: int = 0
    """Stored as they came."""
    repaired: int = 0
    """Stored after a repair, which is listed."""
    unchanged: int = 0
    """Already on record, word for word."""
    joined: int = 0
    """Lines that became part of another line's record: a variant's row, a picture's row."""
    rejected: int = 0

    @property
    def adds_up(self) -> bool:
        return self.read == self.accepted + self.repaired + self.unchanged + self.joined + self.rejected


@dataclass(frozen=True, slots=True)
class Reject:
    """A line that was not imported."""

    file: str
    line: int
    """0: the file as a whole."""
    field: str
    reason: str
    rule: str
    """A name of `daogou.ingest.rules.RULES`."""
    raw: str = ""
    """The beginning of the line."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A line that was changed before it was stored."""

    file: str
    line: int
    field: str
    did: str
    rule: str


@dataclass(slots=True)
class Alike:
    """Lines of one file that one rule touched in one field, told by the first of them."""

    file: str
    rule: str
    field: str
    line: int
    said: str
    n: int = 1


class Tally:
    """Counts lines by file, rule and field: a long list of lines says less than how many there are of each sort.

    A field is the same in all variants of all products: a shop has thousands of them.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Alike] = {}

    def add(self, each: Reject | Repair) -> None:
        """Count one line."""
        key = (each.file, each.rule, re.sub(r"(?<=^variants\.).*\.", "", each.field))
        if (alike := self._found.get(key)) is not None:
            alike.n += 1
        else:
            said = each.reason if isinstance(each, Reject) else each.did
            self._found[key] = Alike(each.file, each.rule, each.field, each.line, said)

    def listed(self) -> list[Alike]:
        """Each sort, in the order of their first lines."""
        return list(self._found.values())


@dataclass(slots=True)
class FileReport:
    """One file: what it was found to be, and its counts by kind."""

    path: Path
    format: str = "unknown"
    encoding: str = ""
    refused: str | None = None
    """Why reading stopped, where it did; records read before that are kept."""
    by_kind: dict[str, Count] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def counts(self) -> list[Count]:
        return list(self.by_kind.values())

    def count(self, kind: str) -> Count:
        found = self.by_kind.get(kind)
        if found is None:
            found = self.by_kind[kind] = Count(kind)
        return found


@dataclass(slots=True)
class ImportReport:
    """The whole import."""

    files: list[FileReport] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    """The first ones; `n_repairs` counts all."""
    refusals: list[Reject] = field(default_factory=list)
    """The first ones; the file `rejects` holds all."""
    notes: list[str] = field(default_factory=list)
    """Things a person should look at: unknown fields, prices far from their category's, encodings that were guessed."""
    rejected: list[Alike] = field(default_factory=list)
    """Every rejected line, by file, rule and field."""
    repaired: list[Alike] = field(default_factory=list)
    """Every repaired line, by file, rule and field."""
    rejects: Path | None = None
    """The file of rejected lines, where one was written."""
    n_repairs: int = 0
    n_rejects: int = 0

    @property
    def totals(self) -> dict[str, Count]:
        """Counts by kind over all files."""
        sums: dict[str, Count] = {}
        for count in self._counts():
            total = sums.setdefault(count.kind, Count(count.kind))
            for name in ("read", "accepted", "repaired", "unchanged", "joined", "rejected"):
                setattr(total, name, getattr(total, name) + getattr(count, name))
        return sums

    @property
    def adds_up(self) -> bool:
        """Whether every record read is accounted for."""
        return all(count.adds_up for count in self._counts())

    @property
    def clean(self) -> bool:
        """Nothing was rejected and no file was refused."""
        return self.n_rejects == 0

    def _counts(self) -> Iterator[Count]:
        return (count for file in self.files for count in file.counts)


def raw_of(source: object) -> str:
    """The beginning of a row as it was read, for the list of rejects."""
    import msgspec

    if isinstance(source, str):
        return clipped(source)
    return clipped(msgspec.json.encode(source, enc_hook=str))

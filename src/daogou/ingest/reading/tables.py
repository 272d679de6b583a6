"""Tables of text: comma, semicolon, tab or bar between cells, a header above them."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.limits import DEFAULT_LIMITS, Limits
from daogou.ingest.reading.rows import Refuse, Row, Unreadable, clipped

DELIMITERS = (",", "\t", ";", "|")

# The csv module has one limit for the whole process; its own default of 131,072 cuts long product pages.
csv.field_size_limit(DEFAULT_LIMITS.cell)


def delimiter_of(header: str) -> str | None:
    """The delimiter that cuts the header into most cells; None where none does."""
    outside = "".join(header.split('"')[::2])
    best = max(DELIMITERS, key=outside.count)
    return best if best in outside else None


def header_of(line: str, delimiter: str) -> list[str]:
    """The names of the columns."""
    return [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]


def table_rows(numbered: Iterator[tuple[int, str]], *, delimiter: str, limits: Limits, refuse: Refuse) -> Iterator[Row]:
    """Yield each row as column → cell, without surrounding blanks. Rows of another width are refused."""
    feed = _Feed(numbered, limits)
    reader = csv.reader(feed, delimiter=delimiter)
    try:
        columns = [name.strip() for name in next(reader)]
    except StopIteration:
        return
    except csv.Error as error:
        raise HostileInput(f"the header cannot be read: {error}") from None
    width = len(columns)
    while True:
        line = feed.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            refuse(Unreadable(line, f"is no table row: {error}", clipped(feed.last)))
            continue
        if len(cells) == width:
            yield Row(line, dict(zip(columns, map(str.strip, cells), strict=True)))
        elif any(cells):
            reason = f"has {len(cells)} cells where the header has {width}"
            if feed.number > line:
                reason += f", and goes on to line {feed.number}: is a quote not closed?"
            refuse(Unreadable(line, reason, clipped(delimiter.join(cells)), rule="ragged"))


class _Feed:
    """Lines for the csv reader, remembering where it stands."""

    def __init__(self, numbered: Iterator[tuple[int, str]], limits: Limits) -> None:
        self._numbered = numbered
        self.number = 0
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.number, self.last = next(self._numbered)
        return f"{self.last}\n"

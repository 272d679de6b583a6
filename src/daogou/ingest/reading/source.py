"""One file, looked at and ready to be read as rows, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import dropwhile
from pathlib import Path

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.chunks import Tell, chunks, shown_encoding
from daogou.ingest.reading.habits import Dates, Decimal, Habits, habits_of
from daogou.ingest.reading.json_lines import json_document, json_rows
from daogou.ingest.reading.limits import Limits
from daogou.ingest.reading.lines import Decoder, decoded, lines
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.parquet import parquet_rows, parquet_tables
from daogou.ingest.reading.rows import Refuse, Row, Table
from daogou.ingest.reading.sheets import sheet_rows
from daogou.ingest.reading.tables import table_rows
from daogou.ingest.reading.xml import xml_rows


class Source:
    """Rows of a file, with the caller's mapping of names applied."""

    def __init__(self, look: Look, *, limits: Limits, mapping: Mapping[str, str], refuse: Refuse, tell: Tell) -> None:
        self.look = look
        self._limits = limits
        self._mapping = mapping
        self._refuse = refuse
        self._tell = tell
        self._decoder = Decoder()
        self._habits = Habits()
        self.notes: list[str] = []
        """What a person should know of how the file was read; a format adds to it."""
        self.columns: Mapping[str, str] = {ours: theirs for theirs, ours in mapping.items()}
        """Our field → the file's own name for it, as errors say it."""

    @property
    def path(self) -> Path:
        return self.look.path

    @property
    def encoding(self) -> str:
        """What the text turned out to be encoded in; "" for binary files."""
        if self.look.shape == "parquet" or self.look.sheet:
            return ""
        marked = shown_encoding(self.path, self._limits)
        return marked if marked and marked != "utf-8" else self._decoder.encoding

    def __iter__(self) -> Iterator[Row]:
        """The rows, in the order of the file. Unreadable ones are refused; HostileInput ends the file."""
        rows, names, habits = self._rows(), self._mapping, self._habits
        if names:
            rows = (Row(line, {names.get(name, name): cell for name, cell in data.items()}) for line, data in rows)
        if habits.decimal is None and habits.dates is None:
            return rows
        return (Row(line, habits.put_right(data)) for line, data in rows)

    def learn(self, currency: str, *, decimal: Decimal | None, dates: Dates | None) -> None:
        """Find out from the file's beginning how it writes amounts and dates, and note what could be read otherwise."""
        if self.look.shape == "parquet":
            return
        if self.look.above:
            self.notes.append(f"{self.look.name}: {self.look.above} lines above the header were passed over")
        if self.look.sheet and self.look.sheet.others:
            others = ", ".join(map(repr, self.look.sheet.others))
            self.notes.append(
                f"{self.look.name}: {self.look.made_of} was read, and not {others}: save those as files of their own"
            )
        silent = Source(self.look, limits=self._limits, mapping=self._mapping, refuse=_pass, tell=_pass)
        try:
            self._habits = habits_of(silent, self.look.name, currency=currency, decimal=decimal, dates=dates)
        except HostileInput:
            return  # reading the file says so, line by line
        self.notes += self._habits.notes

    def tables(self) -> Iterator[Table]:
        """The rows of a Parquet file, many at a time."""
        for first, names, rows in parquet_tables(self.path, self._limits, self._tell):
            yield Table(first, [self._mapping.get(name, name) for name in names], rows)

    def _rows(self) -> Iterator[Row]:
        path, limits, refuse = self.path, self._limits, self._refuse
        if self.look.shape == "parquet":
            return parquet_rows(path, limits, self._tell)
        if self.look.sheet:
            return sheet_rows(path, self.look.sheet)
        pieces = chunks(path, limits, self._tell)
        if self.look.shape == "xml":
            return xml_rows(pieces, path, limits=limits)
        if self.look.shape == "json":
            return json_document(pieces, path, limits=limits, refuse=refuse)
        numbered = dropwhile(lambda line: line[0] <= self.look.above, lines(pieces, path, limits, refuse))
        if self.look.shape == "jsonl":
            return json_rows(numbered, self._decoder, limits=limits, refuse=refuse)
        text = decoded(numbered, self._decoder, refuse)
        return table_rows(text, delimiter=self.look.delimiter, limits=limits, refuse=refuse)


def _pass(_: object) -> None:
    """What is refused is refused when the file is read, not when it is learnt how it writes."""

"""One file, looked at and ready to be read as rows, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from daogou.ingest.reading.chunks import Tell, chunks, shown_encoding
from daogou.ingest.reading.json_lines import json_document, json_rows
from daogou.ingest.reading.limits import Limits
from daogou.ingest.reading.lines import Decoder, decoded, lines
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.parquet import parquet_rows, parquet_tables
from daogou.ingest.reading.rows import Refuse, Row, Table
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

    @property
    def path(self) -> Path:
        return self.look.path

    @property
    def encoding(self) -> str:
        """What the text turned out to be encoded in; "" for binary files."""
        if self.look.shape == "parquet":
            return ""
        marked = shown_encoding(self.path, self._limits)
        return marked if marked and marked != "utf-8" else self._decoder.encoding

    def __iter__(self) -> Iterator[Row]:
        """The rows, in the order of the file. Unreadable ones are refused; HostileInput ends the file."""
        rows = self._rows()
        if not self._mapping:
            return rows
        names = self._mapping
        return (Row(line, {names.get(name, name): cell for name, cell in data.items()}) for line, data in rows)

    def tables(self) -> Iterator[Table]:
        """The rows of a Parquet file, many at a time."""
        for first, names, rows in parquet_tables(self.path, self._limits, self._tell):
            yield Table(first, [self._mapping.get(name, name) for name in names], rows)

    def _rows(self) -> Iterator[Row]:
        path, limits, refuse = self.path, self._limits, self._refuse
        if self.look.shape == "parquet":
            return parquet_rows(path, limits, self._tell)
        pieces = chunks(path, limits, self._tell)
        if self.look.shape == "xml":
            return xml_rows(pieces, path, limits=limits)
        if self.look.shape == "json":
            return json_document(pieces, path, limits=limits, refuse=refuse)
        numbered = lines(pieces, path, limits, refuse)
        if self.look.shape == "jsonl":
            return json_rows(numbered, self._decoder, limits=limits, refuse=refuse)
        text = decoded(numbered, self._decoder, refuse)
        return table_rows(text, delimiter=self.look.delimiter, limits=limits, refuse=refuse)

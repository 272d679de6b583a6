"""How far a file may go before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep an import of a hostile file within 150 MB and about a second."""

    line: int = 16 * MIB
    """Bytes of one line, one table row, one XML item."""
    skip: int = 128 * MIB
    """Bytes of a longer line that are read past to reach the next one; beyond that the file is refused."""
    ratio: int = 250
    """Expansion of compressed bytes. Tables of a real shop stay below 60, a bomb reaches 1,000."""
    free: int = 32 * MIB
    """Expanded bytes before the ratio counts: a small file of equal rows is no bomb."""
    document: int = 32 * MIB
    """Bytes of a JSON file that is one document; bigger exports come as JSON lines."""
    values: int = 1_000_000
    """Values in one JSON line or document: each costs about 80 bytes once it is read."""
    depth: int = 64
    """Nesting of XML elements and of JSON."""
    cell: int = 1_000_000
    """Characters of one cell of a table: where a quote is never closed, this is what is lost."""
    cells: int = 5_000_000
    """Cells of a sheet of Excel, empty ones within it counted: each costs some 80 bytes while the sheet is open."""
    rows_per_byte: int = 100
    """Rows a Parquet file may claim for each byte it has."""


DEFAULT_LIMITS = Limits()

"""The first sheet of an Excel workbook as a table of text, through calamine, with its size bounded beforehand.

Excel keeps numbers and dates as such, so that nothing in them can be read in two ways. They are handed on as the text
of a CSV in which the same holds, so that every format reads a sheet as it reads its CSV.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daogou.domain.errors import HostileInput
from daogou.ingest.reading.limits import MIB, Limits
from daogou.ingest.reading.rows import Row

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAGIC = b"PK\x03\x04"
_LINES = 20
"""Rows looked at for the heading."""
_REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_UNBOUNDED = 1 << 40


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the table is."""

    name: str
    columns: tuple[str, ...]
    above: int
    """Rows of the sheet above its heading."""
    others: tuple[str, ...]
    """Names of the sheets that are not read."""


def is_workbook(path: Path) -> bool:
    """Whether a zip archive is a workbook of Excel (.xlsx, .xlsm)."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def sheet_of(path: Path, limits: Limits) -> Sheet:
    """Find the first visible sheet with a heading. Raises HostileInput for what is too large, broken or no table."""
    _bounded(path, limits)
    with _opened(path) as book:
        names = _visible(book)
        for name in names:
            sheet = book.get_sheet_by_name(name)
            for line, cells in islice(_cells(sheet), _LINES):
                if len(list(filter(None, cells))) > 1:
                    others = tuple(other for other in names if other != name)
                    return Sheet(name, tuple(cells), line - 1, others)
    said = f"{path.name} has no sheet with a row of headings: name each column in the first row"
    raise HostileInput(said, where=str(path))


def sheet_rows(path: Path, sheet: Sheet) -> Iterator[Row]:
    """Yield the rows below the heading, numbered as in Excel; blank rows and unnamed columns are passed by."""
    with _opened(path) as book:
        for line, cells in _cells(book.get_sheet_by_name(sheet.name)):
            if line > sheet.above + 1 and any(cells):
                yield Row(line, {name: cell for name, cell in zip(sheet.columns, cells, strict=True) if name})


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as book:
            yield book
    except CalamineError as error:
        said = f"{path.name} is a broken workbook: {error}. Open it in Excel, save it as CSV UTF-8 and import that"
        raise HostileInput(said, where=str(path)) from None


def _visible(book: CalamineWorkbook) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    shown, kind = SheetVisibleEnum.Visible, SheetTypeEnum.WorkSheet
    return [sheet.name for sheet in book.sheets_metadata if sheet.visible == shown and sheet.typ == kind]


def _cells(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number in the sheet; what stands empty above and left of the first cell is not there."""
    first = sheet.start[0] + 1 if sheet.start else 1
    for line, cells in enumerate(sheet.iter_rows(), first):
        yield line, [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A cell as text that can be read in one way only: 1.299 gets a fourth decimal, a date its year first."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer():
            return str(int(cell))
        said = format(cell, ".15g")
        return f"{said}0" if re.search(r"\.\d{3}$", said) else said
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip()


def _bounded(path: Path, limits: Limits) -> None:
    """Unpack every part once, piece by piece, and look where the outermost cells stand.

    Calamine makes room for every cell between the first and the last, and a file of 5 kB can name one at XFD1048576.
    """
    out, wide, tall = 0, 0, 0
    try:
        with zipfile.ZipFile(path) as archive:
            for part in archive.infolist():
                part.file_size = _UNBOUNDED  # what a part says of its size is not believed: it is read to its end
                with archive.open(part) as file:
                    rest = b""
                    while piece := file.read(MIB):
                        out += len(piece)
                        if out > limits.free and out > limits.ratio * path.stat().st_size:
                            said = f"{path.name} expands more than {limits.ratio} times: a zip bomb?"
                            raise HostileInput(said, where=str(path))
                        if part.filename.startswith("xl/worksheets/"):
                            for column, row in _REFERENCE.findall(rest + piece):
                                wide, tall = max(wide, _number(column)), max(tall, int(row))
                            rest = (rest + piece)[-32:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        said = f"{path.name} is a broken workbook: {error}. If it was cut short on its way, fetch it again"
        raise HostileInput(said, where=str(path)) from None
    if wide * tall > limits.cells:
        said = (
            f"{path.name} has cells out to row {tall:,} and column {wide:,}, {wide * tall:,} in all, where"
            f" {limits.cells:,} are read: delete what stands far out, or save the sheet as CSV UTF-8 and import that"
        )
        raise HostileInput(said, where=str(path))


def _number(column: bytes) -> int:
    """27 of AA."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number

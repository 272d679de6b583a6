"""Writes workbooks of Excel with nothing but a zip: text, numbers, booleans, days and moments, in the sheets given."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_EPOCH = date(1899, 12, 30)
Cell = str | float | bool | date | None


def write_workbook(
    path: Path, sheets: Mapping[str, Sequence[Sequence[Cell]]], *, hidden: frozenset[str] = frozenset()
) -> Path:
    """One sheet a list of rows; a cell that is None is left out."""
    numbers = range(1, len(sheets) + 1)
    states = ("visible", "hidden")
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" state="{states[name in hidden]}" r:id="rId{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships {_PACKAGE}><Relationship Id="r" Type="{_DOCUMENT}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_DOCUMENT}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships {_PACKAGE}>"
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        + f'<Relationship Id="s" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {_MAIN}><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/>'
        '<xf numFmtId="22"/></cellXfs></styleSheet>',
    }
    for n, rows in zip(numbers, sheets.values(), strict=True):
        lines = "".join(f'<row r="{line}">{_row(line, row)}</row>' for line, row in enumerate(rows, 1) if any(row))
        parts[f"xl/worksheets/sheet{n}.xml"] = f"<worksheet {_MAIN}><sheetData>{lines}</sheetData></worksheet>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')
    return path


def _row(line: int, cells: Sequence[Cell]) -> str:
    return "".join(
        _cell(f"{chr(64 + column)}{line}", cell) for column, cell in enumerate(cells, 1) if cell not in (None, "")
    )


def _cell(at: str, cell: Cell) -> str:
    if isinstance(cell, bool):
        return f'<c r="{at}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, datetime):
        seconds = (cell - datetime.combine(_EPOCH, datetime.min.time())).total_seconds()
        return f'<c r="{at}" s="2"><v>{seconds / 86400!r}</v></c>'
    if isinstance(cell, date):
        return f'<c r="{at}" s="1"><v>{(cell - _EPOCH).days}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{at}"><v>{cell!r}</v></c>'

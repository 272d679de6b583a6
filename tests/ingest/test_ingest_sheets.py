"""Workbooks of Excel, as a store's person exports them."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from ingest_world import SAMPLES, counted, run, write
from workbook import Cell, write_workbook

from daogou.domain.ids import OrderId, ProductId
from daogou.domain.money import Money
from daogou.ingest.reading.limits import Limits
from daogou.ingest.reading.sheets import sheet_of, sheet_rows
from daogou.ingest.records.fields import instant

PRODUCTS: list[list[Cell]] = [
    ["商品编号", "商品名称", "价格", "库存", "上架时间"],
    [1001.0, "轻风跑鞋", 1.299, 12.0, date(2026, 3, 1)],
    ["a-2", "登山鞋", 89.5, 0.0, datetime(2026, 3, 2, 10, 15)],
]


def test_a_catalogue_is_read_from_the_first_sheet(tmp_path: Path) -> None:
    report, stores = run(
        write_workbook(tmp_path / "商品.xlsx", {"商品": PRODUCTS, "说明": [["a", "b"]]}), currency="EUR"
    )
    assert counted(report)["product"] == (2, 2, 0, 0)
    assert report.files[0].format == "by-heading (sheet '商品')"
    found = stores.catalogue.get([ProductId("1001"), ProductId("a-2")])
    shoes, boots = found[ProductId("1001")], found[ProductId("a-2")]
    assert shoes.price == Money.of("1.299", "EUR")  # a number of Excel is no 1,299, even where points part thousands
    assert (shoes.stock, shoes.released) == (12, instant("2026-03-01", "at"))
    assert (boots.price, boots.stock, boots.released) == (Money(8950, "EUR"), 0, instant("2026-03-02T10:15", "at"))
    assert "sheet '商品' was read, and not '说明'" in "".join(report.notes)


def test_a_bad_cell_is_named_by_the_row_that_excel_shows(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["Reviews of March"],
        [],
        ["product", "rating", "text", "date"],
        [],
        ["p1", 7.0, "Good", "?"],
    ]
    products = [["id", "title"], ["p1", "One"]]
    write_workbook(tmp_path / "a-products.xlsx", {"Sheet1": products})
    report, _ = run(tmp_path / "a-products.xlsx", write_workbook(tmp_path / "reviews.xlsx", {"Mär": rows}))
    (reject,) = report.refusals
    assert (Path(reject.file).name, reject.line, reject.field) == ("reviews.xlsx", 5, "rating")
    assert report.files[1].format.endswith("(sheet 'Mär')")


def test_orders_and_events_are_read_as_their_csv_is(tmp_path: Path) -> None:
    """Every sample that is a table says the same as a workbook."""
    read = 0
    for sample in sorted(SAMPLES.rglob("*.csv")):
        text = sample.read_bytes()
        try:
            rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
        except UnicodeDecodeError:
            continue
        if len(rows) < 2 or len({len(row) for row in rows if row}) > 1 or len(rows[0]) < 2:
            continue
        folder = tmp_path / f"{read}"
        folder.mkdir()
        plain, _ = run(write(folder, sample.name, text), create_missing_products=True)
        book, _ = run(write_workbook(folder / f"{sample.stem}.xlsx", {"S": rows}), create_missing_products=True)
        assert counted(book) == counted(plain), sample.name
        read += 1
    assert read >= 5


def test_hidden_sheets_and_sheets_without_headings_are_passed_by(tmp_path: Path) -> None:
    sheets = {"secret": [["id", "title"], ["x", "X"]], "empty": [["one"]], "real": [["id", "title"], ["p1", "One"]]}
    report, stores = run(write_workbook(tmp_path / "p.xlsx", sheets, hidden=frozenset({"secret"})))
    assert counted(report)["product"] == (1, 1, 0, 0)
    assert stores.catalogue.get([ProductId("p1")])
    none, _ = run(write_workbook(tmp_path / "q.xlsx", {"empty": [["one"]]}))
    assert "has no sheet with a row of headings" in (none.files[0].refused or "")


def test_an_order_in_a_workbook_keeps_its_moment(tmp_path: Path) -> None:
    catalogue = write_workbook(tmp_path / "a.xlsx", {"S": [["id", "title"], ["p1", "One"]]})
    rows: list[list[Cell]] = [["order number", "product", "quantity", "price", "customer", "date"],
                              [10001.0, "p1", 2.0, 19.9, "lin", datetime(2026, 3, 1, 10, 15)]]  # fmt: skip
    report, stores = run(catalogue, write_workbook(tmp_path / "orders.xlsx", {"Orders": rows}))
    assert counted(report)["order"] == (1, 1, 0, 0)
    order = stores.orders.get(OrderId("10001"))
    assert order is not None
    assert (order.at, order.lines[0].quantity) == (instant("2026-03-01T10:15:00", "at"), 2)


def test_a_cell_far_out_costs_no_memory(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "far.xlsx", {"S": [["id", "title"], ["p1", "One"]]})
    _replaced(
        path,
        "xl/worksheets/sheet1.xml",
        "</sheetData>",
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData>",
    )
    report, _ = run(path)
    assert "out to row 1,048,576 and column 16,384" in (report.files[0].refused or "")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "bomb.xlsx", {"S": [["id", "title"], ["p1", "One"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<sst>" + b" " * 3_000_000)
    report, _ = run(path, limits=Limits(free=1_000_000))
    assert "zip bomb" in (report.files[0].refused or "")


def test_a_broken_sheet_is_said_with_what_to_do(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "broken.xlsx", {"S": [["id", "title"], ["p1", "One"]]})
    _replaced(path, "xl/worksheets/sheet1.xml", "</sheetData>", "</sheet")
    report, _ = run(path)
    assert "save it as CSV UTF-8" in (report.files[0].refused or "")


def _replaced(path: Path, part: str, old: str, new: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text.replace(old, new) if name == part else text)


@given(st.lists(st.one_of(
    st.floats(min_value=-1e12, max_value=1e12, allow_subnormal=False).map(lambda x: float(format(x, ".12g"))),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.booleans()), min_size=1, max_size=20))  # fmt: skip
def test_a_typed_cell_says_as_text_what_it_is(cells: list[Cell]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook(Path(folder) / "t.xlsx", {"S": [["a", "b"], *([cell, "x"] for cell in cells)]})
        read = [row.data["a"] for row in sheet_rows(path, sheet_of(path, Limits()))]
    for cell, text in zip(cells, read, strict=True):
        if isinstance(cell, bool):
            assert text == str(cell).lower()
        elif isinstance(cell, datetime):
            assert datetime.fromisoformat(text) == cell
        elif isinstance(cell, date):
            assert date.fromisoformat(text) == cell
        elif isinstance(cell, float):
            assert float(text) == cell


def test_a_number_of_excel_parts_no_thousands_whatever_the_currency(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["id", "title", "price"], ["p1", "Saffron", 1.299], ["p2", "Pepper", 2.125]]
    _, stores = run(write_workbook(tmp_path / "p.xlsx", {"S": rows}), currency="EUR")
    prices = [product.price for product in stores.catalogue.scan()]
    assert sorted(price.minor for price in prices if price) == [130, 213]

"""Dates that name no zone are the shop's own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest_world import SAMPLES, counted, run, write
from workbook import Cell, write_workbook

from daogou.domain.ids import OrderId, ProductId, ShopperId
from daogou.domain.zones import zone_of
from daogou.ingest.local_dates import LocalDates
from daogou.ingest.records.fields import instant

PRODUCT = '{"id":"p1","title":"One"}\n'
BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def reviews(folder: Path, *dates: object) -> Path:
    lines = "".join(
        msgspec.json.encode({"id": f"r{n}", "product": "p1", "rating": 5, "at": date}).decode() + "\n"
        for n, date in enumerate(dates)
    )
    return write(folder, "reviews.jsonl", PRODUCT + lines)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-03-01 10:15", "2026-03-01T02:15:00Z"),
        ("2026-03-01", "2026-02-28T16:00:00Z"),
        ("1 Mar 2026 10:15", "2026-03-01T02:15:00Z"),
        ("2026年3月1日 10时15分", "2026-03-01T02:15:00Z"),
        ("20260301", "2026-02-28T16:00:00Z"),
        ("2026-03-01 10:15 UTC", "2026-03-01T10:15:00Z"),
        ("1 Mar 2026 10:15 GMT", "2026-03-01T10:15:00Z"),
        ("2026-03-01T10:15:00+01:00", "2026-03-01T09:15:00Z"),
        ("1772360100", "2026-03-01T10:15:00Z"),
        (1772360100000, "2026-03-01T10:15:00Z"),
    ],
)
def test_only_what_names_no_zone_is_of_the_shops(tmp_path: Path, said: object, meant: str) -> None:
    report, stores = run(reviews(tmp_path, said), zone=SHANGHAI)
    assert counted(report)["review"] == (1, 1, 0, 0)
    (review,) = stores.reviews.of(ProductId("p1"), limit=2)
    assert review.at == instant(meant, "at")


def test_the_report_says_how_dates_without_a_zone_were_read(tmp_path: Path) -> None:
    file = reviews(tmp_path, "2026-03-01 10:15", "2026-03-02T10:15:00Z")
    in_utc, _ = run(file)
    assert [note for note in in_utc.notes if "zone" in note] == [
        "dates without a zone were read as UTC (reviews.jsonl): where they are the shop's own time, say it as"
        " [shop] timezone and import again"
    ]
    at_home, _ = run(file, zone=SHANGHAI)
    assert "dates without a zone were read as Asia/Shanghai (reviews.jsonl)" in at_home.notes
    sure, _ = run(reviews(tmp_path, "2026-03-02T10:15:00Z", 1772360100000), zone=SHANGHAI)
    assert not [note for note in sure.notes if "zone" in note]


def test_an_hour_that_never_was_is_moved_on_and_listed_as_a_repair(tmp_path: Path) -> None:
    report, stores = run(reviews(tmp_path, "2026-03-29 02:30", "2026-03-29 03:30"), zone=BERLIN)
    assert counted(report)["review"] == (2, 1, 1, 0)
    (repair,) = report.repairs
    assert (repair.rule, repair.field) == ("clock-change", "at")
    assert repair.did.endswith("where clocks were put forward: read as 2026-03-29 03:30:00")
    assert {review.at for review in stores.reviews.of(ProductId("p1"), limit=3)} == {instant("2026-03-29T01:30Z", "at")}


def test_of_an_hour_that_came_twice_the_first_is_taken(tmp_path: Path) -> None:
    report, stores = run(reviews(tmp_path, "2026-10-25 02:30"), zone=BERLIN)
    assert counted(report)["review"] == (1, 1, 0, 0)
    (review,) = stores.reviews.of(ProductId("p1"), limit=2)
    assert review.at == instant("2026-10-25T00:30Z", "at")  # still summer time


def test_parcels_and_cells_of_excel_are_dated_by_the_shops_clock_too(tmp_path: Path) -> None:
    parcel = '"shipments":[{"id":"s1","status":"delivered","delivered":"2026-03-05 09:00"}]'
    lines = '"lines":[{"product":"p1","quantity":1,"price":9}]'
    order = f'{{"id":"o1","shopper":"lin","at":"2026-03-01 10:15",{lines},{parcel}}}\n'
    names: list[Cell] = ["order number", "product", "quantity", "price", "customer", "date"]
    sheet: list[list[Cell]] = [names, ["o2", "p1", 1.0, 9.0, "lin", datetime(2026, 3, 1, 10, 15)]]
    book = write_workbook(tmp_path / "orders.xlsx", {"S": sheet})
    _, stores = run(write(tmp_path, "a.jsonl", PRODUCT + order), book, zone=SHANGHAI)
    first, second = stores.orders.get(OrderId("o1")), stores.orders.get(OrderId("o2"))
    assert first is not None
    assert second is not None
    assert first.at == second.at == instant("2026-03-01T02:15Z", "at")
    assert first.shipments[0].delivered == instant("2026-03-05T01:00Z", "delivered")


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    file = reviews(tmp_path, "2026-03-29 02:30", "2026-10-25 02:30")
    _, stores = run(file, zone=BERLIN)
    again, _ = run(file, zone=BERLIN, stores=stores)
    assert again.totals["review"].unchanged + again.totals["review"].repaired == 2
    assert len(list(stores.reviews.of(ProductId("p1"), limit=9))) == 2


@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_a_clock_there_shows_what_the_file_says_unless_it_was_skipped(bare: datetime, name: str) -> None:
    zone = zone_of(name)
    record, fixes = LocalDates(zone).read({"at": bare.isoformat(sep=" ")}, Path("f"))
    shown = record["at"].astimezone(zone).replace(tzinfo=None)
    assert record["at"].tzinfo is UTC
    assert (shown != bare) == bool(fixes)
    assert shown >= bare


def test_a_name_that_is_no_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="IANA name such as"):
        zone_of("Mars/Olympus")


def test_a_table_of_events_with_its_moments_as_text_is_of_the_shops_clock(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    row = "'view' AS type, 'p1' AS product, 'lin' AS shopper, '2026-03-01 10:15:00' AS at"
    duckdb.sql(f"COPY (SELECT {row}) TO '{path}'")
    _, stores = run(write(tmp_path, "a.jsonl", PRODUCT), path, zone=SHANGHAI)
    (entry,) = stores.events.of(session=None, shopper=ShopperId("lin"))
    assert entry.event.at == instant("2026-03-01T02:15Z", "at")


def test_snowplows_moments_are_utc_whether_they_say_so_or_not(tmp_path: Path) -> None:
    sample = (SAMPLES / "snowplow.jsonl").read_text("utf-8")
    bare = re.sub(r'("\w+_tstamp": ?"[^"]*?)Z"', r'\1"', sample)
    assert bare != sample
    moments = []
    for name, text in (("said", sample), ("bare", bare)):
        _, stores = run(write(tmp_path, f"{name}.jsonl", text), zone=SHANGHAI, create_missing_products=True)
        moments.append([entry.event.at for entry in stores.events.since(0)])
    assert moments[0]
    assert moments[0] == moments[1]

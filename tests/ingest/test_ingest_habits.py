"""Amounts and dates that can be read in two ways: the file decides, and the report says how and why."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest_world import run, write

from daogou.domain.ids import ProductId
from daogou.domain.money import Money
from daogou.ingest.records.dates import TwoWays, date_of
from daogou.ingest.report import ImportReport
from daogou.ports.stores import Stores


def _prices(tmp_path: Path, *cells: str, **options: str) -> tuple[ImportReport, list[int]]:
    rows = "".join(f"{n};Thing;{cell}\n" for n, cell in enumerate(cells))
    report, stores = run(write(tmp_path, "p.csv", "id;title;price\n" + rows), **options)
    return report, [product.price.minor for product in stores.catalogue.scan() if product.price]


@pytest.mark.parametrize(
    ("cells", "currency", "minor", "said"),
    [
        (("1.299", "49,90"), "EUR", [129900, 4990], "'49,90'"),
        (("1.299", "49.90"), "EUR", [130, 4990], "'49.90'"),
        (("12.500", "1.249.000"), "COP", [1250000, 124900000], "'1.249.000'"),
        (("12.500", "500"), "COP", [1250000, 50000], "--decimal point"),
        (("1.299", "5"), "USD", [130, 500], "--decimal comma"),
        (("1,299", "49.90"), "USD", [129900, 4990], "'49.90'"),
        (("1.299 EUR", "5"), "USD", [129900, 500], "--decimal point"),
        (("12.500", "9"), "CLP", [12500, 9], "--decimal point"),
    ],
)
def test_a_point_before_three_figures(
    cells: tuple[str, ...], currency: str, minor: list[int], said: str, tmp_path: Path
) -> None:
    report, prices = _prices(tmp_path, *cells, currency=currency)
    assert prices == minor
    assert [said in note for note in report.notes] == [True]


def test_the_caller_is_not_contradicted(tmp_path: Path) -> None:
    assert _prices(tmp_path, "1.299", "49,90", currency="EUR", decimal="point")[1] == [130, 4990]
    assert _prices(tmp_path, "1.299", "5", currency="USD", decimal="comma")[1] == [129900, 500]


def test_amounts_that_are_plain_are_not_spoken_of(tmp_path: Path) -> None:
    report, prices = _prices(tmp_path, "1299.00", "49.90", "1,299.00", currency="EUR")
    assert (prices, report.notes) == ([129900, 4990, 129900], [])


@given(st.lists(st.integers(1, 9_999_999), min_size=1, max_size=20), st.sampled_from([",", "."]))
def test_amounts_written_with_two_decimals_are_read_as_written(minors: list[int], mark: str) -> None:
    from daogou.ingest.reading.habits import habits_of
    from daogou.ingest.reading.rows import Row
    from daogou.ingest.records.fields import money

    other = "." if mark == "," else ","
    cells = [f"{minor / 100:,.2f}".translate({44: other, 46: mark}) for minor in minors]
    rows = [Row(n, {"price": cell}) for n, cell in enumerate(cells)]
    habits = habits_of(rows, "p.csv", currency="EUR")
    assert [money(habits.put_right(row.data), "price", "EUR") for row in rows] == [Money(m, "EUR") for m in minors]


@pytest.mark.parametrize(
    "text",
    ["2026-03-14 09:30", "14.03.2026 9:30", "14.3.2026, 09:30", "2026/3/14 9:30", "2026年3月14日 9:30",
     "2026年3月14日9时30分", "3/14/2026 9:30 AM", "14/03/2026 09:30", "14 Mar 2026 09:30", "March 14, 2026 9:30 am",
     "Sat, 14 Mar 2026 09:30:00 GMT", "2026-03-14 10:30:00 +0100", "2026-3-14 9:30:00 UTC"],
)  # fmt: skip
def test_dates_in_many_spellings(text: str) -> None:
    found = date_of(text)
    assert (found if found.tzinfo else found.replace(tzinfo=UTC)) == datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
    assert (found.tzinfo is None) == (not re.search("Z|UTC|GMT|[+]", text))


@pytest.mark.parametrize("text", ["14.14.2026", "yesterday", "2026-13-01", "1 Foo 2026", "99/99/2026", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of them does not matter
        date_of(text)


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9998, 12, 31)))
def test_any_moment_survives_a_german_and_a_chinese_clerk(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for pattern in ("{0.day}.{0.month}.{0.year:04} {0:%H:%M:%S}", "{0.year:04}年{0.month}月{0.day}日 {0:%H:%M:%S}"):
        assert date_of(pattern.format(moment)) == moment


def test_a_date_of_two_ways_is_none() -> None:
    with pytest.raises(TwoWays):
        date_of("03/04/2026")
    assert date_of("04/04/2026").month == 4


def _released(tmp_path: Path, *dates: str, **options: str) -> tuple[ImportReport, Stores]:
    rows = "".join(f"{n},Thing,{date}\n" for n, date in enumerate(dates))
    return run(write(tmp_path, "d.csv", "id,title,released\n" + rows), **options)


def _day(stores: Stores, id: str) -> str:
    moment = stores.catalogue.get([ProductId(id)])[ProductId(id)].released
    assert moment is not None
    return f"{datetime.fromtimestamp(moment / 1000, UTC):%m-%d}"


def test_one_date_decides_for_the_others_of_its_file(tmp_path: Path) -> None:
    report, stores = _released(tmp_path, "03/04/2026", "25/04/2026")
    assert _day(stores, "0") == "04-03"
    assert "'03/04/2026' was read day-first" in report.notes[0]
    _, stores = _released(tmp_path, "03/04/2026", "04/25/2026")
    assert _day(stores, "0") == "03-04"


def test_a_file_that_does_not_say_is_asked_about(tmp_path: Path) -> None:
    report, _ = _released(tmp_path, "03/04/2026", "05/04/2026")
    assert [(r.line, "--dates day-first" in r.reason) for r in report.refusals] == [(2, True), (3, True)]
    _, stores = _released(tmp_path, "03/04/2026", dates="month-first")
    assert _day(stores, "0") == "03-04"

"""Events that come in columns end exactly as the same events record by record."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.adapters.addresses import open_stores
from daogou.domain.event import EVENT_TYPES, Event
from daogou.domain.ids import Instant
from daogou.ingest.options import ImportOptions
from daogou.ingest.report import ImportReport
from daogou.ingest.run import import_paths
from daogou.ports.stores import Stores

NOW = Instant(1_767_225_600_000)
PRODUCTS = [
    {"id": "p1", "title": "Shoe", "variants": [{"id": "p1-red", "title": "red"}]},
    {"id": "p2", "title": "Sock"},
]
COLUMNS = {
    "type": "VARCHAR", "at": "BIGINT", "id": "VARCHAR", "shopper": "VARCHAR", "session": "VARCHAR",
    "product": "VARCHAR", "quantity": "BIGINT", "price": "DOUBLE", "currency": "VARCHAR", "value": "DOUBLE",
    "query": "VARCHAR", "position": "BIGINT", "propensity": "DOUBLE", "order": "VARCHAR",
}  # fmt: skip
_some = st.none() | st.sampled_from(["a", "b"])
ROWS = st.fixed_dictionaries({
    "type": st.sampled_from([*EVENT_TYPES, "purchase", "purchase", "buy"]),
    "at": st.sampled_from([NOW, NOW - 5, NOW - 5, NOW // 1000, NOW + 10**9, -1]),
    "id": st.none() | st.sampled_from(["e1", "e2", "e\0"]),
    "shopper": st.sampled_from(["s1", "s2", " ", None]),
    "session": _some,
    "product": st.sampled_from(["p1", "p1", "p2", "p1-red", "unknown", None]),
    "quantity": st.sampled_from([1, 2, 0, None]),
    "price": st.sampled_from([9.99, 0.0, None, -1.0, 3.999]),
    "currency": st.sampled_from(["USD", "USD", None, "CNY", "usd", "dollars"]),
    "value": st.sampled_from([None, None, 4.0, 9.0]),
    "query": st.sampled_from([None, "", "红鞋"]),
    "position": st.sampled_from([None, 0, -1]),
    "propensity": st.sampled_from([None, 0.5, 1.5]),
    "order": _some,
})  # fmt: skip


def imported(folder: Path, name: str) -> tuple[list[Event], ImportReport, Stores]:
    stores = open_stores(f"sqlite:///{folder / name}.db")
    report = import_paths([folder / "products.jsonl", folder / name], stores, options=ImportOptions(now=NOW))
    return [found.event for found in stores.events.since(0)], report, stores


def written(folder: Path, rows: list[dict[str, Any]]) -> None:
    """The rows as Parquet and as JSON lines, and the catalogue beside them."""
    (folder / "products.jsonl").write_text("".join(json.dumps(product) + "\n" for product in PRODUCTS))
    (folder / "events.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with duckdb.connect() as connection:
        names = ", ".join(f'"{name}" {type}' for name, type in COLUMNS.items())
        connection.execute(f"CREATE TABLE events ({names})")
        marks = ", ".join("?" * len(COLUMNS))
        for row in rows:
            connection.execute(f"INSERT INTO events VALUES ({marks})", [row[name] for name in COLUMNS])
        connection.execute(f"COPY events TO '{folder / 'events.parquet'}' (FORMAT parquet)")


@settings(max_examples=30, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=12))
def test_columns_end_as_records_do(rows: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as name:
        written(Path(name), rows)
        by_record, said, one = imported(Path(name), "events.jsonl")
        by_column, said_too, other = imported(Path(name), "events.parquet")
        one.close()
        other.close()
    assert sorted(by_column, key=repr) == sorted(by_record, key=repr)
    assert said.files[1].counts == said_too.files[1].counts
    listed = [[(reject.line, reject.field, reject.reason, reject.rule) for reject in report.refusals]
              for report in (said, said_too)]  # fmt: skip
    assert listed[0] == listed[1]
    repairs = [[(repair.line, repair.field, repair.did) for repair in report.repairs] for report in (said, said_too)]
    assert repairs[0] == repairs[1]


PLAIN = {
    "type": "purchase", "at": NOW, "id": None, "shopper": "s1", "session": None, "product": "p1", "quantity": 1,
    "price": 9.99, "currency": "USD", "value": None, "query": None, "position": None, "propensity": None, "order": "a",
}  # fmt: skip


def test_log_keeps_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [PLAIN | {"shopper": f"s{n}", "currency": "CNY" if n % 3 == 1 else "USD"} for n in range(9)]
    written(tmp_path, rows)
    events, _, _ = imported(tmp_path, "events.parquet")
    assert [event.shopper for event in events] == [f"s{n}" for n in range(9)]


def test_importing_columns_again_changes_nothing(tmp_path: Path) -> None:
    written(tmp_path, [PLAIN, PLAIN | {"id": "e1"}, PLAIN | {"id": "e1", "quantity": 2}])
    before, first, stores = imported(tmp_path, "events.parquet")
    stores.close()
    after, again, _ = imported(tmp_path, "events.parquet")
    assert after == before
    assert len(before) == 2
    (count,), (other,) = first.files[1].counts, again.files[1].counts
    assert (count.read, count.accepted, count.rejected) == (3, 2, 1)
    assert (other.read, other.accepted, other.unchanged, other.rejected) == (3, 0, 2, 1)

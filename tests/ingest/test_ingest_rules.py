"""Each rule of the table does what it says, and what an import reports adds up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_world import counted, run, write

from daogou.domain.ids import ShopperId
from daogou.ingest.rules import RULES

PRODUCT = '{"id":"p1","title":"Shoe","variants":[{"id":"v1"}]}\n'
VIEW = '{"type":"view","shopper":"u","product":"%s","at":"%s"}\n'

REJECTS = [
    ("unreadable", "{oops\n"),
    ("unknown-kind", '{"colour":"red"}\n'),
    ("missing-field", '{"type":"view","at":1767225600,"product":"p1"}\n'),
    ("bad-value", VIEW % ("p1", "yesterday")),
    ("out-of-range", '{"product":"p1","rating":11,"text":"x","at":1767225600}\n'),
    ("negative-price", '{"id":"p2","title":"Hat","price":-1}\n'),
    ("future", VIEW % ("p1", "2027-01-03T00:00:00Z")),
    ("unknown-product", VIEW % ("nothing", "2026-01-01T00:00:00Z")),
    ("unknown-order", '{"id":"s1","order":"o9","status":"delivered"}\n'),
    ("conflict", '{"id":"p1","title":"Another"}\n'),
]


@pytest.mark.parametrize(("rule", "line"), REJECTS, ids=[rule for rule, _ in REJECTS])
def test_a_rejected_line_is_kept_with_its_reason(rule: str, line: str, tmp_path: Path) -> None:
    rejects = tmp_path / "out" / "rejects.jsonl"
    report, _ = run(write(tmp_path, "x.jsonl", PRODUCT + line), rejects=rejects)
    (kept,) = [json.loads(row) for row in rejects.read_text().splitlines()]
    assert (kept["rule"], kept["line"], Path(kept["file"]).name) == (rule, 2, "x.jsonl")
    assert RULES[rule].action == "reject"
    assert report.rejects == rejects


def test_a_variant_named_as_product_is_put_right(tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "x.jsonl", PRODUCT + VIEW % ("v1", "2026-01-01")))
    event = stores.events.since(0)[0].event
    assert (event.product, event.variant) == ("p1", "v1")
    assert [repair.rule for repair in report.repairs] == ["variant-named"]


def test_stock_and_list_price_are_put_right(tmp_path: Path) -> None:
    line = '{"id":"a","title":"A","price":10,"list_price":8,"stock":-4}\n'
    report, stores = run(write(tmp_path, "x.jsonl", line))
    (product,) = stores.catalogue.scan()
    assert (product.list_price, product.stock) == (None, 0)
    assert {repair.rule for repair in report.repairs} == {"list-price", "negative-stock"}
    assert counted(report) == {"product": (1, 0, 1, 0)}


def test_what_was_repaired_in_many_variants_is_one_sort_of_line(tmp_path: Path) -> None:
    variants = [{"id": f"v.{n}", "stock": -n} for n in range(4)]
    report, _ = run(write(tmp_path, "x.jsonl", json.dumps({"id": "a", "title": "A", "variants": variants})))
    assert [(alike.field, alike.n) for alike in report.repaired] == [("variants.v.1.stock", 3), ("stock", 1)]


def test_purchases_that_only_orders_tell_are_events_once(tmp_path: Path) -> None:
    def order(id: str, day: int, status: str = "paid", **line: object) -> str:
        lines = [{"product": "p1", "price": 5} | line]
        at = f"2025-12-{day:02}T23:59:00Z"
        return json.dumps({"id": id, "shopper": "u", "at": at, "status": status, "lines": lines}) + "\n"

    told = '{"type":"purchase","shopper":"u","product":"p1","at":"2025-12-11T00:01:00Z"}\n'
    lines = [
        order("o1", 1), order("o2", 4, "cancelled"), order("o3", 5, "refunded"), order("o4", 6, "pending"),
        order("o5", 7, quantity=2, returned=2), order("o6", 8, quantity=2, returned=1), order("o7", 10),
    ]  # fmt: skip
    files = write(tmp_path, "x.jsonl", PRODUCT + "".join(lines) + told)
    report, stores = run(files)
    bought = [each.event for each in stores.events.of(shopper=ShopperId("u"))]
    assert [(event.type, event.order, event.quantity) for event in bought] == [
        ("purchase", "o1", 1), ("purchase", "o6", 2), ("purchase", None, 1),
    ]  # fmt: skip
    assert report.notes[:1] == ["orders: 2 purchases that no event tells were put in the event log"]
    again, _ = run(files, stores=stores)
    assert not [note for note in again.notes if note.startswith("orders")]
    assert stores.events.counts() == {"purchase": 3}


def test_missing_products_are_created_on_request(tmp_path: Path) -> None:
    events = write(tmp_path, "e.jsonl", VIEW % ("new", "2026-01-01") * 2)
    report, stores = run(events, create_missing_products=True)
    assert [product.title.en for product in stores.catalogue.scan()] == ["new"]
    assert counted(report) == {"event": (2, 1, 0, 0), "product": (1, 0, 1, 0)}


def test_a_query_without_anyone_gets_a_session(tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "q.jsonl", '{"id":"q1","text":"red shoe"}\n'))
    assert stores.events.since(0)[0].event.query == "red shoe"
    assert {repair.rule for repair in report.repairs} == {"undated", "anonymous"}


def test_a_near_miss_is_suggested(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "x.jsonl", '{"id":"a","title":"A","prise":3}\n'))
    assert report.notes[0] == "unknown-field: x.jsonl: unknown field 'prise'; did you mean 'price'? (1 records)"


def test_a_price_far_from_its_category_is_reported(tmp_path: Path) -> None:
    lines = [{"id": f"p{n}", "title": "T", "category": ["A"], "price": 10 if n else 5000} for n in range(9)]
    report, _ = run(write(tmp_path, "x.jsonl", "\n".join(map(json.dumps, lines))))
    assert report.notes == ["price-outlier: product 'p0' costs 500 times the median of 'a' (USD)"]


def test_an_event_may_stand_before_its_product(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "x.jsonl", VIEW % ("p1", "2026-01-01") + PRODUCT))
    assert counted(report)["event"] == (1, 1, 0, 0)


def test_catalogue_files_are_read_first(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", VIEW % ("p1", "2026-01-01"))
    write(tmp_path, "z.jsonl", PRODUCT)
    report, _ = run(tmp_path)
    assert report.clean


JUNK = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([PRODUCT.encode(), (VIEW % ("p1", "2026-01-01")).encode(), b'{"id":"p1"}\n', b"a,b\n", b"\xff\n"]),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(JUNK, max_size=8).map(b"".join), st.sampled_from(["x.jsonl", "x.csv", "x.json", "x.xml"]))
def test_counts_add_up_for_any_bytes(tmp_path: Path, data: bytes, name: str) -> None:
    run(write(tmp_path, name, data))


def test_html_is_turned_into_words(tmp_path: Path) -> None:
    line = '{"id":"a","title":"<b>Tea</b> &amp; cups < 5","description":"<p>Fine</p><p>mild</p>"}\n'
    report, stores = run(write(tmp_path, "x.jsonl", line + '{"id":"b","title":"Size <L> & more"}\n'))
    first, second = sorted(stores.catalogue.scan(), key=lambda product: product.id)
    assert (first.title.en, first.description.en) == ("Tea & cups < 5", "Fine\nmild")
    assert second.title.en == "Size <L> & more"
    assert [repair.field for repair in report.repairs] == ["title", "description"]


@pytest.mark.parametrize("title", ["Müller Löffel", "Größe", "café crème"])
def test_a_western_file_is_no_chinese_one(title: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(f"id,title\n1,{title}\n2,naïve Möbel\n".encode("cp1252"))
    report, stores = run(path, kind="product")
    assert {product.title.en for product in stores.catalogue.scan()} == {title, "naïve Möbel"}
    assert report.notes[0] == "x.csv was read as windows-1252"
    path.write_bytes("id,title\n1,毛巾与a杯子\n".encode("gb18030"))
    report, stores = run(path, kind="product")
    assert [product.title.zh for product in stores.catalogue.scan()] == ["毛巾与a杯子"]


def test_lines_are_told_by_their_sort_however_many_they_are(tmp_path: Path) -> None:
    rows = "".join(f"{n},Hat,{'dear' if n % 3 else '9'},-1\n" for n in range(120))
    report, _ = run(write(tmp_path, "p.csv", "id,title,price,stock\n" + rows), listed=5)
    assert [(a.rule, a.field, a.line, a.n) for a in report.rejected] == [("bad-value", "price", 3, 80)]
    assert [(a.rule, a.field, a.line, a.n) for a in report.repaired] == [("negative-stock", "stock", 2, 40)]
    assert len(report.refusals) == len(report.repairs) == 5


def test_products_without_a_price_are_counted(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "p.csv", "id,title,price,hidden\n1,Hat,9,\n2,Scarf,,\n3,Old,,true\n"))
    assert report.notes == ["no-price: 1 of 3 products have no price, such as '2'"]

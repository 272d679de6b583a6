"""One shopper has one name: orders by e-mail, events by the store's id, and a purchase by its order."""

from __future__ import annotations

import json
from pathlib import Path

from ingest_world import SAMPLES, counted, run, write

from daogou.domain.ids import OrderId, ProductId, ShopperId
from daogou.ingest.formats.values import pseudonym

CATALOGUE = "id,title\np1,One\n"
ORDERS = (
    "Name,Email,Financial Status,Currency,Total,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku\n"
    "#1001,Lin@Example.com,paid,USD,9,2026-03-01 10:00:00 +0000,1,One,9,p1\n"
)
CUSTOMERS = (
    "Customer ID,First Name,Last Name,Email,Default Address City,Phone,Total Spent,Total Orders,Tags\n"
    "'7812,Lin,Li,lin@example.com,Bern,,9,1,vip\n"
    "'7813,Emma,Roe,,,,0,0,\n"
)


def ga4(folder: Path, *rows: dict[str, object]) -> Path:
    """Views of one product, each with what the row says besides."""
    common = {"event_name": "view_item", "event_timestamp": 1772359200000000, "user_pseudo_id": "1.2"}
    lines = [json.dumps(common | {"items": [{"item_id": "p1"}]} | row) for row in rows]
    return write(folder, "ga4.jsonl", "\n".join(lines))


def test_the_export_of_customers_joins_orders_to_events(tmp_path: Path) -> None:
    report, stores = run(
        write(tmp_path, "products.csv", CATALOGUE), write(tmp_path, "orders_export.csv", ORDERS),
        write(tmp_path, "customers_export.csv", CUSTOMERS), ga4(tmp_path, {"user_id": "7812"}),
    )  # fmt: skip
    order = stores.orders.get(OrderId("#1001"))
    assert order is not None
    assert order.shopper == "7812"
    events = [each.event for each in stores.events.of(session=None, shopper=ShopperId("7812"))]
    assert [(event.type, event.order) for event in events] == [("view", None), ("purchase", "#1001")]
    assert "1 records were joined to customers by e-mail" in report.notes
    assert not [note for note in report.notes if "in common" in note]
    lin = stores.shoppers.get(ShopperId("7812"))
    assert lin is not None
    assert (lin.name, lin.labels) == ("", {})  # neither name nor address is kept
    assert stores.shoppers.count() == 2


def test_an_address_as_an_id_of_events_is_the_same_digest_as_in_orders(tmp_path: Path) -> None:
    report, stores = run(
        write(tmp_path, "products.csv", CATALOGUE), write(tmp_path, "orders_export.csv", ORDERS),
        ga4(tmp_path, {"user_id": "lin@example.com"}),
    )  # fmt: skip
    who = ShopperId(pseudonym("lin@example.com"))
    assert [order.id for order in stores.orders.of(who)] == ["#1001"]
    assert [each.event.type for each in stores.events.of(session=None, shopper=who)] == ["view", "purchase"]
    assert not [note for note in report.notes if "in common" in note]


def test_a_purchase_without_a_shopper_is_of_who_ordered(tmp_path: Path) -> None:
    bought = {"event_name": "purchase", "event_params": [{"key": "transaction_id", "value": {"string_value": "1001"}}]}
    report, stores = run(
        write(tmp_path, "products.csv", CATALOGUE), write(tmp_path, "orders_export.csv", ORDERS), ga4(tmp_path, bought)
    )
    assert counted(report)["event"] == (1, 0, 1, 0)
    assert [(r.rule, r.did) for r in report.repairs] == [("order-shopper", "is who ordered '#1001'")]
    who = ShopperId(pseudonym("lin@example.com"))
    assert [entry.event.type for entry in stores.events.of(session=None, shopper=who)] == ["purchase"]


def test_files_without_a_shopper_in_common_are_named_with_what_to_do(tmp_path: Path) -> None:
    report, _ = run(
        write(tmp_path, "products.csv", CATALOGUE), write(tmp_path, "orders_export.csv", ORDERS),
        ga4(tmp_path, {"user_id": "7812"}),
    )  # fmt: skip
    (note,) = [note for note in report.notes if "in common" in note]
    assert note.startswith("orders_export.csv and ga4.jsonl have no shopper in common: orders know them as 'p-")
    assert "events as '7812'" in note
    assert "import the export of customers" in note


def test_events_that_name_nobody_are_said_to_join_no_order(tmp_path: Path) -> None:
    catalogue, orders = write(tmp_path, "products.csv", CATALOGUE), write(tmp_path, "orders_export.csv", ORDERS)
    report, stores = run(catalogue, orders, ga4(tmp_path, {}))
    assert "ga4.jsonl: no event names a shopper" in "".join(report.notes)
    assert len(list(stores.catalogue.get([ProductId("p1")]))) == 1
    alone, _ = run(catalogue, ga4(tmp_path, {}))
    assert "no event names a shopper" not in "".join(alone.notes)


def test_a_customer_without_an_id_is_rejected(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "customers_export.csv", CUSTOMERS.replace("'7812", "")))
    assert counted(report)["shopper"] == (2, 1, 0, 1)
    assert report.refusals[0].field == "id"


def test_segment_and_snowplow_keep_no_address_either(tmp_path: Path) -> None:
    view = {"event": "Product Viewed", "userId": "Lin@Example.com", "timestamp": "2026-03-02T09:00:00Z"}
    file = write(tmp_path, "segment.jsonl", json.dumps(view | {"properties": {"product_id": "p1"}}))
    sample = (SAMPLES / "snowplow.jsonl").read_text("utf-8")
    rows = [json.loads(line) | {"user_id": "lin@example.com"} for line in sample.splitlines()]
    snowplow = write(tmp_path, "snowplow.jsonl", "\n".join(map(json.dumps, rows)))
    _, stores = run(write(tmp_path, "products.csv", CATALOGUE), file, snowplow, create_missing_products=True)
    assert {entry.event.shopper for entry in stores.events.since(0)} == {pseudonym("lin@example.com")}

"""Magento products, Shopify orders and Snowplow events; and products that records name by code or title."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from ingest_world import SAMPLES, counted, run, write

from daogou.domain.ids import OrderId, ProductId
from daogou.domain.money import Money
from daogou.domain.order import Order
from daogou.ingest.records.product import decode_product, encode_product
from daogou.ports.stores import Stores


def test_magento_gathers_the_rows_of_a_configurable_product() -> None:
    report, stores = run(SAMPLES / "magento.csv")
    assert counted(report)["product"] == (4, 1, 0, 0)
    hoodie = stores.catalogue.get([ProductId("MH01")])[ProductId("MH01")]
    assert [(v.id, v.price, v.list_price, v.stock) for v in hoodie.variants] == [
        ("MH01-S", Money(5200, "USD"), None, 10),
        ("MH01-M", Money(4500, "USD"), Money(5200, "USD"), 0),
    ]
    assert [step.en for step in hoodie.category] == ["Men", "Tops"]
    assert (hoodie.brand, hoodie.hidden, hoodie.description.en) == ("Luma", False, "Cozy")
    assert [value.en for value in hoodie.attributes["activity"]] == ["Gym", "Hiking"]
    assert hoodie.attributes["note"][0].en == "a, b"


CATALOGUE = (
    "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Status\n"
    "tee,Tee,Alta,Size,S,TEE-S,19.00,active\n"
    "tee,,,,M,TEE-M,19.00,\ncap,Cap,Alta,Title,Default Title,CAP-1,10.50,active\n"
)


def _order(stores: Stores, id: str) -> Order:
    found = stores.orders.get(OrderId(id))
    assert found is not None
    return found


def test_shopify_orders_find_their_products_by_code_and_by_title(tmp_path: Path) -> None:
    _, stores = run(write(tmp_path, "products.csv", CATALOGUE))
    report, _ = run(SAMPLES / "shopify_orders.csv", stores=stores)
    assert counted(report)["order"] == (7, 0, 4, 1)
    first = _order(stores, "#1001")
    assert [(line.product, line.variant, line.quantity) for line in first.lines] == [
        ("tee", "TEE-S", 1),
        ("cap", None, 2),
    ]
    assert (first.total, first.status) == (Money(4000, "USD"), "paid")
    assert [line.product for line in _order(stores, "#1002").lines] == ["cap"]
    assert _order(stores, "#1003").status == "cancelled"


def test_a_line_of_a_product_that_is_gone_costs_not_the_whole_order(tmp_path: Path) -> None:
    _, stores = run(write(tmp_path, "products.csv", CATALOGUE))
    report, _ = run(SAMPLES / "shopify_orders.csv", stores=stores)
    assert [line.product for line in _order(stores, "#1004").lines] == ["tee"]
    assert stores.orders.get(OrderId("#1005")) is None
    assert [(r.line, r.rule) for r in report.repairs if r.rule == "unknown-line"] == [(6, "unknown-line")]


def test_the_address_of_a_shopper_is_not_kept(tmp_path: Path) -> None:
    _, stores = run(write(tmp_path, "products.csv", CATALOGUE))
    run(SAMPLES / "shopify_orders.csv", stores=stores)
    who = [_order(stores, id).shopper for id in ("#1001", "#1002", "#1003")]
    assert who[0] == who[1] != who[2]
    assert not any("@" in shopper for shopper in who)


def test_a_sale_of_the_cheapest_variant_is_that_of_the_product(tmp_path: Path) -> None:
    text = (
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Compare At Price\n"
        "tee,Tee,Size,S,TEE-S,15.00,19.00\ntee,,,M,TEE-M,18.00,\n"
    )
    _, stores = run(write(tmp_path, "products.csv", text))
    tee = stores.catalogue.get([ProductId("tee")])[ProductId("tee")]
    assert (tee.price, tee.list_price) == (Money(1500, "USD"), Money(1900, "USD"))
    assert decode_product(encode_product(tee)) == tee
    assert decode_product(encode_product(replace(tee, list_price=None))).list_price is None


def test_a_title_that_two_products_have_names_neither(tmp_path: Path) -> None:
    _, stores = run(write(tmp_path, "p.csv", "id,title,price\n1,Cap,9\n2,Cap,9\n3,Hat,9\n"))
    text = "order id,customer id,order date,sku,qty,price\n1,c,2026-03-01,Cap,1,9\n2,c,2026-03-01,Hat,1,9\n"
    report, _ = run(write(tmp_path, "orders.csv", text), stores=stores)
    assert counted(report)["order"] == (2, 0, 1, 1)
    assert report.refusals[0].reason == "no product 'Cap' in the catalogue"


def test_snowplow_events(tmp_path: Path) -> None:
    _, stores = run(write(tmp_path, "p.csv", "id,title,price\np1,One,9\np2,Two,9\n"))
    report, _ = run(SAMPLES / "snowplow.jsonl", stores=stores)
    assert counted(report)["event"] == (4, 3, 0, 1)
    found = [recorded.event for recorded in stores.events.since(0)]
    assert [(e.type, e.product, e.shopper, e.session, e.quantity, e.order) for e in found] == [
        ("view", "p1", None, "s1", 1, None),
        ("purchase", "p1", "lin", "s1", 2, "t-1"),
        ("purchase", "p2", "lin", "s1", 1, "t-1"),
    ]


_REMOVALS: dict[str, dict[str, object]] = {
    "ga4": {"event_name": "remove_from_cart", "event_timestamp": 1772359200000000, "user_pseudo_id": "s1",
            "items": [{"item_id": "p1", "quantity": 2}]},
    "segment": {"type": "track", "event": "Product Removed", "messageId": "m", "anonymousId": "s1",
                "timestamp": "2026-03-01T10:00:00Z", "properties": {"product_id": "p1", "quantity": 2}},
    "snowplow": {"event_name": "snowplow_ecommerce_action", "collector_tstamp": "2026-03-01T10:00:00.000Z",
                 "event_id": "e", "domain_sessionid": "s1",
                 "unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1":
                     {"type": "remove_from_cart"},
                 "contexts_com_snowplowanalytics_snowplow_ecommerce_product_1": [{"id": "p1", "quantity": 2}]},
    "gorse": {"FeedbackType": "remove_from_cart", "UserId": "s1", "ItemId": "p1", "Timestamp": "2026-03-01T10:00:00Z"},
}  # fmt: skip


@pytest.mark.parametrize("format", _REMOVALS)
def test_what_was_taken_out_of_the_basket(format: str, tmp_path: Path) -> None:
    _, stores = run(write(tmp_path, "p.csv", "id,title,price\np1,One,9\n"))
    report, _ = run(write(tmp_path, "log.jsonl", json.dumps(_REMOVALS[format]) + "\n"), stores=stores)
    assert report.files[-1].format == f"{format} (jsonl)"
    (found,) = (recorded.event for recorded in stores.events.since(0))
    assert (found.type, found.product, found.quantity) == ("remove_from_cart", "p1", 1 if format == "gorse" else 2)


def _litemall(folder: Path, stars: Sequence[int]) -> Path:
    """A litemall shop with one product and a comment for each of the stars."""
    goods = {"id": 1, "goods_sn": "1", "name": "四件套", "counter_price": 99, "retail_price": 89, "is_on_sale": 1,
             "add_time": "2018-02-01 00:00:00", "deleted": 0}  # fmt: skip
    comments = [
        {"id": n, "value_id": 1, "type": 0, "content": f"料子很舒服 {n}", "star": star, "user_id": n,
         "add_time": "2018-02-01 00:00:00", "deleted": 0}
        for n, star in enumerate(stars)
    ]  # fmt: skip
    write(folder, "litemall_goods.jsonl", json.dumps(goods))
    write(folder, "litemall_comment.jsonl", "".join(json.dumps(comment) + "\n" for comment in comments))
    return folder


def _rated(stores: Stores) -> list[float | None]:
    return sorted((review.rating for review in stores.reviews.of(ProductId("1"), limit=99)), key=str)


def test_stars_that_litemalls_column_holds_by_itself_are_no_ratings(tmp_path: Path) -> None:
    report, stores = run(_litemall(tmp_path, [1] * 40 + [5]))
    assert _rated(stores) == [5.0] + [None] * 40
    assert (
        "litemall_comment.jsonl: 40 of 41 comments have 1 star, which litemall writes where nobody gave any"
        in "".join(report.notes)
    )


@pytest.mark.parametrize("stars", [[1] * 19, [1] * 30 + [5] * 10])
def test_few_or_mixed_stars_of_litemall_are_ratings(tmp_path: Path, stars: list[int]) -> None:
    report, stores = run(_litemall(tmp_path, stars))
    assert _rated(stores) == sorted((float(star) for star in stars), key=str)
    assert "nobody gave" not in "".join(report.notes)

"""Every format: its sample is recognised, its counts are right, and a second import changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_world import SAMPLES, counted, run, write

from daogou.domain.ids import ProductId, ShopperId
from daogou.domain.money import Money

CATALOGUE = '{"id":"p1","title":"One"}\n{"id":"p2","title":"Two"}\n'

CASES = [
    ("google.xml", "google-merchant", {"product": (2, 2, 0, 0)}),
    ("google.tsv", "google-merchant", {"product": (1, 1, 0, 0)}),
    ("google.jsonl", "google-merchant", {"product": (1, 1, 0, 0)}),
    ("openai_new.csv", "openai-feed", {"product": (1, 1, 0, 0)}),
    ("openai_old.csv", "openai-feed", {"product": (2, 1, 0, 1)}),
    ("openai_nested.jsonl", "acp-feed", {"product": (2, 1, 0, 0)}),
    ("shopify_old.csv", "shopify", {"product": (3, 1, 1, 0)}),
    ("shopify_new.csv", "shopify", {"product": (2, 1, 0, 0)}),
    ("woocommerce.csv", "woocommerce", {"product": (5, 2, 0, 1)}),
    ("medusa.csv", "medusa", {"product": (2, 1, 0, 0)}),
    ("saleor.csv", "saleor", {"product": (2, 1, 0, 0)}),
    ("ga4.jsonl", "ga4", {"event": (4, 3, 0, 1)}),
    ("segment.jsonl", "segment", {"event": (5, 4, 0, 1)}),
    ("metarank.jsonl", "metarank", {"product": (1, 1, 0, 0), "event": (2, 2, 0, 0)}),
    ("gorse_feedback.jsonl", "gorse", {"event": (2, 1, 1, 0)}),
    ("gorse_items.jsonl", "gorse", {"product": (1, 1, 0, 0)}),
    ("gorse_users.jsonl", "gorse", {"shopper": (1, 1, 0, 0)}),
    ("tiny.inter", "recbole", {"event": (2, 2, 0, 0), "product": (2, 0, 2, 0)}),
    ("tiny.item", "recbole", {"product": (1, 1, 0, 0)}),
    ("tiny.kg", "recbole", {"edge": (1, 0, 0, 1)}),
    ("amazon_reviews.jsonl", "amazon-2023-reviews", {"review": (1, 1, 0, 0), "product": (1, 0, 1, 0)}),
    ("amazon_items.jsonl", "amazon-2023-items", {"product": (1, 1, 0, 0)}),
    ("amazon_ratings.csv", "amazon-2023-ratings", {"event": (1, 1, 0, 0), "product": (1, 0, 1, 0)}),
    ("product_info.csv", "product-info", {"product": (1, 1, 0, 0)}),
    ("user_behavior.csv", "user-behaviour", {"event": (56, 0, 55, 1)}),
    ("user_query.csv", "user-query", {"event": (1, 0, 1, 0)}),
]


@pytest.mark.parametrize(("name", "format", "counts"), CASES, ids=[case[0] for case in CASES])
def test_a_sample_is_recognised_and_counted(name, format, counts, tmp_path: Path) -> None:
    _, stores = run(write(tmp_path, "catalogue.jsonl", CATALOGUE)) if "event" in counts else (None, None)
    report, stores = run(SAMPLES / name, stores=stores)
    assert report.files[0].format.partition(" ")[0] == format
    assert counted(report) == counts
    again, _ = run(SAMPLES / name, stores=stores)
    assert [(c.accepted, c.repaired) for c in again.totals.values()] == [(0, 0)] * len(again.totals)


def test_shopify_rows_become_variants() -> None:
    _, stores = run(SAMPLES / "shopify_old.csv")
    tee = stores.catalogue.get([ProductId("tee")])[ProductId("tee")]
    assert tee.description.en == "Soft & light"
    assert [(v.id, v.price, v.list_price, v.stock) for v in tee.variants] == [
        ("TEE-S", Money(1900, "USD"), Money(2500, "USD"), 3),
        ("TEE-M", Money(1900, "USD"), None, 0),
    ]
    mug = stores.catalogue.get([ProductId("mug")])[ProductId("mug")]
    assert (mug.hidden, mug.stock, mug.variants) == (True, 0, ())


def test_a_sale_price_becomes_the_price() -> None:
    _, stores = run(SAMPLES / "google.xml")
    shoe, other = stores.catalogue.scan()
    assert (shoe.price, shoe.list_price) == (Money(5999, "USD"), Money(7999, "USD"))
    assert [step.en for step in shoe.category] == ["Shoes", "Running"]
    assert other.stock == 0


def test_minor_units_of_the_nested_feed_stay_exact() -> None:
    _, stores = run(SAMPLES / "openai_nested.jsonl")
    (tee,) = stores.catalogue.scan()
    assert [v.price for v in tee.variants] == [Money(1999, "USD"), Money(2499, "USD")]


def test_medusa_prices_follow_the_wanted_currency() -> None:
    _, stores = run(SAMPLES / "medusa.csv", currency="EUR")
    (shirt,) = stores.catalogue.scan()
    assert shirt.price == Money(1000, "EUR")


def test_a_tutorial_count_becomes_that_many_events() -> None:
    report, stores = run(SAMPLES / "user_behavior.csv", SAMPLES / "product_info.csv")
    assert stores.events.counts() == {"view": 52, "click": 1, "purchase": 1, "search": 1}
    assert [(r.field, r.did) for r in report.repairs if r.rule == "capped"] == [("browse_count", "80 counted as 50")]
    assert [r.field for r in report.refusals] == ["click_count"]


def test_the_interaction_points_back_to_its_impression() -> None:
    _, stores = run(SAMPLES / "metarank.jsonl")
    shown, clicked = (r.event for r in stores.events.of(shopper=ShopperId("u1")))
    assert (shown.type, clicked.type, clicked.list, clicked.position) == ("impression", "click", shown.list, 0)


def test_a_mapping_names_foreign_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "artikel,bezeichnung\na1,Schuh\n")
    report, _ = run(path, mapping={"artikel": "id", "bezeichnung": "title"})
    assert counted(report) == {"product": (1, 1, 0, 0)}


def test_a_kind_can_be_forced(tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "x.jsonl", '{"id":"u1"}\n'), kind="shopper")
    assert counted(report) == {"shopper": (1, 1, 0, 0)}
    assert stores.shoppers.count() == 1


def test_rows_of_an_order_make_one_order(tmp_path: Path) -> None:
    catalogue = write(tmp_path, "c.jsonl", CATALOGUE)
    rows = "order,shopper,at,product,quantity,price\no1,u1,2026-01-01,p1,1,2.5\no1,u1,2026-01-01,p2,2,3\n"
    report, stores = run(write(tmp_path, "o.csv", rows), catalogue)
    (order,) = stores.orders.scan()
    assert [(line.product, line.quantity) for line in order.lines] == [("p1", 1), ("p2", 2)]
    assert counted(report)["order"] == (1, 1, 0, 0)

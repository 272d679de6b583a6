"""Real exports of shops are imported whole: the counts are the files' own."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from ingest_world import run

DATA = Path(os.environ.get("DAOGOU_DATA", Path(__file__).parents[3] / "shared" / "data"))
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not (DATA / "litemall").is_dir(), reason=f"no data sets in {DATA} (set DAOGOU_DATA)"),
]


def _lines(path: Path) -> int:
    with gzip.open(path, "rt") as file:
        return sum(1 for line in file if line.strip())


def test_litemall_loses_no_product() -> None:
    report, stores = run(DATA / "litemall")
    assert stores.catalogue.count() == _lines(DATA / "litemall/litemall_goods.jsonl.gz")
    joined = sum(len(product.variants) or (product.stock is not None) for product in stores.catalogue.scan())
    assert joined == _lines(DATA / "litemall/litemall_goods_product.jsonl.gz")
    assert stores.reviews.count() == 994  # the other ten are comments on topics
    assert (stores.promotions.count(), stores.articles.count()) == (4, 24)
    again, _ = run(DATA / "litemall", stores=stores)
    assert all(count.accepted == count.repaired == 0 for count in again.totals.values())
    assert report.totals["product"].rejected == 0
    ratings = [review.rating for p in stores.catalogue.scan() for review in stores.reviews.of(p.id, limit=1000)]
    assert [rating for rating in ratings if rating is not None] == [5.0]  # the only one that somebody gave


def test_dummyjson_loses_no_product_review_or_basket_line() -> None:
    _, stores = run(DATA / "shop-seed/dummyjson")
    products = json.loads(gzip.decompress((DATA / "shop-seed/dummyjson/products.json.gz").read_bytes()))
    carts = json.loads(gzip.decompress((DATA / "shop-seed/dummyjson/carts.json.gz").read_bytes()))
    assert stores.catalogue.count() == len(products)
    assert stores.reviews.count() == sum(len(product["reviews"]) for product in products)
    assert stores.events.counts() == {"cart": sum(len(cart["products"]) for cart in carts)}


def test_the_retail_demo_store_loses_no_product() -> None:
    _, stores = run(DATA / "shop-seed/retail-demo-store")
    assert stores.catalogue.count() == _lines(DATA / "shop-seed/retail-demo-store/products.jsonl.gz")


def test_saleor_loses_no_product() -> None:
    path = DATA / "shop-seed/saleor/populatedb_data.json.gz"
    rows = json.loads(gzip.decompress(path.read_bytes()))
    _, stores = run(path)
    assert stores.catalogue.count() == sum(row["model"] == "product.product" for row in rows)
    variants = sum(len(product.variants) for product in stores.catalogue.scan())
    assert variants == sum(row["model"] == "product.productvariant" for row in rows)

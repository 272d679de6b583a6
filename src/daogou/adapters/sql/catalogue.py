"""Products with their price history and the order of their changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator

import msgspec

from daogou.adapters.sql.database import Database, Row, select_in
from daogou.adapters.sql.names import numbers
from daogou.adapters.sql.products import Products
from daogou.adapters.sql.records import batches, encode
from daogou.domain.ids import Instant, ProductId
from daogou.domain.money import Money
from daogou.domain.product import PricePoint, Product

_BATCH = 2000

_PUT = (
    "INSERT INTO product (id, change, body) VALUES (?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET change=excluded.change, body=excluded.body"
)
_PUT_PRICE = (
    "INSERT INTO price_point (item, at, price, currency, list_price, list_currency) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (item, at) DO UPDATE SET price=excluded.price, currency=excluded.currency, "
    "list_price=excluded.list_price, list_currency=excluded.list_currency "
    "WHERE (price, currency) <> (excluded.price, excluded.currency) "
    "OR list_price IS DISTINCT FROM excluded.list_price OR list_currency IS DISTINCT FROM excluded.list_currency"
)


class SqlCatalogue:
    """`ports.stores.Catalogue`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._products = Products()

    def put(self, products: Iterable[Product], *, at: Instant) -> int:
        with self._database.writing() as connection:
            first = _newest_change(connection)
            change = first
            for batch in batches(products, _BATCH):
                change = _put(connection, batch, at=at, change=change)
            return change - first

    def change(self, id: ProductId, to: Callable[[Product], Product], *, at: Instant) -> int | None:
        with self._database.writing() as connection:
            before = connection.execute("SELECT body FROM product WHERE id = ?", (id,)).fetchone()
            if before is None:
                return None
            first = _newest_change(connection)
            return _put(connection, [to(self._products.read(before[0]))], at=at, change=first) - first

    def get(self, ids: Iterable[ProductId]) -> dict[ProductId, Product]:
        wanted = list(ids)
        with self._database.reading() as connection:
            found: dict[ProductId, str] = dict(
                select_in(connection, "SELECT id, body FROM product WHERE id IN ({})", wanted)
            )
        return {id: self._products.read(found[id]) for id in dict.fromkeys(wanted) if id in found}

    def scan(self) -> Iterator[Product]:
        for page in self._database.pages("SELECT row, body FROM product WHERE row > ? ORDER BY row LIMIT ?"):
            for _, body in page:
                yield self._products.read(body)

    def changes(self, after: int) -> tuple[int, list[ProductId]]:
        with self._database.reading() as connection:
            newest = _newest_change(connection)
            sql = "SELECT id FROM product WHERE change > ? AND change <= ? ORDER BY change"
            return newest, [id for (id,) in connection.execute(sql, (after, newest))]

    def put_prices(self, points: Iterable[PricePoint]) -> int:
        with self._database.writing() as connection:
            return sum(_put_prices(connection, batch) for batch in batches(points, _BATCH))

    def prices(self, product: ProductId) -> list[PricePoint]:
        sql = (
            "SELECT at, price, currency, list_price, list_currency FROM price_point "
            "WHERE item = (SELECT id FROM item WHERE name = ?) ORDER BY at"
        )
        return [_price_point(product, row) for row in self._database.rows(sql, (product,))]

    def count(self) -> int:
        return int(self._database.value("SELECT count(*) FROM product"))


def _newest_change(connection: sqlite3.Connection) -> int:
    (newest,) = connection.execute("SELECT max(change) FROM product").fetchone()
    return newest or 0


def _put(connection: sqlite3.Connection, products: list[Product], *, at: Instant, change: int) -> int:
    """Write those that differ from what is on record; returns the newest change number."""
    sql = "SELECT id, body FROM product WHERE id IN ({})"
    known: dict[str, str] = dict(select_in(connection, sql, (product.id for product in products)))
    rows: list[tuple[str, int, str]] = []
    points: list[PricePoint] = []
    for product in products:
        body, before = encode(product), known.get(product.id)
        if body == before:
            continue
        known[product.id] = body
        change += 1
        rows.append((product.id, change, body))
        if product.price and (before is None or _prices(msgspec.json.decode(before, type=Product)) != _prices(product)):
            points.append(PricePoint(product.id, at, product.price, product.list_price))
    connection.executemany(_PUT, rows)
    _put_prices(connection, points)
    return change


def _prices(product: Product) -> tuple[Money | None, Money | None]:
    return product.price, product.list_price


def _put_prices(connection: sqlite3.Connection, points: list[PricePoint]) -> int:
    items = numbers(connection, "item", (point.product for point in points))
    before = connection.total_changes
    connection.executemany(
        _PUT_PRICE,
        ((items[p.product], p.at, p.price.minor, p.price.currency, *_minor_and_currency(p.list_price)) for p in points),
    )
    return connection.total_changes - before


def _minor_and_currency(money: Money | None) -> tuple[int | None, str | None]:
    return (money.minor, money.currency) if money else (None, None)


def _price_point(product: ProductId, row: Row) -> PricePoint:
    at, price, currency, list_price, list_currency = row
    was = None if list_price is None else Money(list_price, list_currency)
    return PricePoint(product, Instant(at), Money(price, currency), was)

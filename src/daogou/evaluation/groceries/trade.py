"""What was sold and for how much: order lines, purchases and prices from the till.

The till keeps for each line `sales_value`, what the shop received; `retail_disc`, what the loyalty card took off;
`coupon_disc` and `coupon_match_disc`, what a maker's coupon and the shop's matching of it took off. With these

    price       = (sales_value + coupon_match_disc) / quantity                  what the shelf said to card holders
    list price  = (sales_value + retail_disc + coupon_match_disc) / quantity    what it said to others
    discount    = coupon_disc + coupon_match_disc                               off the line at the till

as the data set's guide has it, so price x quantity - discount is what the household paid. Lines of quantity 0 sold
nothing and are left out, and so are the 32 of products that the data set does not describe. Above
`MEASURED` the quantity is a measure (thousandths of a gallon of fuel), and the line counts as one thing at its whole
amount. Times are the till's local ones, filed as UTC.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

CURRENCY = "USD"
MEASURED = 100


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables the other steps read: `lines`, and `weekly` with each product's usual prices by week."""
    con.execute(f"""
        CREATE TEMP TABLE lines AS
        SELECT household_id AS household, basket_id AS basket, product_id AS product, week,
               epoch_ms(transaction_timestamp) AS "at",
               CASE WHEN quantity > {MEASURED} THEN 1 ELSE quantity END AS n,
               round((sales_value + coupon_match_disc) / n, 2) AS price,
               round((sales_value + retail_disc + coupon_match_disc) / n, 2) AS list_price,
               round(coupon_disc + coupon_match_disc, 2) AS discount
        FROM transactions SEMI JOIN products USING (product_id) WHERE quantity > 0
    """)  # noqa: S608 (a number of ours)
    con.execute("""
        CREATE TEMP TABLE weekly AS
        WITH counted AS (
            SELECT product, week, price, max(list_price) AS list_price, count(*) AS n
            FROM lines WHERE price > 0 GROUP BY product, week, price
        )
        SELECT product, week, arg_max(price, (n, price)) AS price, arg_max(list_price, (n, price)) AS list_price
        FROM counted GROUP BY product, week
    """)


def write_prices(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write the weeks in which a product's most frequent price was another than before."""
    _copy(con, path, f"""
        WITH moved AS (
            SELECT *, lag(price) OVER ordered AS was, lag(list_price) OVER ordered AS list_was
            FROM weekly WINDOW ordered AS (PARTITION BY product ORDER BY week)
        )
        SELECT product::VARCHAR AS product,
               epoch_ms(TIMESTAMP '2017-01-01' + to_days(7 * (week - 1)::INTEGER)) AS "at",
               price, CASE WHEN list_price > price THEN list_price END AS list_price, '{CURRENCY}' AS currency
        FROM moved WHERE price IS DISTINCT FROM was
        ORDER BY product, "at"
    """)  # noqa: S608 (a name of ours)  # fmt: skip


def write_orders(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write the lines of the baskets, the lines of one basket together, the oldest basket first."""
    _copy(con, path, f"""
        SELECT basket::VARCHAR AS "order", household::VARCHAR AS shopper, "at", product::VARCHAR AS product,
               n AS quantity, price, nullif(discount, 0) AS discount, '{CURRENCY}' AS currency, 'delivered' AS status
        FROM lines ORDER BY "at", basket, lines.product
    """)  # noqa: S608 (a name of ours)  # fmt: skip


def write_events(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write every line as a purchase, the oldest first."""
    _copy(con, path, f"""
        SELECT 'purchase' AS type, household::VARCHAR AS shopper, product::VARCHAR AS product, "at", n AS quantity,
               price, basket::VARCHAR AS "order", '{CURRENCY}' AS currency
        FROM lines ORDER BY "at", basket, lines.product
    """)  # noqa: S608 (a name of ours)  # fmt: skip


def _copy(con: duckdb.DuckDBPyConnection, path: Path, query: str) -> None:
    con.sql(query).write_parquet(str(path), compression="zstd")

"""The grocer's offers: coupons whose value the till shows, and the weekly advertisement's front page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daogou.evaluation.groceries.trade import CURRENCY
from daogou.evaluation.lines import write_lines

if TYPE_CHECKING:
    import duckdb

STORES = 0.5
"""A product is on the week's front page when at least this share of the stores that advertise it have it there."""
LEAST = 10
"""Products that share a reduction in a week's advertisement; fewer are no offer of the week but a price."""


def write(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write coupons and weekly offers and return how many."""
    return write_lines(path, (record for part in (_coupons(con), _weeks(con)) for record in part))


def _coupons(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    """Yield the coupons of the 27 campaigns that were redeemed.

    The data set does not say what a coupon is worth. It is the most frequent amount that came off a line it covers,
    on a day when a household redeemed it; a coupon never redeemed so is left out, for nothing is known of it.
    """
    rows = con.execute("""
        WITH used AS (
            SELECT DISTINCT r.campaign_id, r.coupon_upc, t.basket_id, t.product_id, t.coupon_disc
            FROM coupon_redemptions r
            JOIN coupons c USING (campaign_id, coupon_upc)
            JOIN transactions t ON t.household_id = r.household_id AND t.product_id = c.product_id
                AND t.transaction_timestamp::DATE = r.redemption_date::DATE AND t.coupon_disc > 0
        ),
        worth AS (
            SELECT campaign_id, coupon_upc, mode(round(coupon_disc, 2) ORDER BY coupon_disc) AS amount
            FROM used GROUP BY ALL
        )
        SELECT campaign_id, coupon_upc, campaign_type, epoch_ms(start_date),
               epoch_ms(end_date + INTERVAL 1 DAY), amount,
               list(DISTINCT product_id::VARCHAR ORDER BY product_id::VARCHAR)
        FROM worth JOIN coupons USING (campaign_id, coupon_upc) JOIN campaign_descriptions USING (campaign_id)
        SEMI JOIN products USING (product_id)
        GROUP BY ALL ORDER BY campaign_id, coupon_upc
    """).fetchall()
    for campaign, upc, type, starts, ends, amount, products in rows:
        yield {
            "id": f"coupon-{campaign}-{upc}",
            "title": {"zh": f"优惠券立减{amount:.2f}美元", "en": f"Coupon: ${amount:.2f} off"},
            "description": {
                "zh": f"第{campaign}期活动（{type[-1]}类）的优惠券，适用于{len(products)}种商品。",
                "en": f"A coupon of campaign {campaign} ({type}), good for {len(products)} products.",
            },
            "currency": CURRENCY,
            "benefit": {"kind": "amount_off", "amount": amount},
            "condition": {"products": products, "code": str(upc)},
            "starts": starts,
            "ends": ends,
            "campaign": f"campaign-{campaign}",
        }


def _weeks(con: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    """Yield what the front page of the weekly advertisement offered (mailer locations D, F and H).

    Twenty million rows of store, product and week become one row for each product and week; the reduction is that of
    the product's most frequent price against its list price, in steps of ten per cent.
    """
    rows = con.execute(f"""
        WITH pages AS (
            SELECT product_id, week, avg((mailer_location IN ('D', 'F', 'H'))::INTEGER) AS front,
                   avg((display_location <> '0')::INTEGER) AS displayed
            FROM promotions GROUP BY product_id, week
        ),
        cuts AS (
            SELECT pages.week, product_id::VARCHAR AS product, displayed,
                   (10 * round(10 * (1 - price / list_price)))::INTEGER AS cut
            FROM pages JOIN weekly ON product = product_id AND weekly.week = pages.week
            WHERE front >= {STORES} AND list_price > price
        )
        SELECT week, cut,
               epoch_ms(TIMESTAMP '2017-01-01' + to_days(7 * (week - 1)::INTEGER)),
               epoch_ms(TIMESTAMP '2017-01-01' + to_days(7 * week::INTEGER)),
               round(100 * avg(displayed))::INTEGER, list(product ORDER BY product)
        FROM cuts WHERE cut > 0 GROUP BY week, cut HAVING count(*) >= {LEAST} ORDER BY week, cut
    """).fetchall()  # noqa: S608 (numbers of ours)
    for week, off, starts, ends, displayed, products in rows:
        yield {
            "id": f"week-{week}-{off}",
            "title": {"zh": f"第{week}周头版：约{off}%优惠", "en": f"Week {week} front page: about {off}% off"},
            "description": {
                "zh": f"{len(products)}种商品，平均{displayed}%的门店同时设有陈列。",
                "en": f"{len(products)} products, on display in {displayed}% of the stores on average.",
            },
            "benefit": {"kind": "percent_off", "percent": off},
            "condition": {"products": products},
            "starts": starts,
            "ends": ends,
            "campaign": "weekly-advertisement",
        }

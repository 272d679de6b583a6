"""Shoppers whose wishes are known, so that what an engine does for them can be measured.

Everything in here is a simulation, and whatever shows its shoppers says so with `NOTICE`.
"""

from daogou.domain.text import Text

NOTICE = Text(
    zh="这是模拟数据：商店、商品和顾客均为虚构。",
    en="This is a simulation: the shop, its products and its shoppers are invented.",
)
SIMULATED = {"simulated": "true"}
"""The label every simulated shopper carries."""

"""What clicks have taught that each part of a search's score is worth, and which brands are chosen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.domain.text import Text
from daogou.search.scoring import Weights

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from daogou.domain.product import Product

_FILE = "worth.json"
LEARNT = ("complete", "kind", "alike", "new", "wish", "rated", "cheap", "brand")
"""Parts whose weights clicks may move. Not what is popular, which counts the same clicks, and not a shopper's own
taste, for lists are searched again as nobody."""
MOST: Mapping[str, float] = {"complete": 2.0, "kind": 2.0, "alike": 2.0, "wish": 2.0}
"""What they may come to be worth at most. What nobody asks for, such as a brand, counts `UNASKED`, so that it never
outweighs what was asked for."""
UNASKED = 0.5
_CALLED: Mapping[str, Text] = {
    "complete": Text(zh="包含每个词", en="having every word"),
    "kind": Text(zh="正是这类商品", en="being the kind of thing that was named"),
    "alike": Text(zh="与最匹配的商品相似", en="being like the best matches"),
    "new": Text(zh="新品", en="being new"),
    "wish": Text(zh="带有所说的属性", en="an attribute that was wished for"),
    "rated": Text(zh="评分高", en="being rated well"),
    "cheap": Text(zh="价格较低", en="being among the cheaper"),
    "brand": Text(zh="顾客常选的品牌", en="a brand that is often chosen"),
}
_TOLD = 0.05
"""A change of weight below this is not told."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What was learnt; nothing where the weights that ship hold."""

    weights: Mapping[str, float] = field(default_factory=dict)
    """Of the parts in `LEARNT`; the best match of words has 1."""
    brands: Mapping[str, float] = field(default_factory=dict)
    """How much more products of these brands please than others after the same queries, from 0 to 1."""

    def over(self, weights: Weights) -> Weights:
        """The weights with those that were learnt."""
        known = {each.name for each in fields(Weights)}
        return replace(weights, **{name: value for name, value in self.weights.items() if name in known})

    def by_row(self, products: Collection[Product | None]) -> NDArray[np.float32]:
        """How much each product's brand is chosen."""
        chosen = (self.brands.get(product.brand or "", 0.0) if product is not None else 0.0 for product in products)
        return np.fromiter(chosen, np.float32, len(products))

    def said(self) -> Text:
        """What was learnt, as a sentence; empty where nothing was."""
        now = Weights()
        told = [
            (_CALLED[name], value, getattr(now, name))
            for name, value in sorted(self.weights.items(), key=lambda each: -each[1])
            if name in _CALLED and abs(value - getattr(now, name)) >= _TOLD
        ]
        if not told:
            return Text()
        zh = "；".join(f"“{name.zh}”{value:.2f}（原为 {before:.2f}）" for name, value, before in told)
        en = "; ".join(f"{name.en} counts {value:.2f} ({before:.2f} before)" for name, value, before in told)
        return Text(
            zh=f"由点击学到的权重，以文字最匹配为 1：{zh}。",
            en=f"Learnt from clicks, where the best match of words is 1: {en}.",
        )

    def save(self, folder: Path) -> None:
        """Write it as an artifact of a release."""
        (folder / _FILE).write_bytes(msgspec.json.encode(self))

    @classmethod
    def load(cls, folder: Path) -> Worth:
        """Read what `save` wrote; nothing where nothing was."""
        path = folder / _FILE
        return msgspec.json.decode(path.read_bytes(), type=cls) if path.exists() else cls()

"""Why one product follows from another, read off the graph: “同品牌、同材质”."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from daogou.domain.hit import Reason
from daogou.domain.product import CODES
from daogou.domain.text import Text
from daogou.knowledge.names import BOUGHT_WITH, product_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daogou.domain.ids import ProductId
    from daogou.knowledge.graph import Graph

MOST_NAMED = 3
"""Shared things one reason names."""
RELATION_WORDS = {
    "brand": Text("品牌", "brand"),
    "category": Text("品类", "category"),
    "color": Text("颜色", "colour"),
    "colour": Text("颜色", "colour"),
    "material": Text("材质", "material"),
    "pattern": Text("图案", "pattern"),
    "style": Text("风格", "style"),
    "author": Text("作者", "author"),
    "publisher": Text("出版社", "publisher"),
    "season": Text("季节", "season"),
    "gender": Text("适用人群", "audience"),
    "use": Text("用途", "use"),
    "occasion": Text("场合", "occasion"),
    "feature": Text("特点", "feature"),
    "features": Text("特点", "feature"),
    "age": Text("适用年龄", "age"),
    "fit": Text("版型", "fit"),
}
"""How a shared property is called that tells something about taste."""
_MEASURES = {
    "power": Text("功率", "power"),
    "battery": Text("续航", "battery life"),
    "capacity": Text("容量", "capacity"),
    "volume": Text("容量", "volume"),
    "weight": Text("重量", "weight"),
    "screen": Text("屏幕", "screen"),
    "storage": Text("存储容量", "storage"),
    "memory": Text("内存", "memory"),
    "length": Text("长度", "length"),
    "width": Text("宽度", "width"),
    "height": Text("高度", "height"),
    "pages": Text("页数", "number of pages"),
    "pieces": Text("件数", "number of pieces"),
    "spec": Text("规格", "specification"),
}
"""The same of what is named only where nothing telling is shared: nobody reads a book for having as many pages. So are
properties that neither table has, by their own names."""


_UNTOLD = frozenset({"size", "tags", *CODES})
"""What is never named: nearly all clothes come in a size M, and a shop's tags are notes to itself."""


def named(graph: Graph, owned: ProductId, candidate: ProductId, *, share: float) -> Reason | None:
    """Why the graph leads from a product of the history to a candidate; None if it shares nothing and is not bought
    with it.

    `share` is the part of the candidate's score that the caller gave it for this.
    """
    relations = [each for each in graph.tie(owned, candidate) if each not in _UNTOLD]
    label = graph.label(product_node(owned)) if relations else None
    if not label:
        return None
    if relations == [BOUGHT_WITH]:
        text = _bought_with(label)
    else:
        shared = list(dict.fromkeys(relations))
        text = _same([each for each in shared if each in RELATION_WORDS][:MOST_NAMED] or shared[:MOST_NAMED], label)
    return Reason("graph", text, share, (owned,), "graph")


def _bought_with(label: Text) -> Text:
    return Text(zh=f"常与「{label.show('zh')}」一起购买", en=f"Often bought together with “{label.show('en')}”")


def _same(relations: Sequence[str], label: Text) -> Text:
    listed = _listed(tuple(relations))
    return Text(zh=f"与「{label.show('zh')}」{listed.zh}", en=f"Same {listed.en} as “{label.show('en')}”")


@lru_cache(maxsize=10_000)
def _listed(relations: tuple[str, ...]) -> Text:
    called = RELATION_WORDS | _MEASURES
    words = [called.get(name, Text.of(name.replace("_", " "))) for name in relations]
    english = [word.show("en") for word in words]
    listed = " and ".join([", ".join(english[:-1]), english[-1]] if len(english) > 1 else english)
    chinese = "、".join(f"同{word.show('zh')}" for word in words)
    return Text(zh=chinese, en=listed)

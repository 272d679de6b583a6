"""Answers in a notebook."""

from daogou.domain.hit import Hit, Hits, Reason
from daogou.domain.ids import ProductId
from daogou.domain.money import Money
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.shop.shown import Shown


def test_a_notebook_shows_titles_prices_and_reasons_escaped() -> None:
    id = ProductId("p1")
    product = Product(id, Text(en="<b>Boot</b>", zh="靴子"), price=Money(39900, "CNY"))
    hits = Hits((Hit(id, 1.5, (Reason("popular", Text(en="Popular", zh="热门"), 0.75),)),), release="r1")
    page = Shown.of(hits, products={id: product}, language="zh")._repr_html_()
    assert "靴子" in page
    assert "¥399.00" in page
    assert "热门 (75%)" in page
    hostile = Shown.of(hits, products={id: product}, language="en")._repr_html_()
    assert "&lt;b&gt;Boot" in hostile
    assert "<b>" not in hostile


def test_it_is_the_same_answer() -> None:
    hits = Hits((Hit(ProductId("p1"), 1.0),), release="r7", total=1)
    shown = Shown.of(hits, products={}, language="en")
    assert [hit.product for hit in shown] == ["p1"]
    assert (shown.release, shown.total, len(shown)) == ("r7", 1, 1)

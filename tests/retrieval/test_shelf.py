import tracemalloc
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.ids import ProductId
from daogou.domain.query import Where
from daogou.domain.text import Text
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import product

_VALUES = st.dictionaries(st.sampled_from(["color", "size"]), st.lists(st.sampled_from("abc"), max_size=3))


@given(st.lists(st.tuples(st.integers(0, 4), _VALUES), max_size=20), st.booleans())
def test_the_rows_of_a_value_are_those_of_the_products_as_they_are_now(
    put: list[tuple[int, Mapping[str, list[str]]]], looked: bool
) -> None:
    shelf = Shelf()
    for number, attributes in put:
        shelf.put([product(f"p{number}", attributes=attributes)])
        if looked:
            shelf.having("color", "a")
    for facet, value in [(facet, value) for facet in ("color", "size") for value in "abc"]:
        expected = [
            value in {text.key for text in found.attributes.get(facet, ())} for found in shelf.products if found
        ]
        assert shelf.having(facet, value).tolist() == expected
        assert sorted(shelf.rows_having(facet, value)) == np.flatnonzero(expected).tolist()
        assert ((facet, value) in shelf.facets()) == any(expected)


def test_a_name_stands_for_every_value_that_is_called_so() -> None:
    shelf = Shelf()
    shelf.put([product("1", brand="Nike"), product("2", brand="耐克"), product("3", brand="Alta")])
    shelf.call("brand", "耐克", shelf.label("brand", "nike"))
    assert shelf.named("brand", " NIKE ").tolist() == [True, True, False]


def test_a_filter_may_name_values_in_either_language() -> None:
    shelf = Shelf()
    shoes, red = Text("跑步鞋", "Running shoes"), Text("红色", "red")
    shelf.put([
        product("1", brand="Swift", category=[shoes], attributes={"color": [red]}),
        product("2", brand="Alta", category=[Text("帽子", "Hats")], attributes={"color": [Text("黑色", "black")]}),
    ])  # fmt: skip
    shelf.call("brand", "swift", Text("疾羽", "Swift"))
    for where in (
        Where(category="跑步鞋"),
        Where(brands=frozenset({"疾羽"})),
        Where(not_brands=frozenset({"alta"})),
        Where(attributes={"color": frozenset({"红色"})}),
        Where(not_attributes={"color": frozenset({"黑色"})}),
    ):
        assert shelf.allowed(where).tolist() == [True, False]
    assert not shelf.allowed(Where(category="鞋")).any()


def test_a_product_that_is_gone_is_not_called_by_its_number() -> None:
    assert Shelf([ProductId("p17")]).title(0) == Text("一件已下架的商品", "a product that has left the shop")


def test_asking_for_every_value_does_not_keep_a_mask_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = 50_000
    monkeypatch.setattr("daogou.retrieval.shelf._MASKS", kept)
    shelf = Shelf()
    shelf.put(product(f"p{n}", brand=f"brand {n % 100}") for n in range(2_000))
    shelf.having("brand", "brand 0")
    tracemalloc.start()
    try:
        for _ in range(2):
            for n in range(100):
                assert np.flatnonzero(shelf.having("brand", f"brand {n}")).tolist() == list(range(n, 2_000, 100))
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert left < 2 * kept  # all of them are 200,000 bytes

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.money import Money
from daogou.domain.product import Product
from daogou.domain.query import Where
from daogou.retrieval.shelf import Shelf
from daogou.search.codes import FacetCodes
from daogou.search.facets import FacetConfig, FacetCounter, price_ranges
from daogou.testing.builders import product

_ALL = FacetConfig(attributes=100, values=100)
_VALUES = st.lists(st.sampled_from(["red", "blue", "green"]), max_size=3)
_PRODUCTS = st.lists(
    st.builds(
        lambda id, colours, sizes, price: product(
            f"p{id}", price=price, brand="acme" if price else None, attributes={"color": colours, "size": sizes}
        ),
        st.integers(0, 15), _VALUES, _VALUES, st.none() | st.integers(1, 500),
    )
)  # fmt: skip


def _brute(products: list[Product]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for each in products:
        for name, value in {(name, text.key) for name, text in each.facets()}:
            counts.setdefault(name, Counter())[value] += 1
    return {name: dict(values) for name, values in counts.items()}


@given(_PRODUCTS, _PRODUCTS, st.sets(st.integers(0, 15)))
def test_counts_equal_brute_force_through_changes(first: list[Product], then: list[Product], picked: set[int]) -> None:
    shelf = Shelf()
    shelf.put(first)
    codes = FacetCodes(shelf)
    counter = FacetCounter(shelf, codes, _ALL)
    shelf.put(then)
    codes.put({shelf.row[each.id] for each in then})
    rows = np.array(sorted(row for row in picked if row < len(shelf)), np.int32)
    counted = counter.count(rows, currency="CNY")
    counted.pop("price", None)
    there = [found for row in rows if (found := shelf.products[row])]
    assert {name: {v.value: v.n for v in values} for name, values in counted.items()} == _brute(there)


def test_the_commonest_values_come_first_and_are_limited() -> None:
    shelf = Shelf()
    shelf.put(product(f"p{n}", attributes={"color": "red" if n else "blue"}) for n in range(3))
    counter = FacetCounter(shelf, FacetCodes(shelf), FacetConfig(values=1))
    (red,) = counter.count(np.arange(3, dtype=np.int32), currency="CNY")["color"]
    assert (red.value, red.n) == ("red", 2)


@given(st.lists(st.integers(-1, 1_000_000), max_size=60))
def test_price_ranges_count_every_known_price_once_and_filter_to_their_count(prices: list[int]) -> None:
    ranges = price_ranges(np.array(prices, np.int64), "CNY", most=5)
    if not ranges:
        return
    assert sum(found.n for found in ranges) == sum(price >= 0 for price in prices)
    shelf = Shelf()
    shelf.put(product(f"p{n}", price=Money(price, "CNY") if price >= 0 else None) for n, price in enumerate(prices))
    for found in ranges:
        low, high = (Money(int(end), "CNY") if end else None for end in found.value.split(".."))
        assert shelf.allowed(Where(price_min=low, price_max=high)).sum() == found.n


def test_a_code_is_no_facet() -> None:
    shirt = product("p1", attributes={"color": ["red"], "sku": ["S-1"], "gtin": ["4006381333931"], "mpn": ["M"]})
    assert {name for name, _ in shirt.facets()} == {"color"}

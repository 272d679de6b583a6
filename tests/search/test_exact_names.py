from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from daogou.search.exact import ExactNames
from daogou.testing.builders import product

TITLES = st.sampled_from(["Umbrella", "umbrella", "Tent  light", "帐篷", "p0"])


@given(st.lists(TITLES, max_size=6), st.lists(st.tuples(st.integers(0, 6), TITLES), max_size=6))
def test_products_are_found_by_what_they_are_called_now(titles: list[str], changes: list[tuple[int, str]]) -> None:
    now = dict(enumerate(titles))
    names = ExactNames([product(f"p{row}", title) for row, title in now.items()])
    for row, title in changes:
        now[row] = title
        names.put([product(f"p{row}", title)], [row])
    for asked, folded in (("UMBRELLA", "umbrella"), ("tent light", "tent light"), ("帐篷", "帐篷"), ("P0", "p0")):
        called = [row for row, title in now.items() if folded in {" ".join(title.lower().split()), f"p{row}"}]
        assert sorted(names.find(asked)) == sorted(called)
    assert names.find("   ") == names.find("something else") == []


def test_a_product_is_found_by_its_codes() -> None:
    names = ExactNames(
        [product("p1", "Tent", attributes={"sku": ["T-1"], "gtin": ["4006381333931"]}), product("p2", "Hat")]
    )
    assert [list(names.find(code)) for code in ("t-1", "4006381333931", "t-2")] == [[0], [0], []]

"""What `ports.stores.Catalogue` promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from daogou.domain.ids import Instant, ProductId, VariantId
from daogou.domain.money import Money
from daogou.domain.product import PricePoint, Product, Variant
from daogou.domain.text import Text
from daogou.ports.stores import Stores
from daogou.testing.builders import product

MONDAY, TUESDAY = Instant(1_000), Instant(2_000)


class CatalogueContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_product_comes_back_as_it_was_put(self, stores: Stores) -> None:
        shoe = product(
            "p1", "红色运动鞋", price=399, list_price="499.50", category=["鞋", "Shoes"], brand="Nike", stock=3,
            attributes={"size": ["42", "43"], "color": "红"}, images=("a.jpg",), released=Instant(5), url="https://x/",
            variants=(replace(_variant("v1"), stock=1), _variant("v2")),
        )  # fmt: skip
        stores.catalogue.put([shoe], at=MONDAY)
        assert stores.catalogue.get([ProductId("p1")]) == {"p1": shoe}

    def test_stock_is_kept_as_given_also_with_variants(self, stores: Stores) -> None:
        stores.catalogue.put([product("p1", variants=(replace(_variant("v1"), stock=0),))], at=MONDAY)
        assert stores.catalogue.get([ProductId("p1")])[ProductId("p1")].stock is None

    def test_get_leaves_out_what_is_unknown(self, stores: Stores) -> None:
        stores.catalogue.put([product("p1")], at=MONDAY)
        assert list(stores.catalogue.get([ProductId("no"), ProductId("p1")])) == ["p1"]

    def test_a_change_is_made_of_what_is_on_record(self, stores: Stores) -> None:
        stores.catalogue.put([product("p1", stock=0)], at=MONDAY)

        def one_more(_: int) -> int | None:
            id = ProductId("p1")
            return stores.catalogue.change(id, lambda now: replace(now, stock=(now.stock or 0) + 1), at=TUESDAY)

        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(one_more, range(40))) == [1] * 40
        assert stores.catalogue.get([ProductId("p1")])[ProductId("p1")].stock == 40

    def test_a_change_of_nothing_or_that_fails_changes_nothing(self, stores: Stores) -> None:
        def fail(_: Product) -> Product:
            raise ValueError("no")

        id = ProductId("p1")
        assert stores.catalogue.change(id, lambda now: now, at=MONDAY) is None
        stores.catalogue.put([product("p1")], at=MONDAY)
        assert stores.catalogue.change(id, lambda now: now, at=TUESDAY) == 0
        with pytest.raises(ValueError, match="no"):
            stores.catalogue.change(id, fail, at=TUESDAY)
        assert stores.catalogue.put([product("p2")], at=TUESDAY) == 1
        assert stores.catalogue.changes(0) == (2, ["p1", "p2"])

    def test_get_takes_thousands_of_ids(self, stores: Stores) -> None:
        ids = [ProductId(f"p{n}") for n in range(3_000)]
        stores.catalogue.put(map(product, ids), at=MONDAY)
        assert list(stores.catalogue.get(reversed(ids))) == ids[::-1]

    def test_put_says_how_many_changed(self, stores: Stores) -> None:
        assert stores.catalogue.put([product("p1"), product("p2")], at=MONDAY) == 2
        assert stores.catalogue.put([product("p1"), product("p2", "new")], at=TUESDAY) == 1
        assert stores.catalogue.count() == 2

    def test_put_of_the_same_content_changes_nothing(self, stores: Stores) -> None:
        one = product("p1", price=9, attributes={"a": "1", "b": "2"})
        other = product("p1", price=9, attributes={"b": "2", "a": "1"})
        stores.catalogue.put([one], at=MONDAY)
        seen, _ = stores.catalogue.changes(0)
        assert stores.catalogue.put([other], at=TUESDAY) == 0
        assert stores.catalogue.changes(seen) == (seen, [])
        assert len(stores.catalogue.prices(ProductId("p1"))) == 1

    def test_last_of_two_in_one_put_stays(self, stores: Stores) -> None:
        assert stores.catalogue.put([product("p1", "a"), product("p1", "b")], at=MONDAY) == 2
        assert stores.catalogue.get([ProductId("p1")])[ProductId("p1")].title == Text.of("b")

    def test_failed_put_leaves_nothing(self, stores: Stores) -> None:
        def broken() -> object:
            yield product("p1")
            raise ValueError("the feed broke off")

        try:
            stores.catalogue.put(broken(), at=MONDAY)  # type: ignore[arg-type]
        except ValueError:
            assert stores.catalogue.count() == 0
        else:
            raise AssertionError("the feed's own error must surface")

    def test_scan_keeps_the_order_of_first_insertion(self, stores: Stores) -> None:
        stores.catalogue.put([product("b"), product("a")], at=MONDAY)
        stores.catalogue.put([product("c"), product("b", "again")], at=TUESDAY)
        assert [found.id for found in stores.catalogue.scan()] == ["b", "a", "c"]

    def test_scan_reads_more_than_a_page(self, stores: Stores) -> None:
        stores.catalogue.put((product(f"p{n}") for n in range(2_500)), at=MONDAY)
        assert [found.id for found in stores.catalogue.scan()] == [f"p{n}" for n in range(2_500)]

    def test_changes_come_oldest_first_and_once(self, stores: Stores) -> None:
        stores.catalogue.put([product("p1"), product("p2"), product("p3")], at=MONDAY)
        first, _ = stores.catalogue.changes(0)
        stores.catalogue.put([product("p1", "x")], at=MONDAY)
        stores.catalogue.put([product("p3", "x")], at=MONDAY)
        stores.catalogue.put([product("p1", "y")], at=MONDAY)
        newest, changed = stores.catalogue.changes(first)
        assert changed == ["p3", "p1"]
        assert stores.catalogue.changes(newest) == (newest, [])
        assert stores.catalogue.changes(0) == (newest, ["p2", "p3", "p1"])

    def test_no_change_is_number_zero(self, stores: Stores) -> None:
        assert stores.catalogue.changes(0) == (0, [])

    def test_changed_price_adds_a_point(self, stores: Stores) -> None:
        stores.catalogue.put([product("p1", price=10)], at=MONDAY)
        stores.catalogue.put([product("p1", "renamed", price=10)], at=Instant(1_500))
        stores.catalogue.put([product("p1", price=8, list_price=10)], at=TUESDAY)
        stores.catalogue.put([product("p1", price=None)], at=Instant(3_000))
        assert stores.catalogue.prices(ProductId("p1")) == [_point(MONDAY, 1000), _point(TUESDAY, 800, 1000)]

    def test_historic_prices_leave_the_current_one(self, stores: Stores) -> None:
        stores.catalogue.put([product("p1", price=10)], at=TUESDAY)
        assert stores.catalogue.put_prices([_point(MONDAY, 1200), _point(TUESDAY, 1000)]) == 1
        assert stores.catalogue.prices(ProductId("p1")) == [_point(MONDAY, 1200), _point(TUESDAY, 1000)]
        assert stores.catalogue.get([ProductId("p1")])[ProductId("p1")].price == Money(1000, "CNY")

    def test_one_point_per_moment(self, stores: Stores) -> None:
        stores.catalogue.put_prices([_point(MONDAY, 1200)])
        assert stores.catalogue.put_prices([_point(MONDAY, 1300, 1400)]) == 1
        assert stores.catalogue.prices(ProductId("p1")) == [_point(MONDAY, 1300, 1400)]

    def test_unknown_product_has_no_prices(self, stores: Stores) -> None:
        assert stores.catalogue.prices(ProductId("no")) == []


def _variant(id: str) -> Variant:
    return Variant(VariantId(id), Text("红", "red"), price=Money(1, "CNY"), attributes={"size": (Text.of("42"),)})


def _point(at: Instant, minor: int, was: int | None = None) -> PricePoint:
    return PricePoint(ProductId("p1"), at, Money(minor, "CNY"), None if was is None else Money(was, "CNY"))

"""What the stores of shoppers, orders, reviews, promotions and articles promise."""

from __future__ import annotations

from dataclasses import replace

from daogou.domain.ids import ArticleId, Instant, OrderId, ProductId, PromotionId, ReviewId, ShipmentId, ShopperId
from daogou.domain.money import Money
from daogou.domain.order import Shipment
from daogou.domain.promotion import Benefit, Condition
from daogou.domain.review import RatingSummary
from daogou.domain.text import Text
from daogou.ports.stores import Stores
from daogou.testing.builders import article, line, order, promotion, review, shopper


class ShoppersContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_shopper_comes_back(self, stores: Stores) -> None:
        known = shopper("s1", name="李雷", language="zh", joined=Instant(5), labels={"size": "42"})
        assert stores.shoppers.put([known]) == 1
        assert stores.shoppers.put([known]) == 0
        assert stores.shoppers.get(ShopperId("s1")) == known
        assert stores.shoppers.get(ShopperId("no")) is None

    def test_scan_keeps_the_order_of_first_insertion(self, stores: Stores) -> None:
        stores.shoppers.put([shopper("b"), shopper("a")])
        stores.shoppers.put([shopper("b", name="x")])
        assert [found.id for found in stores.shoppers.scan()] == ["b", "a"]
        assert stores.shoppers.count() == 2


class OrdersContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_order_comes_back(self, stores: Stores) -> None:
        lines = (line("p1"), line("p2", quantity=3, variant="v", discount=Money(5, "CNY"), returned=1))
        parcel = Shipment(ShipmentId("h1"), "in_transit", "SF", "123", shipped=Instant(1), expected=Instant(9))
        full = order("o1", lines, total=Money(4000, "CNY"), shipments=(parcel,), promotions=("spring",))
        stores.orders.put([full, order("o2", ())])
        assert stores.orders.get(OrderId("o1")) == full
        assert list(stores.orders.scan()) == [full, order("o2", ())]

    def test_put_replaces(self, stores: Stores) -> None:
        stores.orders.put([order("o1", status="paid")])
        assert stores.orders.put([order("o1", status="shipped")]) == 1
        assert stores.orders.put([order("o1", status="shipped")]) == 0
        assert [found.status for found in stores.orders.scan()] == ["shipped"]
        assert stores.orders.count() == 1

    def test_of_a_shopper_newest_first(self, stores: Stores) -> None:
        stores.orders.put([order("a", at=1), order("c", at=3), order("b", at=3), order("x", shopper="s2", at=9)])
        assert [found.id for found in stores.orders.of(ShopperId("s1"))] == ["b", "c", "a"]
        assert [found.id for found in stores.orders.of(ShopperId("s1"), limit=1)] == ["b"]


class ReviewsContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_review_comes_back_with_a_derived_id(self, stores: Stores) -> None:
        said = review("p1", 4.5, "很好", title="好", verified=True, helpful=2, images=("a.jpg",))
        stores.reviews.put([said])
        (back,) = stores.reviews.scan()
        assert len(back.id) == 32
        assert replace(back, id=ReviewId("")) == said

    def test_same_review_twice_is_one(self, stores: Stores) -> None:
        assert stores.reviews.put([review("p1"), review("p1")]) == 1
        assert stores.reviews.put([review("p1", helpful=3)]) == 1
        assert [found.helpful for found in stores.reviews.of(ProductId("p1"))] == [3]
        assert stores.reviews.count() == 1

    def test_most_helpful_first_then_newest(self, stores: Stores) -> None:
        stores.reviews.put([
            review("p1", at=1, helpful=1), review("p1", at=2), review("p1", at=3), review("p2", helpful=9),
        ])  # fmt: skip
        assert [found.at for found in stores.reviews.of(ProductId("p1"))] == [1, 3, 2]
        assert [found.at for found in stores.reviews.of(ProductId("p1"), limit=2)] == [1, 3]

    def test_changes_name_the_products_whose_reviews_were_put(self, stores: Stores) -> None:
        assert stores.reviews.changes(0) == (0, [])
        stores.reviews.put([review("p1")])
        stores.reviews.put([review("p2")])
        first, products = stores.reviews.changes(0)
        assert products == ["p1", "p2"]
        stores.reviews.put([review("p2")])
        assert stores.reviews.changes(first) == (first, [])
        stores.reviews.put([review("p1", helpful=3)])
        second, products = stores.reviews.changes(first)
        assert second > first
        assert products == ["p1"]
        assert stores.reviews.changes(0) == (second, ["p2", "p1"])

    def test_summaries_count_the_rated(self, stores: Stores) -> None:
        stars = (1, 4, 4.5, 5, None)
        stores.reviews.put([*(review("p1", rating, at=n) for n, rating in enumerate(stars)), review("p2", None)])
        asked = [ProductId("p1"), ProductId("p2"), ProductId("p3")]
        assert stores.reviews.summaries(asked) == {"p1": RatingSummary(4, 3.625, (1, 0, 0, 1, 2))}


class PromotionsContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_promotion_comes_back(self, stores: Stores) -> None:
        condition = Condition(
            products=frozenset(map(ProductId, "abc")), categories=frozenset({"鞋", "shoes"}), min_total=Money(1, "CNY")
        )
        full = promotion(
            "m1", condition=condition, benefit=Benefit("amount_off", amount=Money(5, "CNY")), campaign="春"
        )
        assert stores.promotions.put([full]) == 1
        assert stores.promotions.put([full]) == 0
        assert stores.promotions.get(PromotionId("m1")) == full
        assert stores.promotions.get(PromotionId("no")) is None

    def test_active_from_start_to_before_end(self, stores: Stores) -> None:
        stores.promotions.put([promotion("m", starts=Instant(10), ends=Instant(20))])
        active = [at for at in (9, 10, 19, 20) if stores.promotions.active(Instant(at))]
        assert active == [10, 19]

    def test_highest_priority_first_then_id(self, stores: Stores) -> None:
        stores.promotions.put([promotion("b"), promotion("a"), promotion("z", priority=5)])
        assert [found.id for found in stores.promotions.active(Instant(0))] == ["z", "a", "b"]
        assert [found.id for found in stores.promotions.scan()] == ["b", "a", "z"]
        assert stores.promotions.count() == 3


class ArticlesContract:
    """Inherit, and give a fixture `stores` with nothing in them."""

    def test_article_comes_back(self, stores: Stores) -> None:
        full = article("returns", Text("退货", "Returns"), "七天", kind="policy", topic="returns", at=Instant(3))
        assert stores.articles.put([full]) == 1
        assert stores.articles.put([full]) == 0
        assert stores.articles.get(ArticleId("returns")) == full
        assert stores.articles.get(ArticleId("no")) is None

    def test_of_kind_and_topic_in_order_of_id(self, stores: Stores) -> None:
        stores.articles.put([
            article("c", kind="policy", topic="returns"), article("b"), article("a", kind="policy", topic="delivery"),
        ])  # fmt: skip
        assert [found.id for found in stores.articles.of(kind="policy")] == ["a", "c"]
        assert [found.id for found in stores.articles.of(topic="returns")] == ["c"]
        assert [found.id for found in stores.articles.of()] == ["a", "b", "c"]
        assert [found.id for found in stores.articles.scan()] == ["c", "b", "a"]
        assert stores.articles.count() == 3

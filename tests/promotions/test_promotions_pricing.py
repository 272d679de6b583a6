"""Pricing a basket: each kind of benefit, how they combine, and what always holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.errors import BadRequest
from daogou.domain.ids import Instant, ProductId, PromotionId, VariantId
from daogou.domain.money import Money
from daogou.domain.product import Product, Variant
from daogou.domain.promotion import Benefit, Condition, Promotion
from daogou.domain.text import Text
from daogou.promotions.basket import Basket, BasketLine, Priced
from daogou.promotions.offers import offers
from daogou.promotions.pricing import price

NOW = Instant(1_000_000)
ANY = Condition()
SHELF = {
    "shoe": Product(
        ProductId("shoe"), Text(en="Shoe"), brand="Fleet", category=(Text(en="Shoes"),), price=Money(10000, "CNY")
    ),
    "sock": Product(ProductId("sock"), Text(en="Sock"), category=(Text(en="Socks"),), price=Money(333, "CNY")),
    "hat": Product(
        ProductId("hat"), Text(en="Hat"), price=Money(5000, "CNY"),
        variants=(Variant(VariantId("big"), price=Money(6000, "CNY")),),
    ),
    "free": Product(ProductId("free"), Text(en="No price")),
    "euro": Product(ProductId("euro"), Text(en="Import"), price=Money(100, "EUR")),
}  # fmt: skip


def promotion(id: str, benefit: Benefit, condition: Condition = ANY, **fields: Any) -> Promotion:
    return Promotion(PromotionId(id), Text(f"活动{id}", f"Offer {id}"), benefit, condition, **fields)


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def priced(lines: dict[str, int], *promotions: Promotion, **options: Any) -> Priced:
    basket = Basket(tuple(BasketLine(ProductId(id), n) for id, n in lines.items()), options.pop("segment", None))
    return price(basket, promotions, options.pop("at", NOW), find=SHELF.get, **options)


TENTH = Benefit("percent_off", percent=10)


def test_without_promotions_the_total_is_the_sum() -> None:
    result = priced({"shoe": 2, "sock": 3})
    assert (result.subtotal, result.discount, result.total) == (cny(20999), cny(0), cny(20999))


def test_a_percentage_is_rounded_once_and_shared_exactly() -> None:
    result = priced({"sock": 1, "shoe": 1}, promotion("p", Benefit("percent_off", percent=33.3)))
    assert result.discount == cny(3441)  # 33.3 % of 103.33
    assert [line.discount for line in result.lines] == [cny(111), cny(3330)]


def test_an_amount_never_takes_more_than_is_there() -> None:
    result = priced({"sock": 1}, promotion("p", Benefit("amount_off", amount=cny(5000))))
    assert result.total == cny(0)


def test_a_fixed_price_never_raises_one() -> None:
    lowered = promotion("p", Benefit("fixed_price", amount=cny(4000)))
    assert [line.total for line in priced({"hat": 2, "sock": 1}, lowered).lines] == [cny(8000), cny(333)]


@pytest.mark.parametrize(("n", "free"), [(2, 0), (3, 1), (5, 1), (6, 2)])
def test_buy_two_get_one(n: int, free: int) -> None:
    two_plus_one = promotion("p", Benefit("buy_x_get_y", free_quantity=1), Condition(min_quantity=2))
    assert priced({"sock": n}, two_plus_one).discount == cny(333 * free)


def test_the_cheapest_pieces_are_the_free_ones() -> None:
    result = priced(
        {"shoe": 2, "sock": 1}, promotion("p", Benefit("buy_x_get_y", free_quantity=1), Condition(min_quantity=2))
    )
    assert [line.discount for line in result.lines] == [cny(0), cny(333)]


def test_free_shipping_goes_with_anything() -> None:
    result = priced({"shoe": 1}, promotion("ship", Benefit("free_shipping")), promotion("off", TENTH))
    assert result.free_shipping
    assert result.discount == cny(1000)


def test_conditions_choose_the_lines() -> None:
    for condition in (
        Condition(products=frozenset({ProductId("shoe")})),
        Condition(categories=frozenset({"shoes"})),
        Condition(brands=frozenset({"fleet"})),
    ):
        result = priced({"shoe": 1, "sock": 1}, promotion("p", TENTH, condition))
        assert [line.discount for line in result.lines] == [cny(1000), cny(0)]


def test_exclusive_promotions_share_no_line_and_the_better_one_wins() -> None:
    small, big = promotion("a", TENTH), promotion("b", Benefit("percent_off", percent=20))
    result = priced({"shoe": 1}, small, big)
    assert [adjustment.promotion for adjustment in result.adjustments] == ["b"]


def test_priority_goes_before_saving() -> None:
    small, big = promotion("a", TENTH, priority=1), promotion("b", Benefit("percent_off", percent=20))
    assert [adjustment.promotion for adjustment in priced({"shoe": 1}, small, big).adjustments] == ["a"]


def test_stackable_promotions_work_on_what_is_left() -> None:
    half = Benefit("percent_off", percent=50)
    result = priced({"shoe": 1}, promotion("a", half, stackable=True), promotion("b", half, stackable=True))
    assert result.total == cny(2500)


def test_an_exclusive_promotion_does_not_join_a_stackable_one() -> None:
    stackable = promotion("a", TENTH, stackable=True, priority=1)
    result = priced({"shoe": 1}, stackable, promotion("b", Benefit("percent_off", percent=50)))
    assert result.total == cny(9000)


def test_a_promotion_holds_from_its_start_until_before_its_end() -> None:
    offer = promotion("p", TENTH, starts=NOW, ends=Instant(NOW + 1))
    found = [priced({"shoe": 1}, offer, at=Instant(NOW + d)).discount.minor for d in (-1, 0, 1)]
    assert found == [0, 1000, 0]


def test_a_code_must_be_entered() -> None:
    offer = promotion("p", TENTH, Condition(code="SAVE10"))
    assert priced({"shoe": 1}, offer).discount == cny(0)
    assert not priced({"shoe": 1}, offer, code="WRONG").code_used
    entered = priced({"shoe": 1}, offer, code=" save10 ")
    assert (entered.discount, entered.code_used) == (cny(1000), True)


def test_a_segment_is_for_its_shoppers() -> None:
    offer = promotion("p", TENTH, Condition(segment="gold"))
    assert priced({"shoe": 1}, offer).discount == cny(0)
    assert priced({"shoe": 1}, offer, segment="gold").discount == cny(1000)


def test_a_threshold_just_missed_is_a_nudge() -> None:
    offer = promotion("p", TENTH, Condition(min_total=cny(12000)))
    result = priced({"shoe": 1}, offer)
    assert result.discount == cny(0)
    assert [(n.missing_total, n.text.en) for n in result.nudges] == [(cny(2000), "Spend ¥20.00 more to get “Offer p”")]
    assert priced({"shoe": 2}, offer).nudges == ()


def test_a_piece_missing_is_a_nudge() -> None:
    offer = promotion("p", Benefit("buy_x_get_y", free_quantity=1), Condition(min_quantity=2))
    assert [nudge.missing_quantity for nudge in priced({"sock": 2}, offer).nudges] == [1]
    assert priced({"shoe": 1}, promotion("q", TENTH, Condition(brands=frozenset({"other"})))).nudges == ()


def test_a_variant_has_its_own_price() -> None:
    basket = Basket(
        (BasketLine(ProductId("hat"), 1, VariantId("big")), BasketLine(ProductId("hat"), 1, VariantId("no")))
    )
    result = price(basket, [], NOW, find=SHELF.get)
    assert (result.total, len(result.unpriced)) == (cny(6000), 1)


def test_lines_without_a_price_are_named_and_not_summed() -> None:
    result = priced({"free": 1, "unknown": 1, "sock": 1})
    assert [line.product for line in result.unpriced] == ["free", "unknown"]
    assert result.total == cny(333)


@pytest.mark.parametrize("lines", [{"shoe": 0}, {"shoe": -1}, {"shoe": 10_001}, {"shoe": 1, "euro": 1}])
def test_baskets_that_cannot_be_are_refused(lines: dict[str, int]) -> None:
    with pytest.raises(BadRequest):
        priced(lines)


def test_an_amount_in_another_currency_does_nothing() -> None:
    assert priced({"shoe": 1}, promotion("p", Benefit("amount_off", amount=Money(500, "USD")))).discount == cny(0)
    assert priced({"shoe": 1}, promotion("p", TENTH, Condition(min_total=Money(5, "USD")))).discount == cny(0)


def test_offers_beside_a_product() -> None:
    found = offers(
        SHELF["shoe"],
        [
            promotion("a", TENTH),
            promotion("b", TENTH, Condition(min_total=cny(99999)), priority=5),
            promotion("c", TENTH, Condition(brands=frozenset({"other"}))),
            promotion("d", TENTH, Condition(segment="gold")),
            promotion("e", TENTH, Condition(code="X"), ends=NOW),
        ],
        NOW,
    )
    assert [(offer.promotion.id, offer.price) for offer in found] == [("b", None), ("a", cny(9000))]


benefits = st.one_of(
    st.builds(Benefit, st.just("percent_off"), percent=st.floats(-10, 150, allow_nan=False)),
    st.builds(Benefit, st.sampled_from(["amount_off", "fixed_price"]), amount=st.integers(-50, 30000).map(cny)),
    st.builds(Benefit, st.just("buy_x_get_y"), free_quantity=st.integers(0, 3)),
    st.just(Benefit("free_shipping")),
)
conditions = st.builds(
    Condition,
    products=st.sampled_from([frozenset(), frozenset({ProductId("sock")})]),
    categories=st.sampled_from([frozenset(), frozenset({"shoes"})]),
    min_quantity=st.integers(1, 4),
    min_total=st.none() | st.integers(0, 40000).map(cny),
)
promotions = st.lists(
    st.builds(
        Promotion,
        st.uuids().map(lambda u: PromotionId(str(u))),
        st.just(Text("活动", "Offer")),
        benefits,
        conditions,
        stackable=st.booleans(),
        priority=st.integers(0, 2),
    ),
    max_size=5,
)
baskets = st.dictionaries(st.sampled_from(["shoe", "sock", "hat"]), st.integers(1, 7))


@given(baskets, promotions)
def test_no_line_below_zero_and_every_cent_accounted_for(lines: dict[str, int], offers: list[Promotion]) -> None:
    result = priced(lines, *offers)
    assert all(
        cny(0) <= line.total <= line.subtotal == cny(line.unit.minor * line.quantity) for line in result.lines if line
    )
    assert sum(line.total.minor for line in result.lines) == result.total.minor
    assert sum(a.amount.minor for a in result.adjustments) == result.discount.minor
    assert result.subtotal.minor - result.discount.minor == result.total.minor
    for adjustment in result.adjustments:
        assert sum(share.minor for _, share in adjustment.shares) == adjustment.amount.minor


@given(baskets, promotions)
def test_an_exclusive_promotion_stands_alone_on_its_lines(lines: dict[str, int], offers: list[Promotion]) -> None:
    exclusive = {offer.id for offer in offers if not offer.stackable}
    users: dict[int, list[str]] = {}
    for adjustment in priced(lines, *offers).adjustments:
        for number, _ in adjustment.shares:
            users.setdefault(number, []).append(adjustment.promotion)
    assert all(len(used) == 1 or not exclusive & set(used) for used in users.values())


@given(baskets, promotions)
def test_the_order_of_promotions_does_not_matter(lines: dict[str, int], offers: list[Promotion]) -> None:
    assert priced(lines, *offers).total == priced(lines, *reversed(offers)).total

from __future__ import annotations

from daogou.domain.money import Money
from daogou.domain.text import Text
from daogou.testing.builders import article, event, line, message, order, product, promotion, review, shopper
from daogou.testing.clock import NOON, FixedClock, TickingClock


def test_product_reads_prices_and_words() -> None:
    built = product("p1", "红鞋", price="9.90", currency="USD", category=["鞋"], attributes={"size": ["42", "43"]})
    assert built.title == Text(zh="红鞋")
    assert built.price == Money(990, "USD")
    assert built.category == (Text(zh="鞋"),)
    assert built.attributes == {"size": (Text(en="42"), Text(en="43"))}
    assert product("p1").title == Text(en="p1")


def test_event_has_an_actor_unless_a_session_is_named() -> None:
    assert event().shopper == "s1"
    assert event(session="x").shopper is None
    assert event(session="x", shopper="s2").shopper == "s2"
    assert event("search", None, query="shoe").product is None


def test_order_lines_are_ids_or_lines() -> None:
    built = order("o1", ["p1", line("p2", quantity=2, price=3)])
    assert [(each.product, each.quantity, each.price.minor) for each in built.lines] == [
        ("p1", 1, 1000),
        ("p2", 2, 300),
    ]


def test_the_rest_needs_one_word() -> None:
    assert (review("p1").rating, review("p1").at) == (5, NOON)
    assert promotion("m1").benefit.percent == 10
    assert article("returns").title == article("returns").body == Text(en="returns")
    assert shopper("s1").id == "s1"
    assert message("c1").role == "shopper"


def test_clock_stands_still_until_moved() -> None:
    clock = FixedClock()
    assert clock() == clock() == NOON
    assert clock.advance(seconds=1.5, days=1, ms=2) == clock() == NOON + 86_401_502


def test_ticking_clock_never_repeats() -> None:
    clock = TickingClock(step_ms=10)
    assert (clock(), clock()) == (NOON, NOON + 10)

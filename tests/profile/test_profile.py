"""Profiles: every fact comes from records."""

from daogou.domain.event import Event, EventType, Recorded
from daogou.domain.ids import Instant, ProductId, ShopperId
from daogou.domain.money import Money
from daogou.domain.product import Product
from daogou.domain.shopper import Shopper
from daogou.domain.text import Text
from daogou.profile.build import build_profile

SHELF = {
    ProductId(f"p{n}"): Product(
        ProductId(f"p{n}"),
        Text(en=f"Boot {n}"),
        brand="Alta" if n % 2 else "Brio",
        category=(Text(en="Shoes"),),
        price=Money(n * 1000, "USD"),
    )
    for n in range(1, 9)
}


def acts(*pairs: tuple[EventType, str], value: float | None = None) -> list[Recorded]:
    return [
        Recorded(seq, Event(type, Instant(seq), product=ProductId(product), value=value))
        for seq, (type, product) in enumerate(pairs, 1)
    ]


def profile_of(events: list[Recorded], shopper: Shopper | None = None) -> dict[tuple[str, str], float]:
    built = build_profile(ShopperId("lin"), shopper=shopper, events=events, product=SHELF.get)
    return {(fact.name, fact.value): fact.weight for fact in built.facts}


def test_purchases_speak_louder_than_views() -> None:
    facts = profile_of(acts(("purchase", "p1"), ("purchase", "p3"), ("view", "p2"), ("view", "p4")))
    assert facts["brand", "Alta"] > facts["brand", "Brio"]
    assert facts["category", "shoes"] == 1.0


def test_a_return_takes_the_purchase_back() -> None:
    facts = profile_of(acts(("purchase", "p1"), ("return", "p1"), ("view", "p2"), ("view", "p4")))
    assert ("brand", "Alta") not in facts
    assert ("brand", "Brio") in facts


def test_one_act_is_no_taste() -> None:
    assert profile_of(acts(("purchase", "p1"))) == {}


def test_stated_facts_come_first_and_weigh_one() -> None:
    shopper = Shopper(ShopperId("lin"), language="zh", labels={"size": "42"})
    facts = profile_of([], shopper)
    assert facts == {("language", "zh"): 1.0, ("size", "42"): 1.0}


def test_the_price_band_is_the_middle_half_of_what_was_bought() -> None:
    facts = profile_of(acts(*(("purchase", f"p{n}") for n in range(1, 9))))
    assert ("price", "$30.00 – $70.00") in facts


def test_an_unknown_shopper_is_not_known() -> None:
    built = build_profile(ShopperId("ghost"), shopper=None, events=[], product=SHELF.get)
    assert not built.known
    assert built.facts == ()

"""Derived ids are on disk for ever; these are the ones the first version gave."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from daogou.adapters.identity import event_id, review_id
from daogou.domain.event import Event
from daogou.domain.ids import EventId, Instant, ProductId, ReviewId, SessionId, ShopperId, VariantId
from daogou.domain.money import Money
from daogou.domain.review import Review

EVENT = Event("view", Instant(1_700_000_000_000), shopper=ShopperId("s1"), product=ProductId("鞋"))
REVIEW = Review(ProductId("p1"), 5, Instant(1), text="好")

CHANGED = {
    "type": "click", "at": Instant(0), "shopper": ShopperId("x"), "session": SessionId("x"), "variant": VariantId("v"),
    "product": ProductId("x"), "quantity": 2, "price": Money(1, "CNY"), "value": 1.0, "query": "x", "list": "x",
    "position": 0, "propensity": 0.5, "order": "o",
}  # fmt: skip


def test_ids_are_those_of_the_first_version() -> None:
    assert event_id(EVENT) == "018bcfe56800ad98c219cf9dacc249c7"
    assert review_id(REVIEW) == "b0fbfa3e7cde995ec7bf089e0cec33bc"


@pytest.mark.parametrize("name", [field.name for field in fields(Event) if field.name != "id"])
def test_every_field_of_an_event_counts(name: str) -> None:
    assert event_id(replace(EVENT, **{name: CHANGED[name]})) != event_id(EVENT)


def test_own_id_stays() -> None:
    assert event_id(replace(EVENT, id=EventId("mine"))) == "mine"
    assert review_id(replace(REVIEW, id=ReviewId("mine"))) == "mine"


def test_time_far_from_now_has_an_id_too() -> None:
    assert len({event_id(replace(EVENT, at=Instant(at))) for at in (-1, 0, 2**60, 2**48)}) == 4


def test_later_votes_are_not_another_review() -> None:
    assert review_id(replace(REVIEW, helpful=3, verified=True, images=("a.jpg",))) == review_id(REVIEW)
    assert review_id(replace(REVIEW, text="不好")) != review_id(REVIEW)

"""Sides of products across the shop."""

from __future__ import annotations

from daogou.domain.ids import Instant, ProductId
from daogou.domain.review import Review
from daogou.opinions.board import Worst, board, worst
from daogou.opinions.mining import opinions
from daogou.opinions.voices import Voices

JUNE, JANUARY = 1_781_000_000_000, 1_768_000_000_000


def voices(*said: tuple[str, str, int]) -> Voices:
    reviews = [Review(ProductId(product), None, Instant(at), text=text) for product, text, at in said]
    return Voices.gather((review, opinions(review)) for review in reviews)


def test_sides_are_counted_with_their_months_and_change() -> None:
    found = board(voices(("a", "屏幕很清晰", JUNE), ("b", "屏幕模糊", JANUARY), ("b", "屏幕清晰，物流太慢", JUNE)))
    assert [(side.aspect, side.good, side.bad, side.products) for side in found] == [
        ("screen", 2, 1, 2),
        ("delivery", 0, 1, 1),
    ]
    months = {month.month: (month.good, month.bad) for month in found[0].months}
    assert len(months) == 12
    assert (months["2026-06"], months["2026-01"]) == ((2, 0), (0, 1))
    assert list(months)[-1] == "2026-06"
    assert found[0].change is None or found[0].change == 1.0
    assert found[1].change is None


def test_the_worst_products_are_those_that_are_surely_disliked() -> None:
    said = [("once", "屏幕模糊", JUNE)] + [("often", "屏幕模糊", JUNE)] * 6 + [("often", "屏幕清晰", JUNE)]
    said += [("even", "屏幕模糊", JUNE), ("even", "屏幕清晰", JUNE)]
    assert worst(voices(*said), "screen", limit=5) == [Worst(ProductId("often"), 1, 6), Worst(ProductId("once"), 0, 1)]
    assert worst(voices(*said), "smell", limit=5) == []

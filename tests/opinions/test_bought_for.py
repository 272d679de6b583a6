"""Whom and what reviewers bought a product for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.ids import Instant, ProductId
from daogou.domain.review import Review
from daogou.language.shopping import occasions, people
from daogou.opinions.board import board
from daogou.opinions.bought_for import close_to, purpose_labels, purposes
from daogou.opinions.mining import opinions
from daogou.opinions.summary import summarise
from daogou.opinions.voices import ShelfPraise, Voices


def said(text: str, rating: float | None = None) -> set[tuple[str, str]]:
    review = Review(ProductId("p"), rating, Instant(7), text=text)
    return {(found.aspect.removeprefix("for:"), found.polarity) for found in purposes(review, opinions(review))}


@pytest.mark.parametrize(
    ("text", "for_what"),
    [
        ("给爸爸买的，冬天盖着看电视", {"father"}),
        ("送给爸妈的小礼物", {"parents", "gift"}),
        ("老婆很喜欢", {"wife"}),
        ("妈妈说非常舒服", {"mother"}),
        ("买来做生日礼物", {"birthday", "gift"}),
        ("包装精美，送人合适", {"gift"}),
        ("适合旅行", {"travel"}),
        ("Bought it for my mother.", {"mother"}),
        ("My wife loves it", {"wife"}),
        ("Beautifully packed, good as a gift.", {"gift"}),
        ("Used it for hiking.", {"hiking"}),
    ],
)
def test_who_was_given_it_and_on_what_occasion_is_found(text: str, for_what: set[str]) -> None:
    assert said(text) == {(each, "good") for each in for_what}


@pytest.mark.parametrize(
    "text",
    [
        "朋友推荐的，很好",
        "已推荐给朋友",
        "给老板点赞",
        "收到宝贝非常满意",
        "物流在过年期间也到了",
        "商家还送了礼品",
        "游泳池不错",
        "My friend told me to buy it",
        "It is up to date",
    ],
)
def test_who_only_stands_in_the_sentence_is_not(text: str) -> None:
    assert said(text) == set()


def test_it_suited_if_the_words_speak_well_of_it_and_the_stars_decide_where_they_do_not() -> None:
    assert said("给爸爸买的，质量很差") == {("father", "bad")}
    assert said("给爸爸买的", 5.0) == {("father", "good")}
    assert said("给爸爸买的", 1.0) == {("father", "bad")}
    assert said("给爸爸买的，质量很好", 1.0) == {("father", "good")}
    assert said("给爸爸买的", 3.0) == set()
    assert said("不适合送人", 5.0) == {("gift", "bad")}


def voices(*texts: str) -> Voices:
    reviews = [Review(ProductId(f"p{n}"), 5.0, Instant(7), text=text) for n, text in enumerate(texts)]
    return Voices.gather((review, [*opinions(review), *purposes(review, opinions(review))]) for review in reviews)


def test_for_a_father_what_suited_parents_counts_and_is_said_as_it_was() -> None:
    found = voices("给爸妈买的", "给老公买的", "给爸爸买的")
    praise = ShelfPraise(found, {ProductId(f"p{n}"): n for n in range(3)}.get)
    np.testing.assert_allclose(praise.suits("father"), [1 / 3, 0, 1 / 3])
    assert praise.suited("father", 0).en == "Bought for: parents (1 review)"
    assert len(praise.suits("wife")) == 0 or not praise.suits("wife").any()


def test_what_it_was_bought_for_is_no_side_of_the_shops_board() -> None:
    assert [side.aspect for side in board(voices("给爸爸买的，质量很好"))] == ["quality"]


def test_a_summary_says_whom_it_was_bought_for_in_a_reviewers_words() -> None:
    reviews = [Review(ProductId("p"), 5.0, Instant(7), id=str(n), text=text)  # type: ignore[arg-type]
               for n, text in enumerate(["给妈妈买的围巾", "送给妈妈", "老公喜欢"])]  # fmt: skip
    found = summarise(ProductId("p"), reviews).bought_for
    assert [(each.purpose, each.reviews) for each in found] == [("mother", 2), ("gift", 1), ("husband", 1)]
    assert all(each.quote.text in reviews[int(each.quote.review)].text for each in found)


@given(st.text(), st.sampled_from([None, 1.0, 3.0, 5.0]))
def test_every_text_is_read_and_what_is_found_has_a_name(text: str, rating: float | None) -> None:
    review = Review(ProductId("p"), rating, Instant(7), text=text)
    for found in purposes(review):
        assert found.quote in text
        assert purpose_labels()[found.aspect.removeprefix("for:")]


def test_every_purpose_of_a_query_has_a_name_and_leads_to_named_ones() -> None:
    for line in (*people(), *occasions()):
        assert all(side.removeprefix("for:") in purpose_labels() for side in close_to(line[0]))

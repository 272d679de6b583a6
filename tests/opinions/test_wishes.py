"""Which sides of a product a query wants to be well liked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.opinions.aspects import lexicon
from daogou.opinions.wishes import wishes

ALL = frozenset(lexicon().aspects)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("续航好的耳机", [("battery", "续航好的")]),
        ("comfortable shoes", [("comfort", "comfortable")]),
        ("phone with good battery life", [("battery", "with good battery life")]),
        ("穿着舒服的跑步鞋", [("comfort", "穿着舒服的")]),
        ("质量好一点的书包", [("quality", "质量好一点的")]),
        (
            "headphones with great sound and a long battery",
            [("sound", "with great sound"), ("battery", "a long battery")],
        ),
        ("不要噪音大的键盘", [("sound", "不要噪音大的")]),
        ("没有异味的地毯", [("smell", "没有异味的")]),
        ("不磨脚的凉鞋", [("comfort", "不磨脚的")]),
        ("uncomfortable shoes", []),
        ("不舒服的鞋", []),
        ("bag of low quality", []),
        ("phone battery", []),
        ("red shoes under $80", []),
    ],
)
def test_what_shall_be_liked(text: str, found: list[tuple[str, str]]) -> None:
    assert [(wish.aspect, text[wish.start : wish.end]) for wish in wishes(text, spoken_of=ALL)] == found


def test_a_wish_does_not_begin_inside_the_word_before_it() -> None:
    assert [wish.start for wish in wishes("5000 yuan with good battery", spoken_of={"battery"})] == [10]


def test_only_sides_that_the_reviews_speak_of_can_be_wished_for() -> None:
    assert wishes("comfortable phone with good battery", spoken_of={"battery"})[0].aspect == "battery"
    assert wishes("comfortable shoes", spoken_of=frozenset()) == []


@given(st.text(alphabet=st.sampled_from("不要续航好的耳机舒服 good battery comfy not"), max_size=40))
def test_wishes_lie_in_the_text_and_apart(text: str) -> None:
    end = 0
    for wish in wishes(text, spoken_of=ALL):
        assert end <= wish.start < wish.end <= len(text)
        end = wish.end

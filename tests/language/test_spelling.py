import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.language.spelling import Spelling, edits

_WORDS = st.text(alphabet="abcde", max_size=8)


def test_finds_the_word_that_was_meant() -> None:
    spelling = Spelling({"running": 3, "leather": 5, "bluetooth": 2})
    assert spelling.nearest("runing") == "running"
    assert spelling.nearest("laether") == "leather"
    assert spelling.nearest("bluetoth") == "bluetooth"


def test_the_commoner_of_two_near_words_wins() -> None:
    assert Spelling({"shirt": 9, "short": 2}).nearest("shxrt") == "shirt"
    assert Spelling({"shirt": 2, "short": 9}).nearest("shxrt") == "short"


def test_a_word_longer_than_any_is_left_alone() -> None:
    assert Spelling({"bluetooth": 2}).nearest("ab" * 200) is None
    assert Spelling({"ab" * 200: 2}).nearest("ab" * 200 + "c") is None


def test_the_first_letter_of_a_short_word_is_the_right_one() -> None:
    assert Spelling({"jeans": 9}).nearest("beans") is None
    assert Spelling({"jeans": 9}).nearest("jaens") == "jeans"


@given(st.lists(_WORDS, max_size=12), _WORDS)
def test_words_that_come_one_by_one_are_found_as_those_that_come_together(words: list[str], typed: str) -> None:
    grown = Spelling()
    for word in words:
        grown.add({word: 1})
    assert grown.nearest(typed) == Spelling(dict.fromkeys(words, 1)).nearest(typed)


def test_leaves_short_known_and_far_words_alone() -> None:
    spelling = Spelling({"shoe": 1, "keyboard": 1})
    assert spelling.nearest("sho") is None
    assert spelling.nearest("shoe") == "shoe"
    assert spelling.nearest("giraffe") is None


@given(_WORDS, _WORDS)
def test_edits_are_a_symmetric_distance_with_a_ceiling(a: str, b: str) -> None:
    assert edits(a, b, 8) == edits(b, a, 8)
    assert (edits(a, b, 8) == 0) == (a == b)
    assert edits(a, b, 1) == min(edits(a, b, 8), 2)


@pytest.mark.parametrize("sentence", [
    "the best boots of this year", "a birthday present for my dad", "something warm to wear next week",
    "iphone case", "which one would you buy", "cheapest shoes under two hundred", "nike shirts",
])  # fmt: skip
def test_a_word_everybody_knows_is_not_turned_into_the_shops(sentence: str) -> None:
    near = {"belt": 9, "wear": 9, "phone": 9, "boots": 9, "shorts": 3, "present": 2, "case": 4, "board": 1, "guy": 2,
            "buoy": 1, "bike": 4, "mike": 1, "warn": 1, "chess": 3, "weed": 1, "text": 1, "dads": 1}  # fmt: skip
    spelling = Spelling(near)
    for word in sentence.split():
        assert spelling.nearest(word) in (word, None)


def test_a_slip_that_is_no_word_is_still_mended() -> None:
    assert Spelling({"belt": 9, "running": 4}).nearest("blet") == "belt"
    assert Spelling({"belt": 9, "running": 4}).nearest("runing") == "running"

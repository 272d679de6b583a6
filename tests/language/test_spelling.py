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

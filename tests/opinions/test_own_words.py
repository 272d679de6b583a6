"""A shop's own words beside those that ship with Daogou."""

from __future__ import annotations

from pathlib import Path

import pytest

from daogou.domain.errors import BadSettings
from daogou.domain.ids import Instant, ProductId
from daogou.domain.review import Review
from daogou.opinions.aspects import Lexicon, lexicon
from daogou.opinions.mining import opinions
from daogou.opinions.own_words import parse_lexicon, read_lexicon
from daogou.opinions.summary import summarise
from daogou.opinions.wishes import wishes

STEEP = """
good = ["yyds"]

[steep]
label = { zh = "耐泡", en = "Steeping" }
words = ["耐泡度", "steeping"]
good = ["耐泡"]
asked = ["耐泡"]

[taste]
good = ["酸"]
"""


def said(text: str, words: Lexicon) -> set[tuple[str, str]]:
    review = Review(ProductId("p"), None, Instant(0), text=text)
    return {(found.aspect, found.polarity) for found in opinions(review, words=words)}


def test_own_sides_and_words_are_found_beside_the_others() -> None:
    words = parse_lexicon(STEEP)
    assert said("耐泡度yyds，物流很快", words) == {("steep", "good"), ("delivery", "good")}
    assert said("真耐泡", words) == {("steep", "good")}
    assert [(wish.aspect, wish.end) for wish in wishes("耐泡的茶", spoken_of={"steep"}, words=words)] == [("steep", 3)]
    review = Review(ProductId("p"), None, Instant(0), text="耐泡度很好")
    assert summarise(ProductId("p"), [review] * 2, words=words).aspects[0].label.en == "Steeping"


def test_what_the_shop_calls_good_is_no_longer_bad() -> None:
    assert said("味道酸", lexicon()) == {("taste", "bad")}
    assert ("taste", "good") in said("味道酸", parse_lexicon(STEEP))
    assert said("气味香", lexicon()) == {("smell", "good")}
    assert said("气味香", parse_lexicon('[smell]\nbad = ["香"]')) == {("smell", "bad")}


def test_without_a_file_the_words_are_those_that_ship(tmp_path: Path) -> None:
    assert read_lexicon(tmp_path) is lexicon()
    (tmp_path / "aspects.toml").write_text(STEEP, "utf-8")
    assert "steep" in read_lexicon(tmp_path).aspects
    assert "steep" not in lexicon().aspects


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("good = 3", "'good' must be a list of words, not 3"),
        ("[steep]\nwords = ['x']", r"\[steep\] needs label"),
        ("[taste]\nwords = ['']", "'taste.words' must be a list of words"),
        ("[taste]\nwrods = ['x']", r"\[taste\] has no 'wrods'; there are: label, words, good, bad, asked"),
        ("tastes = 'x'", "'tastes' must be a table"),
        ("[taste", "aspects.toml: "),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        parse_lexicon(text)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "aspects.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings, match=r"aspects\.toml"):
        read_lexicon(tmp_path)
